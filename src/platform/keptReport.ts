import * as vscode from 'vscode';

/** Scheme of the preflight's report. */
export const reportScheme = 'greengrass-fleet-preflight';

/** Where the text of the last report is kept, for a window that is loaded again. */
export const reportKey = 'preflightReport';

/** Serves the report, whether the preflight ran in this window or in one before it. */
export function registerReports(storage: Pick<vscode.Memento, 'get'>): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(reportScheme, { provideTextDocumentContent: () => reportText(storage) });
}

function reportText(storage: Pick<vscode.Memento, 'get'>): string {
  const text = storage.get<unknown>(reportKey);
  return typeof text === 'string' ? text : `${vscode.l10n.t('There is no report any more. Run the preflight again.')}\n`;
}
