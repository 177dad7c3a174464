import * as vscode from 'vscode';
import type { TextChange } from '../core/policy/finding';
import { convertTwin, sortAndMerge, tightenPolicy } from '../core/policy/refactor';
import { setting, updateSetting } from '../platform/settings';
import { rangeOf, type PolicyAnalysis } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

/** Inner command of a code action; not in the palette, so not in the manifest. */
export const acceptRuleCommand = '_greengrassFleet.acceptPolicyRule';

/** Findings about breadth that may be meant: a click puts them into the settings, never into the file, which must stay valid for AWS. */
const breadth: ReadonlySet<string> = new Set(['overlyPermissive', 'clientIdNotAttached', 'assumeAnyRoleAlias', 'claimTooBroad', 'mqttWildcard', 'denyBypassed']);

/** Switches a rule off in the person's settings. */
export async function acceptRule(code: unknown): Promise<void> {
  if (typeof code !== 'string' || !breadth.has(code)) return;
  await updateSetting('greengrassFleet.policyRules', { ...setting('greengrassFleet.policyRules'), [code]: 'off' });
}

/** Tighten, sort and merge, twins, and "I mean it". */
export class PolicyRefactorings implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.RefactorRewrite, vscode.CodeActionKind.QuickFix],
  };

  constructor(private readonly analysis: PolicyAnalysis) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    if (!isPolicyDocument(document)) return [];
    const wanted = (kind: vscode.CodeActionKind): boolean => context.only === undefined || context.only.contains(kind);
    const here = this.analysis.findings(document).filter((item) => breadth.has(item.code) && rangeOf(document, item).intersection(range) !== undefined);
    const actions: vscode.CodeAction[] = [];
    const rewrite = (title: string, changes: readonly TextChange[] | undefined): void => {
      if (changes === undefined) return;
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
      action.edit = new vscode.WorkspaceEdit();
      for (const change of changes) action.edit.replace(document.uri, rangeOf(document, change), change.text);
      actions.push(action);
    };
    if (wanted(vscode.CodeActionKind.RefactorRewrite)) {
      const text = document.getText();
      rewrite(vscode.l10n.t('Tighten this policy to the thing\'s own name'), tightenPolicy(text, this.analysis.target(document)));
      rewrite(vscode.l10n.t('Sort and merge statements'), sortAndMerge(text));
      const twin = convertTwin(text, document.offsetAt(range.start));
      if (twin !== undefined) rewrite(vscode.l10n.t('Convert to {0}', `${twin.to}/`), [twin.change]);
    }
    if (wanted(vscode.CodeActionKind.QuickFix)) {
      for (const code of new Set(here.map((item) => item.code))) {
        const action = new vscode.CodeAction(vscode.l10n.t('I mean it: no longer report “{0}”', code), vscode.CodeActionKind.QuickFix);
        action.command = { title: action.title, command: acceptRuleCommand, arguments: [code] };
        actions.push(action);
      }
    }
    return actions;
  }
}
