import * as vscode from 'vscode';
import type { Finding, PolicyFix, TextChange } from '../core/policy/finding';
import { Commands } from '../ids';
import type { AccountKnowledge } from './accountKnowledge';
import { placeholderName } from './placeholderText';
import { rangeOf, type PolicyAnalysis } from './policyAnalysis';
import { diagnosticSource } from './policyDiagnostics';
import { isPolicyDocument } from './policySelector';
import type { PlaceholderArgument } from './resolvePlaceholders';

export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append('greengrassFleet');

function toEdit(document: vscode.TextDocument, changes: readonly TextChange[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const change of changes) edit.replace(document.uri, rangeOf(document, change), change.text);
  return edit;
}

/** The one right answers of all findings, without those that would touch the same text twice. */
export function fixAllChanges(findings: readonly Pick<Finding, 'fixes'>[]): readonly TextChange[] {
  const chosen: TextChange[] = [];
  for (const finding of findings) {
    const fix = finding.fixes.find((item) => item.preferred);
    if (fix === undefined) continue;
    const overlaps = fix.changes.some((change) =>
      chosen.some((other) => change.offset <= other.offset + other.length && other.offset <= change.offset + change.length),
    );
    if (!overlaps) chosen.push(...fix.changes);
  }
  return chosen;
}

/** Quick fixes of findings, "fix all", and the placeholders' values. */
export class PolicyQuickFixes implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
  };

  constructor(
    private readonly analysis: PolicyAnalysis,
    private readonly account: AccountKnowledge,
  ) {}

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): Promise<vscode.CodeAction[]> {
    if (!isPolicyDocument(document)) return [];
    const findings = this.analysis.findings(document);
    const actions: vscode.CodeAction[] = [];
    const wanted = (kind: vscode.CodeActionKind): boolean => context.only === undefined || context.only.intersects(kind) || kind.contains(context.only);
    if (wanted(vscode.CodeActionKind.QuickFix)) {
      for (const finding of findings) {
        const at = rangeOf(document, finding);
        if (at.intersection(range) === undefined) continue;
        const diagnostics = context.diagnostics.filter((item) => item.source === diagnosticSource && item.range.isEqual(at) && codeOf(item) === finding.code);
        for (const fix of finding.fixes) actions.push(this.quickFix(document, fix, diagnostics));
        if (finding.code === 'placeholder' || finding.code === 'sampleAccountId') actions.push(...(await this.placeholderActions(document, finding, diagnostics)));
      }
    }
    const all = fixAllChanges(findings);
    if (all.length > 0 && wanted(fixAllKind)) {
      const action = new vscode.CodeAction(vscode.l10n.t('Fix all IoT policy problems that have one answer'), context.only === undefined ? vscode.CodeActionKind.QuickFix : fixAllKind);
      action.edit = toEdit(document, all);
      if (actions.length > 0 || context.only !== undefined) actions.push(action);
    }
    return actions;
  }

  private quickFix(document: vscode.TextDocument, fix: PolicyFix, diagnostics: readonly vscode.Diagnostic[]): vscode.CodeAction {
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.edit = toEdit(document, fix.changes);
    action.diagnostics = [...diagnostics];
    action.isPreferred = fix.preferred;
    return action;
  }

  private async placeholderActions(document: vscode.TextDocument, finding: Finding, diagnostics: readonly vscode.Diagnostic[]): Promise<readonly vscode.CodeAction[]> {
    // The rule itself offers what it knew; here comes what only a look at the account gives.
    if (finding.fixes.length > 0) return [];
    const item = this.analysis.placeholders(document).find((one) => one.offset === finding.offset);
    if (item === undefined || item.kind === 'unknown') return [];
    const found = await this.account.lookup(item.kind);
    const make = (title: string): vscode.CodeAction => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [...diagnostics];
      return action;
    };
    if (found.kind === 'found') {
      return found.candidates.slice(0, 9).map((candidate) => {
        const action = make(vscode.l10n.t('Use {0}', candidate.value));
        action.edit = toEdit(document, [{ offset: item.offset, length: item.length, text: JSON.stringify(candidate.value).slice(1, -1) }]);
        action.isPreferred = found.candidates.length === 1;
        return action;
      });
    }
    const argument: PlaceholderArgument = { uri: document.uri, kind: item.kind, offset: item.offset, text: item.text };
    const action = make(
      found.kind === 'notConnected' ? vscode.l10n.t('Connect to fill in the {0}', placeholderName(item.kind)) : vscode.l10n.t('Fill in the {0} from the account', placeholderName(item.kind)),
    );
    action.command =
      found.kind === 'notConnected'
        ? { title: action.title, command: Commands.chooseConnection }
        : { title: action.title, command: Commands.resolvePlaceholder, arguments: [argument] };
    return [action];
  }
}

function codeOf(diagnostic: vscode.Diagnostic): unknown {
  return typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
}
