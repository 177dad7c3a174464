import * as vscode from 'vscode';
import { completePolicy, type Proposal } from '../core/policy/complete';
import type { AccountKnowledge } from './accountKnowledge';
import { rangeOf, type PolicyAnalysis } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

const kinds: Readonly<Record<Proposal['kind'], vscode.CompletionItemKind>> = {
  action: vscode.CompletionItemKind.Method,
  variable: vscode.CompletionItemKind.Variable,
  segment: vscode.CompletionItemKind.Module,
  name: vscode.CompletionItemKind.Reference,
  topic: vscode.CompletionItemKind.Value,
  operator: vscode.CompletionItemKind.Operator,
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
};

/** Completion inside strings. Structure is completed by VS Code's JSON service from the schema. */
export class PolicyCompletion implements vscode.CompletionItemProvider {
  static readonly triggers = [':', '/', '{', '"'] as const;

  constructor(
    private readonly analysis: PolicyAnalysis,
    private readonly account: AccountKnowledge,
  ) {}

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    if (!isPolicyDocument(document)) return [];
    const target = this.analysis.target(document);
    const proposals = completePolicy(document.getText(), document.offsetAt(position), {
      ...(target === undefined ? {} : { target }),
      names: this.account.names(),
    });
    return proposals.map((proposal) => toItem(document, position, proposal));
  }
}

function toItem(document: vscode.TextDocument, position: vscode.Position, proposal: Proposal): vscode.CompletionItem {
  const item = new vscode.CompletionItem(proposal.label, kinds[proposal.kind]);
  const range = rangeOf(document, { offset: proposal.from, length: proposal.to - proposal.from });
  item.range = { inserting: new vscode.Range(range.start, position), replacing: range };
  item.insertText = proposal.insert;
  item.detail = proposal.detail;
  item.sortText = proposal.sort;
  if (proposal.documentation !== '') item.documentation = new vscode.MarkdownString(proposal.documentation);
  if (proposal.again) item.command = { title: vscode.l10n.t('Continue'), command: 'editor.action.triggerSuggest' };
  return item;
}
