import * as vscode from 'vscode';
import type { Severity } from '../core/policy/finding';
import { EXTENSION_PREFIX } from '../ids';
import { rangeOf } from './policyAnalysis';

const debounceMilliseconds = 150;

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** A fault as the rules tell it, whatever language they are of. */
export interface MarkedFault {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly code: string;
  readonly severity: Severity;
  /** Address of the page that states the rule. */
  readonly documentation: string;
}

export function toDiagnostic(document: vscode.TextDocument, source: string, fault: MarkedFault): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(document, fault), fault.message, severities[fault.severity]);
  diagnostic.source = source;
  diagnostic.code = { value: fault.code, target: vscode.Uri.parse(fault.documentation) };
  return diagnostic;
}

/** VS Code's JSON service marks syntax in `json` documents, unless its validation is switched off. */
export function leftToJsonService(finding: { readonly reportedByJsonService: boolean }, document: vscode.TextDocument): boolean {
  if (!finding.reportedByJsonService || document.languageId !== 'json') return false;
  return vscode.workspace.getConfiguration('json', document.uri).get<boolean>('validate.enable') !== false;
}

/** What is found in the documents of one language. */
export interface DocumentChecker {
  /** Last part of the name of the collection. */
  readonly name: string;
  isOurs(document: vscode.TextDocument): boolean;
  /** A promise where something else has to be read first. */
  check(document: vscode.TextDocument): readonly vscode.Diagnostic[] | Promise<readonly vscode.Diagnostic[]>;
  /** Documents that are to be looked at again when this one has been. */
  dependents?(document: vscode.TextDocument): readonly vscode.TextDocument[];
  /** The account or a setting changed: what was found is no longer certain. */
  invalidate(): void;
  /** What the checks know of the account changed. */
  readonly onDidChange: (listener: () => void) => { dispose(): void };
  /** Of a check that failed. */
  onError(error: unknown): void;
}

/** The one publisher of findings of a language: at once when a document opens, after a pause in typing, cleared when it closes or is none of ours any more. */
export class DocumentDiagnostics implements vscode.Disposable {
  private readonly collection: vscode.DiagnosticCollection;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly disposables: { dispose(): void }[] = [];

  constructor(private readonly checker: DocumentChecker) {
    this.collection = vscode.languages.createDiagnosticCollection(`${EXTENSION_PREFIX}.${checker.name}`);
    this.disposables.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.publish(document)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0) this.later(event.document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.clear(document)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(EXTENSION_PREFIX) || event.affectsConfiguration('json.validate')) this.again();
      }),
      checker.onDidChange(() => this.again()),
    );
    for (const document of vscode.workspace.textDocuments) this.publish(document);
  }

  /** Looks at a document again once nobody types. */
  later(document: vscode.TextDocument): void {
    if (!this.checker.isOurs(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => this.publish(document), debounceMilliseconds),
    );
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const disposable of this.disposables) disposable.dispose();
    this.collection.dispose();
  }

  private again(): void {
    this.checker.invalidate();
    for (const document of vscode.workspace.textDocuments) this.publish(document);
  }

  private clear(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.collection.delete(document.uri);
  }

  private publish(document: vscode.TextDocument): void {
    if (document.isClosed || !this.checker.isOurs(document)) {
      this.clear(document);
      return;
    }
    this.timers.delete(document.uri.toString());
    const found = this.checker.check(document);
    for (const other of this.checker.dependents?.(document) ?? []) this.later(other);
    if (!(found instanceof Promise)) {
      this.collection.set(document.uri, found);
      return;
    }
    const { version } = document;
    found
      .then((diagnostics) => {
        if (!document.isClosed && document.version === version) this.collection.set(document.uri, diagnostics);
      })
      .catch((error: unknown) => this.checker.onError(error));
  }
}
