import * as vscode from 'vscode';
import type { AwsTarget } from '../core/ports/identity';
import type { RelationGraph } from '../core/relations/graph';
import type { TextRange } from '../core/relations/places';
import { edgeTitle, remedyCommand, remedyText } from '../core/relations/words';
import { deployedScheme, deployedUri } from '../platform/deployedUri';
import { reportScheme } from '../platform/keptReport';
import type { PreflightFinding } from '../services/preflight/preflightFindings';

/** Name that stands in front of every message in the Problems view. */
export const preflightSource = 'Greengrass preflight';

export interface ShownPreflight {
  readonly graph: RelationGraph;
  readonly findings: readonly PreflightFinding[];
  readonly target: AwsTarget;
  readonly fileUri: (file: string) => vscode.Uri | undefined;
  readonly report: { readonly text: string; readonly lines: readonly number[] };
}

/** The findings of the last preflight in the Problems view, each with its fix; and its report, which holds what has no file. */
export class PreflightProblems implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(preflightSource);
  private readonly disposables: { dispose(): unknown }[];
  /** Another one for each run: VS Code asks for the text of an address once. */
  private uri = reportUri();
  private fixes: readonly { readonly uri: string; readonly diagnostic: vscode.Diagnostic; readonly action: vscode.CodeAction }[] = [];

  /** @param keepReport from where the report is served, also to a window that is loaded again */
  constructor(private readonly keepReport: (text: string) => Promise<void>) {
    const selector: vscode.DocumentSelector = [{ scheme: 'file', pattern: '**/*.json' }, { scheme: deployedScheme }, { scheme: reportScheme }];
    this.disposables = [
      this.collection,
      vscode.languages.registerCodeActionsProvider(selector, this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    ];
  }

  clear(): void {
    this.collection.clear();
    this.fixes = [];
  }

  async show(preflight: ShownPreflight): Promise<void> {
    this.clear();
    await this.keepReport(preflight.report.text);
    this.uri = reportUri();
    const byUri = new Map<string, { readonly uri: vscode.Uri; readonly list: vscode.Diagnostic[] }>();
    const fixes: (typeof this.fixes)[number][] = [];
    for (const finding of preflight.findings) {
      const { edge } = finding;
      const { uri, range } = this.placeOf(finding, preflight);
      const severity = edge.status === 'broken' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Information;
      const diagnostic = new vscode.Diagnostic(range, `${edge.reason} (${edgeTitle(preflight.graph, edge)})`, severity);
      diagnostic.source = preflightSource;
      diagnostic.code = edge.code;
      const entry = byUri.get(uri.toString()) ?? { uri, list: [] };
      entry.list.push(diagnostic);
      byUri.set(uri.toString(), entry);
      if (edge.remedy === undefined) continue;
      const action = new vscode.CodeAction(remedyText(edge.remedy), vscode.CodeActionKind.QuickFix);
      action.command = { title: action.title, command: remedyCommand(edge.remedy) };
      action.diagnostics = [diagnostic];
      fixes.push({ uri: uri.toString(), diagnostic, action });
    }
    for (const { uri, list } of byUri.values()) this.collection.set(uri, list);
    this.fixes = fixes;
  }

  async openReport(): Promise<void> {
    await vscode.window.showTextDocument(this.uri, { preview: true });
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const uri = document.uri.toString();
    return this.fixes.filter((fix) => fix.uri === uri && fix.diagnostic.range.intersection(range) !== undefined).map(({ action }) => action);
  }

  dispose(): void {
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }

  private placeOf({ place, index }: PreflightFinding, { target, fileUri, report }: ShownPreflight): { readonly uri: vscode.Uri; readonly range: vscode.Range } {
    if (place.kind === 'deployed') return { uri: deployedUri(place.subject.kind, target, place.subject.name), range: rangeOf(place.range) };
    const file = place.kind === 'file' ? fileUri(place.file) : undefined;
    if (place.kind === 'file' && file !== undefined) return { uri: file, range: rangeOf(place.range) };
    const line = report.lines[index] ?? 0;
    return { uri: this.uri, range: new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER) };
  }
}

const reportUri = (): vscode.Uri => vscode.Uri.from({ scheme: reportScheme, path: `/${vscode.l10n.t('Preflight')}.md`, query: String(Date.now()) });

const rangeOf = ({ start, end }: TextRange): vscode.Range => new vscode.Range(start.line, start.character, end.line, end.character);
