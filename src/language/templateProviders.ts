import * as vscode from 'vscode';
import { completeTemplate, type TemplateProposal } from '../core/provisioning/template/completeTemplate';
import { describeTemplate } from '../core/provisioning/template/describeTemplate';
import type { TemplateFinding } from '../core/provisioning/template/templateFinding';
import { rangeOf } from './policyAnalysis';
import { fixAllChanges, fixAllKind } from './quickFixes';
import type { TemplateAnalysis } from './templateAnalysis';
import { templateDiagnosticSource } from './templateDiagnostics';
import { isTemplateDocument } from './templateSelector';

const kinds: Readonly<Record<TemplateProposal['kind'], vscode.CompletionItemKind>> = {
  parameter: vscode.CompletionItemKind.Variable,
  mapKey: vscode.CompletionItemKind.Property,
  name: vscode.CompletionItemKind.Reference,
};

/** Completion inside strings. Structure is completed by VS Code's JSON service from the schema. */
export class TemplateCompletion implements vscode.CompletionItemProvider {
  static readonly triggers = ['"', '{'] as const;

  constructor(private readonly analysis: TemplateAnalysis) {}

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    if (!isTemplateDocument(document)) return [];
    return completeTemplate(document.getText(), document.offsetAt(position), this.analysis.lookups()).map((proposal) => {
      const item = new vscode.CompletionItem(proposal.label, kinds[proposal.kind]);
      const range = rangeOf(document, { offset: proposal.from, length: proposal.to - proposal.from });
      item.range = { inserting: new vscode.Range(range.start, position), replacing: range };
      item.insertText = proposal.insert;
      item.detail = proposal.detail;
      return item;
    });
  }
}

/** What a function or a parameter stands for. */
export class TemplateHover implements vscode.HoverProvider {
  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    if (!isTemplateDocument(document)) return undefined;
    const found = describeTemplate(document.getText(), document.offsetAt(position));
    return found === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString(found.markdown), rangeOf(document, found));
  }
}

/** Quick fixes of findings, and "fix all". */
export class TemplateQuickFixes implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind] };

  constructor(private readonly analysis: TemplateAnalysis) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    if (!isTemplateDocument(document)) return [];
    const findings = this.analysis.findings(document);
    const wanted = (kind: vscode.CodeActionKind): boolean => context.only === undefined || context.only.intersects(kind) || kind.contains(context.only);
    const actions = wanted(vscode.CodeActionKind.QuickFix) ? findings.flatMap((finding) => this.fixes(document, finding, range, context)) : [];
    const all = fixAllChanges(findings);
    if (all.length > 0 && wanted(fixAllKind) && (actions.length > 0 || context.only !== undefined)) {
      const action = new vscode.CodeAction(vscode.l10n.t('Fix all template problems that have one answer'), context.only === undefined ? vscode.CodeActionKind.QuickFix : fixAllKind);
      action.edit = edit(document, all);
      actions.push(action);
    }
    return actions;
  }

  private fixes(document: vscode.TextDocument, finding: TemplateFinding, range: vscode.Range, context: vscode.CodeActionContext): readonly vscode.CodeAction[] {
    const at = rangeOf(document, finding);
    if (at.intersection(range) === undefined) return [];
    const diagnostics = context.diagnostics.filter((item) => item.source === templateDiagnosticSource && item.range.isEqual(at) && typeof item.code === 'object' && item.code.value === finding.code);
    return finding.fixes.map((fix) => {
      const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
      action.edit = edit(document, fix.changes);
      action.diagnostics = diagnostics;
      action.isPreferred = fix.preferred;
      return action;
    });
  }
}

function edit(document: vscode.TextDocument, changes: TemplateFinding['fixes'][number]['changes']): vscode.WorkspaceEdit {
  const result = new vscode.WorkspaceEdit();
  for (const change of changes) result.replace(document.uri, rangeOf(document, change), change.text);
  return result;
}
