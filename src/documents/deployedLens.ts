import * as vscode from 'vscode';
import { deployedFileOf, subjectOfFile, type DeployedSubject } from '../core/deployedFiles';
import { policyGlobs, templateGlobs } from '../core/fileKinds';
import type { FleetSteps, SessionService } from '../core/ports/services';
import { iotArn } from '../core/util/arn';
import { Commands } from '../ids';
import { deployedUri } from '../platform/deployedUri';
import { atRoot, fileNameOf } from '../platform/ownFiles';
import { DeployedTexts, type DeployedState } from '../services/deployedTexts';

/** Above a policy or template file: same as in the account, differs, or not deployed; and the ways to make the two equal. */
export class DeployedLens implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly texts = new DeployedTexts();
  private readonly disposables: { dispose(): unknown }[];
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly session: SessionService,
    private readonly steps: FleetSteps,
  ) {
    let wasBusy = false;
    this.disposables = [
      this.changed,
      vscode.languages.registerCodeLensProvider([...policyGlobs, ...templateGlobs].map((pattern) => ({ scheme: 'file', pattern })), this),
      session.onDidChange(() => this.refresh()),
      // A run may have deployed what is shown.
      steps.onDidChange(() => {
        if (wasBusy && !steps.busy) this.refresh();
        wasBusy = steps.busy;
      }),
    ];
  }

  /** The account may have changed. */
  refresh(): void {
    this.texts.forget();
    this.changed.fire();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const connection = this.session.current;
    const subject = subjectOfFile(fileNameOf(document.uri), atRoot(document.uri), this.steps.names());
    if (connection === undefined || subject === undefined) return [];
    const state = await this.texts.compare(connection, subject, document.getText());
    // The answer may come when another account is connected.
    if (this.session.current !== connection) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, argument: unknown): vscode.CodeLens => new vscode.CodeLens(top, { title, command, arguments: [argument] });
    const { uri } = document;
    const compare = subject.kind === 'policy' ? Commands.comparePolicyWithDeployed : Commands.compareTemplateWithDeployed;
    const step = atRoot(uri) ? deployedFileOf(fileNameOf(uri))?.step : undefined;
    // The policy of the steps has lenses of its own for these.
    const own = step === 'iotPolicy';
    const { account, region } = connection.target;
    const publish = own ? [] : [lens(vscode.l10n.t('$(cloud-upload) Publish to {0} in {1}', account, region), Commands.publishFile, uri)];
    const manage = lens(
      vscode.l10n.t('$(versions) Versions …'),
      subject.kind === 'policy' ? Commands.managePolicyVersions : Commands.manageTemplateVersions,
      { copyText: iotArn(connection.target, `${subject.kind === 'policy' ? 'policy' : 'provisioningtemplate'}/${subject.name}`) },
    );
    switch (state.kind) {
      case 'same':
        return [lens(stateText(subject, state, connection.target), 'vscode.open', deployedUri(subject.kind, connection.target, subject.name)), manage];
      case 'differs':
        return [
          lens(stateText(subject, state, connection.target), compare, uri),
          ...publish,
          ...(own ? [] : [lens(vscode.l10n.t('$(diff) Compare with deployed'), compare, uri)]),
          lens(vscode.l10n.t('$(cloud-download) Replace by deployed'), Commands.pullDeployed, uri),
          manage,
        ];
      case 'notDeployed':
        return [lens(stateText(subject, state, connection.target), Commands.publishFile, uri), ...publish];
      case 'failed':
        return [lens(stateText(subject, state, connection.target), Commands.showLog, undefined)];
    }
  }

  dispose(): void {
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }
}

function stateText({ name }: DeployedSubject, state: DeployedState, target: { readonly account: string; readonly region: string }): string {
  switch (state.kind) {
    case 'same':
      return vscode.l10n.t('$(check) Same as {0}, version {1}', name, state.version);
    case 'differs':
      return vscode.l10n.t('$(warning) Differs from {0}, version {1}', name, state.version);
    case 'notDeployed':
      return vscode.l10n.t('$(circle-slash) Not deployed: no {0} in {1}, {2}', name, target.account, target.region);
    case 'failed':
      return vscode.l10n.t('$(warning) {0} could not be looked up: {1}', name, state.message);
  }
}
