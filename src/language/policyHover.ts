import * as vscode from 'vscode';
import { describePolicy } from '../core/policy/describe';
import { rangeOf } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

/** What an action, an ARN, a variable or a condition means. Keys are described by the JSON schema. */
export class PolicyHover implements vscode.HoverProvider {
  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    if (!isPolicyDocument(document)) return undefined;
    const found = describePolicy(document.getText(), document.offsetAt(position));
    return found === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString(found.markdown), rangeOf(document, found));
  }
}
