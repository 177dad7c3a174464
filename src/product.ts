import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Container, type Overrides } from './container';

/** The second phase of the activation: all of the product. Throws when a part of it cannot be made; nothing of it is left then. */
export function makeProduct(context: vscode.ExtensionContext, overrides: Overrides): Container {
  // The core and the services know no `vscode`; this gives them the texts of the window's language.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  return new Container(context, overrides);
}
