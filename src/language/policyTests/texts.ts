import * as vscode from 'vscode';
import type { Span } from '../../core/policy/ruleContext';

/** The text that the person sees: what is typed and not saved yet, else what is on disk. Undefined when there is none. */
export async function currentText(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => !document.isClosed && document.uri.toString() === uri.toString());
  // Without changes of the person's own the disk is the truth: VS Code hears late of what another program wrote.
  if (open?.isDirty === true) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}

/** Positions in a text that may be open in no editor. */
export class TextPositions {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (const match of text.matchAll(/\r\n|\r|\n/g)) this.starts.push(match.index + match[0].length);
  }

  positionAt(offset: number): vscode.Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return new vscode.Position(low, offset - (this.starts[low] ?? 0));
  }

  rangeOf(at: Span): vscode.Range {
    return new vscode.Range(this.positionAt(at.offset), this.positionAt(at.offset + at.length));
  }
}
