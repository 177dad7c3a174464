import path from 'node:path';
import * as vscode from 'vscode';
import { Commands } from '../ids';
import type { StepCommandsDeps } from './connectedRun';

export interface ExportCommandsDeps extends StepCommandsDeps {
  /** Text of the roles template that comes with the extension. */
  readonly bundledTemplate: () => Promise<string>;
}

/** Loaded when somebody exports, which is rare; brings the YAML writer. */
const exporting = async () => {
  const [setup, text] = await Promise.all([
    import(/* webpackChunkName: "export" */ '../services/export/exportSetup'),
    import(/* webpackChunkName: "export" */ '../services/export/templateText'),
  ]);
  return { ...setup, ...text };
};

/** The whole set-up as one CloudFormation template, for another account or region. */
export function registerExportCommands(deps: ExportCommandsDeps): void {
  deps.registry.register(Commands.exportTemplate, async () => exportToFile(deps), { needsTrust: true });
}

async function exportToFile({ progress, session, steps, folders, ui, bundledTemplate }: ExportCommandsDeps): Promise<void> {
  const { exportSetup, templateText } = await exporting();
  const exported = await progress.run(vscode.l10n.t('Export of the set-up'), async (report, signal) => {
    const connection = await session.connection(signal);
    report.report(vscode.l10n.t('Reading what is deployed …'));
    return exportSetup({ connection, names: steps.names(), bundledTemplate, signal });
  });
  const file = await ui.saveFile({
    title: vscode.l10n.t('Export Set-up as CloudFormation Template'),
    filters: { YAML: ['yaml', 'yml'], JSON: ['json', 'template'] },
    file: path.join(folders.current()?.root ?? '', `${exported.names.stackName}-fleet.yaml`),
  });
  const { text, note } = templateText(exported.template, /\.(json|template)$/i.test(file) ? 'json' : 'yaml');
  const uri = vscode.Uri.file(file);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri, { preview: false });
  const notes = [...exported.notes, ...(note === undefined ? [] : [note])];
  if (notes.length > 0) ui.warn(notes.join(' '));
  else ui.inform(vscode.l10n.t('{0} makes the whole set-up in any account and region. Deploy it with the capability {1}; claim certificates are made there.', path.basename(file), 'CAPABILITY_IAM'));
}
