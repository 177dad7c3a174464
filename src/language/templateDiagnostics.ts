import * as vscode from 'vscode';
import { templateCodeInfo } from '../core/provisioning/template/templateCodes';
import { WorkspaceFileNames } from '../ids';
import { setting } from '../platform/settings';
import { deviceParameters, mayHoldParameters } from '../services/deviceParameters';
import type { AccountKnowledge } from './accountKnowledge';
import { DocumentDiagnostics, leftToJsonService, toDiagnostic } from './documentDiagnostics';
import { rangeOf } from './policyAnalysis';
import type { TemplateAnalysis } from './templateAnalysis';
import { isTemplateDocument } from './templateSelector';

/** Name that stands in front of every message in the Problems view. */
export const templateDiagnosticSource = 'Provisioning template';

/** The findings in provisioning templates, and in the device configuration beside them. `onError` is told of a check that failed. */
export function templateDiagnostics(analysis: TemplateAnalysis, account: AccountKnowledge, onError: (error: unknown) => void): DocumentDiagnostics {
  return new DocumentDiagnostics({
    name: 'template',
    isOurs: (document) => isTemplateDocument(document) || isDeviceConfiguration(document),
    check: (document) => (isDeviceConfiguration(document) ? ofConfiguration(document) : ofTemplate(document, analysis)),
    // What the template declares decides over the device's configuration beside it.
    dependents: (document) => (isDeviceConfiguration(document) ? [] : vscode.workspace.textDocuments.filter(isDeviceConfiguration)),
    invalidate: () => analysis.invalidate(),
    onDidChange: account.onDidChange,
    onError,
  });
}

function ofTemplate(document: vscode.TextDocument, analysis: TemplateAnalysis): readonly vscode.Diagnostic[] {
  return analysis.findings(document).flatMap((finding) => {
    if (leftToJsonService(finding, document)) return [];
    const diagnostic = toDiagnostic(document, templateDiagnosticSource, finding);
    if (finding.unnecessary) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
    if (finding.related.length > 0) {
      diagnostic.relatedInformation = finding.related.map((place) => new vscode.DiagnosticRelatedInformation(new vscode.Location(document.uri, rangeOf(document, place)), place.message));
    }
    return [diagnostic];
  });
}

async function ofConfiguration(document: vscode.TextDocument): Promise<readonly vscode.Diagnostic[]> {
  const template = await templateBeside(document.uri);
  const { findings } = template === undefined ? { findings: [] } : await deviceParameters(document.getText(), template);
  const rules = setting('greengrassFleet.templateRules');
  return findings.flatMap((finding) => {
    const { documentation, severity: ordinary } = templateCodeInfo(finding.code);
    const severity = rules[finding.code] ?? ordinary;
    return severity === 'off' ? [] : [toDiagnostic(document, templateDiagnosticSource, { ...finding, severity, documentation })];
  });
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
