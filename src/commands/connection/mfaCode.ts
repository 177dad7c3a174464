import * as vscode from 'vscode';
import type { Interaction } from '../../core/ports/interaction';

/** The six digits that the MFA device shows now. They are of no use a minute later, so they are shown while typed. */
export async function askMfaCode(ui: Pick<Interaction, 'input'>, serial: string): Promise<string> {
  const code = await ui.input({
    title: vscode.l10n.t('MFA Code'),
    prompt: vscode.l10n.t('The six digits that {0} shows', serial),
    placeholder: '123456',
    validate: (value) => (/^\d{6}$/.test(value.trim()) ? undefined : vscode.l10n.t('An MFA code has six digits.')),
  });
  return code.trim();
}
