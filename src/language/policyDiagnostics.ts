import * as vscode from 'vscode';
import type { Finding, Severity } from '../core/policy/finding';
import { EXTENSION_PREFIX } from '../ids';
import type { AccountKnowledge } from './accountKnowledge';
import { rangeOf, type PolicyAnalysis } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

/** Name that stands in front of every message in the Problems view. */
export const diagnosticSource = 'IoT policy';

const debounceMilliseconds = 150;

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** VS Code's JSON service marks syntax in `json` documents, unless its validation is switched off. */
function leftToJsonService(finding: Finding, document: vscode.TextDocument): boolean {
  if (!finding.reportedByJsonService || document.languageId !== 'json') return false;
  return vscode.workspace.getConfiguration('json', document.uri).get<boolean>('validate.enable') !== false;
}

function toDiagnostic(finding: Finding, document: vscode.TextDocument): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), finding.message, severities[finding.severity]);
  diagnostic.source = diagnosticSource;
  diagnostic.code = { value: finding.code, target: vscode.Uri.parse(finding.documentation) };
  return diagnostic;
}

/** The one publisher of findings. Cleared when a document closes or is no policy any more. */
export class PolicyDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(`${EXTENSION_PREFIX}.policy`);
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly disposables: { dispose(): void }[] = [];

  constructor(
    private readonly analysis: PolicyAnalysis,
    account: AccountKnowledge,
  ) {
    this.disposables.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.publish(document)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0) this.later(event.document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.clear(document)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(EXTENSION_PREFIX) || event.affectsConfiguration('json.validate')) this.again();
      }),
      account.onDidChange(() => this.again()),
    );
    for (const document of vscode.workspace.textDocuments) this.publish(document);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const disposable of this.disposables) disposable.dispose();
    this.collection.dispose();
  }

  private again(): void {
    this.analysis.invalidate();
    for (const document of vscode.workspace.textDocuments) this.publish(document);
  }

  private later(document: vscode.TextDocument): void {
    if (!isPolicyDocument(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => this.publish(document), debounceMilliseconds),
    );
  }

  private clear(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.collection.delete(document.uri);
  }

  private publish(document: vscode.TextDocument): void {
    if (document.isClosed || !isPolicyDocument(document)) {
      this.clear(document);
      return;
    }
    this.timers.delete(document.uri.toString());
    const findings = this.analysis.findings(document).filter((finding) => !leftToJsonService(finding, document));
    this.collection.set(
      document.uri,
      findings.map((finding) => toDiagnostic(finding, document)),
    );
  }
}
