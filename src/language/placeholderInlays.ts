import * as vscode from 'vscode';
import type { AccountKnowledge } from './accountKnowledge';
import { placeholderName } from './placeholderText';
import type { PolicyAnalysis } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

/** Behind each placeholder the value that the connected account would give, before anything is written. */
export class PlaceholderInlays implements vscode.InlayHintsProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.changed.event;
  private readonly listener: { dispose(): void };

  constructor(
    private readonly analysis: PolicyAnalysis,
    private readonly account: AccountKnowledge,
  ) {
    this.listener = account.onDidChange(() => this.changed.fire());
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  async provideInlayHints(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.InlayHint[]> {
    if (!isPolicyDocument(document)) return [];
    const hints: vscode.InlayHint[] = [];
    for (const item of this.analysis.placeholders(document)) {
      const end = document.positionAt(item.offset + item.length);
      if (item.kind === 'unknown' || !range.contains(end)) continue;
      const found = await this.account.lookup(item.kind);
      const first = found.kind === 'found' ? found.candidates[0] : undefined;
      if (found.kind !== 'found' || first === undefined) continue;
      const more = found.candidates.length - 1;
      const hint = new vscode.InlayHint(end, more > 0 ? vscode.l10n.t('→ {0} (+{1} more)', first.value, more) : `→ ${first.value}`);
      hint.paddingLeft = true;
      hint.tooltip = vscode.l10n.t('The {0} of the connected account. Double-click to write it.', placeholderName(item.kind));
      hint.textEdits = [vscode.TextEdit.replace(new vscode.Range(document.positionAt(item.offset), end), JSON.stringify(first.value).slice(1, -1))];
      hints.push(hint);
    }
    return hints;
  }
}
