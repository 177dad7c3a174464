import * as vscode from 'vscode';
import { deployedFileOf, kindOfFile, subjectOfFile, type DeployedSubject } from '../core/deployedFiles';
import { policyGlobs, templateGlobs } from '../core/fileKinds';
import type { FleetSettings, FleetSteps, SessionService } from '../core/ports/services';
import { iotArn } from '../core/util/arn';
import { Commands } from '../ids';
import { deployedUri } from '../platform/deployedUri';
import { atRoot, fileNameOf } from '../platform/ownFiles';
import { DeployedTexts, type DeployedState } from '../services/deployedTexts';

/** A little longer than what was read before is good for. */
const lookAgainMs = 61_000;

/** Above a policy or template file: same as in the account, differs, or not deployed; and the ways to make the two equal. */
export class DeployedLens implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly texts = new DeployedTexts();
  private readonly disposables: { dispose(): unknown }[];
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly session: SessionService,
    private readonly steps: FleetSteps,
    settings: Pick<FleetSettings, 'onDidChange'>,
  ) {
    let wasBusy = false;
    // Whoever looks at a file for long, or comes back to it, sees what others have published meanwhile. Nobody looks: nothing is read.
    const again = setInterval(() => {
      if (vscode.window.state.focused && vscode.window.visibleTextEditors.some(({ document }) => this.subjectOf(document) !== undefined)) this.changed.fire();
    }, lookAgainMs);
    this.disposables = [
      this.changed,
      vscode.languages.registerCodeLensProvider([...policyGlobs, ...templateGlobs].map((pattern) => ({ scheme: 'file', pattern })), this),
      { dispose: () => clearInterval(again) },
      session.onDidChange(() => this.refresh()),
      // Other names may be what the files stand for.
      settings.onDidChange(() => this.changed.fire()),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.changed.fire()),
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
    const subject = this.subjectOf(document);
    if (connection === undefined) return [];
    if (subject === undefined) return unnamedLens(document.uri);
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

  private subjectOf({ uri }: vscode.TextDocument): DeployedSubject | undefined {
    return uri.scheme === 'file' ? subjectOfFile(fileNameOf(uri), atRoot(uri), this.steps.names()) : undefined;
  }
}

/** A policy or template that no name ties to the account says so, and asks for one. */
function unnamedLens(uri: vscode.Uri): vscode.CodeLens[] {
  const kind = kindOfFile(fileNameOf(uri));
  if (kind === undefined) return [];
  const title =
    kind === 'policy'
      ? vscode.l10n.t('$(link) Not compared: called after no IoT policy. Choose one and publish …')
      : vscode.l10n.t('$(link) Not compared: called after no provisioning template. Choose one and publish …');
  return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command: Commands.publishFile, arguments: [uri] })];
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
