import * as vscode from 'vscode';
import type { Severity } from '../core/policy/finding';
import { templateCodeInfo } from '../core/provisioning/template/templateCodes';
import type { TemplateFinding } from '../core/provisioning/template/templateFinding';
import { EXTENSION_PREFIX, WorkspaceFileNames } from '../ids';
import { setting } from '../platform/settings';
import { deviceParameters, mayHoldParameters, type DeviceParameterFinding } from '../services/deviceParameters';
import type { AccountKnowledge } from './accountKnowledge';
import { rangeOf } from './policyAnalysis';
import type { TemplateAnalysis } from './templateAnalysis';
import { isTemplateDocument } from './templateSelector';

/** Name that stands in front of every message in the Problems view. */
export const templateDiagnosticSource = 'Provisioning template';

const debounceMilliseconds = 150;

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** VS Code's JSON service marks syntax in `json` documents, unless its validation is switched off. */
function leftToJsonService(finding: TemplateFinding, document: vscode.TextDocument): boolean {
  if (!finding.reportedByJsonService || document.languageId !== 'json') return false;
  return vscode.workspace.getConfiguration('json', document.uri).get<boolean>('validate.enable') !== false;
}

function templateDiagnostic(finding: TemplateFinding, document: vscode.TextDocument): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), finding.message, severities[finding.severity]);
  diagnostic.source = templateDiagnosticSource;
  diagnostic.code = { value: finding.code, target: vscode.Uri.parse(finding.documentation) };
  if (finding.unnecessary) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  if (finding.related.length > 0) {
    diagnostic.relatedInformation = finding.related.map((place) => new vscode.DiagnosticRelatedInformation(new vscode.Location(document.uri, rangeOf(document, place)), place.message));
  }
  return diagnostic;
}

/** The one publisher of findings in templates, and in the device configuration beside them. */
export class TemplateDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(`${EXTENSION_PREFIX}.template`);
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly disposables: { dispose(): void }[] = [];

  constructor(
    private readonly analysis: TemplateAnalysis,
    account: AccountKnowledge,
    private readonly onError: (error: unknown) => void,
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
    if (!isTemplateDocument(document) && !isDeviceConfiguration(document)) return;
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
    if (document.isClosed) { this.clear(document); return; }
    if (isDeviceConfiguration(document)) {
      this.publishConfiguration(document).catch(this.onError);
      return;
    }
    if (!isTemplateDocument(document)) { this.clear(document); return; }
    this.timers.delete(document.uri.toString());
    const findings = this.analysis.findings(document).filter((finding) => !leftToJsonService(finding, document));
    this.collection.set(
      document.uri,
      findings.map((finding) => templateDiagnostic(finding, document)),
    );
    // What the template declares decides over the device's configuration beside it.
    for (const other of vscode.workspace.textDocuments) if (isDeviceConfiguration(other)) this.later(other);
  }

  private async publishConfiguration(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const template = await templateBeside(document.uri);
    const { findings } = template === undefined ? { findings: [] } : await deviceParameters(document.getText(), template);
    if (document.isClosed || document.version !== version) return;
    const rules = setting('greengrassFleet.templateRules');
    const severityOf = (finding: DeviceParameterFinding): Severity | 'off' => rules[finding.code] ?? templateCodeInfo(finding.code).severity;
    this.collection.set(
      document.uri,
      findings.flatMap((finding) => {
        const severity = severityOf(finding);
        if (severity === 'off') return [];
        const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), finding.message, severities[severity]);
        diagnostic.source = templateDiagnosticSource;
        diagnostic.code = { value: finding.code, target: vscode.Uri.parse(templateCodeInfo(finding.code).documentation) };
        return [diagnostic];
      }),
    );
  }
}

/** A YAML file that configures fleet provisioning. */
export function isDeviceConfiguration(document: vscode.TextDocument): boolean {
  return /\.ya?ml$/.test(document.uri.path) && document.uri.scheme === 'file' && mayHoldParameters(document.getText());
}

/** The template of the five steps, beside the file or at the top of its folder; an open editor counts before the disk. */
async function templateBeside(uri: vscode.Uri): Promise<string | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const name = WorkspaceFileNames.provisioningTemplate;
  const places = [vscode.Uri.joinPath(uri, '..', name), ...(folder === undefined ? [] : [vscode.Uri.joinPath(folder.uri, name)])];
  for (const place of places) {
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === place.toString());
    if (open !== undefined) return open.getText();
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(place));
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
}
