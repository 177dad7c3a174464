import * as vscode from 'vscode';
import type { Placeholder } from '../core/policy/placeholders';
import { Commands } from '../ids';
import { deployedScheme } from '../platform/deployedUri';
import type { AccountKnowledge } from './accountKnowledge';
import { placeholderName } from './placeholderText';
import { rangeOf, type PolicyAnalysis } from './policyAnalysis';
import { isPolicyDocument, isWorkspacePolicy } from './policySelector';
import type { PlaceholderArgument } from './resolvePlaceholders';

/** Above each placeholder, the value that would take its place; above the file, what can be done with it. */
export class PolicyCodeLens implements vscode.CodeLensProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly listener: { dispose(): void };

  constructor(
    private readonly analysis: PolicyAnalysis,
    private readonly account: AccountKnowledge,
    private readonly connecting: () => boolean,
  ) {
    this.listener = account.onDidChange(() => this.changed.fire());
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isPolicyDocument(document)) return [];
    const readOnly = vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false || document.uri.scheme === deployedScheme;
    const placeholders = readOnly ? [] : this.analysis.placeholders(document);
    const lenses = await Promise.all(placeholders.map(async (item) => this.placeholderLenses(document, item)));
    return [...this.fileLenses(document, placeholders.length), ...lenses.flat()];
  }

  private fileLenses(document: vscode.TextDocument, placeholders: number): readonly vscode.CodeLens[] {
    const top = new vscode.Range(0, 0, 0, 0);
    const lenses: vscode.CodeLens[] = [];
    if (placeholders > 1) {
      lenses.push(
        new vscode.CodeLens(top, {
          title: vscode.l10n.t('$(symbol-parameter) Fill in {0} placeholders', placeholders),
          command: Commands.resolvePlaceholders,
          arguments: [document.uri],
        }),
      );
    }
    if (isWorkspacePolicy(document)) {
      const target = this.account.target;
      lenses.push(
        new vscode.CodeLens(top, {
          title: target === undefined ? vscode.l10n.t('$(cloud-upload) Publish') : vscode.l10n.t('$(cloud-upload) Publish to {0} in {1}', target.account, target.region),
          command: Commands.publishPolicy,
          arguments: [document.uri],
        }),
        new vscode.CodeLens(top, {
          title: vscode.l10n.t('$(diff) Compare with deployed'),
          command: Commands.comparePolicyWithDeployed,
          arguments: [document.uri],
        }),
      );
    }
    return lenses;
  }

  private async placeholderLenses(document: vscode.TextDocument, item: Placeholder): Promise<readonly vscode.CodeLens[]> {
    const range = rangeOf(document, item);
    if (item.kind === 'unknown') return [];
    const argument: PlaceholderArgument = { uri: document.uri, kind: item.kind, offset: item.offset, text: item.text };
    const lens = (title: string, command: string, args: readonly unknown[] = []): vscode.CodeLens =>
      new vscode.CodeLens(range, { title, command, arguments: [...args] });
    const found = await this.account.lookup(item.kind);
    if (found.kind === 'notConnected') {
      if (this.connecting()) return [lens(vscode.l10n.t('$(sync~spin) Connecting …'), '')];
      return [lens(vscode.l10n.t('$(plug) Connect to fill in the {0}', placeholderName(item.kind)), Commands.chooseConnection)];
    }
    if (found.kind === 'failed') return [lens(vscode.l10n.t('$(warning) No {0} could be looked up: {1}', placeholderName(item.kind), found.message), Commands.showLog)];
    const [first, ...others] = found.candidates;
    if (first === undefined) {
      if (item.kind === 'roleAliasArn') return [lens(vscode.l10n.t('$(add) This account has no role alias here: create one'), Commands.createRoleAlias)];
      return [lens(vscode.l10n.t('$(info) This account has no {0} here', placeholderName(item.kind)), Commands.refresh)];
    }
    const use = lens(vscode.l10n.t('$(check) Use {0}', first.value), Commands.resolvePlaceholder, [{ ...argument, value: first.value }]);
    if (others.length === 0) return [use];
    return [use, lens(vscode.l10n.t('Choose from {0} …', found.candidates.length), Commands.resolvePlaceholder, [argument])];
  }
}
