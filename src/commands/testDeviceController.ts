import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import { deviceIdMark, proposedParameters } from '../core/device/deviceParameters';
import type { Cause, DevicePageRequest, Mend } from '../core/device/trace';
import { insertStatement } from '../core/policy/simulateInsert';
import type { Interaction } from '../core/ports/interaction';
import type { LedgerEntry } from '../core/ports/deviceLedger';
import type { StepRun } from '../core/ports/services';
import { templateFacts } from '../core/provisioning/templateBody';
import { Commands, ContextKeys, WorkspaceFileNames } from '../ids';
import { ContextKey } from '../platform/contextKeys';
import type { TestDeviceInput, TestDeviceOptions } from '../services/testDevice/testDeviceContext';
import { cleanUpLedger } from '../services/testDevice/cleanUpLedger';
import { highestRate, largestFleet, runTestFleet } from '../services/testDevice/testFleetRun';
import { runTestDevice } from '../services/testDevice/testDeviceRun';
import { connected } from './connectedRun';
import type { DeviceCommandsDeps, RunDisplay, ShownRun } from './deviceCommands';

type FleetNumbers = { readonly count: number; readonly rate: number };

/** What a mend or the page asks to be done again, with another port perhaps. */
interface Again {
  readonly again: true;
  readonly port?: 443 | 8883;
}

/** Asks how, runs, shows, and does what the page asks for. */
export class TestDeviceController {
  private last: { readonly options: TestDeviceOptions; readonly fleet?: FleetNumbers } | undefined;
  private causes: readonly Cause[] = [];
  private stop: (() => void) | undefined;
  private listening: RunDisplay | undefined;

  constructor(private readonly deps: DeviceCommandsDeps) {}

  /** @param argument `{ again: true }` for the same once more; nothing or a tree node to be asked. */
  async provision(argument: unknown): Promise<void> {
    const again = isAgain(argument) ? argument : undefined;
    if (again !== undefined && this.last?.fleet !== undefined) return this.provisionFleet(argument);
    await connected(this.deps, undefined, vscode.l10n.t('Test device'), async (run) => {
      const options = this.repeated(again) ?? (await this.askOptions(run, true));
      await this.confirm(run, vscode.l10n.t('Provision a test device?'), options.keep ? vscode.l10n.t('It makes a certificate and a thing, and keeps them.') : vscode.l10n.t('It makes a certificate and a thing, and removes both afterwards.'));
      this.last = { options };
      await this.during(run, async (input, show) => {
        const view = await runTestDevice(this.deps.devices, input, options, (each) => {
          const running = each.steps.find(({ state }) => state === 'running');
          if (running !== undefined) run.progress.report(running.title);
          show({ kind: 'device', view: each });
        });
        this.causes = view.verdict.outcome === 'refused' ? [view.verdict.cause] : view.verdict.outcome === 'proven' ? view.verdict.warnings : [];
        show({ kind: 'device', view });
        if (view.verdict.outcome === 'proven') new ContextKey<boolean>(ContextKeys.deviceProven).set(true);
      });
    });
  }

  async provisionFleet(argument: unknown): Promise<void> {
    const again = isAgain(argument) ? argument : undefined;
    await connected(this.deps, undefined, vscode.l10n.t('Fleet of test devices'), async (run) => {
      const { ui } = this.deps;
      const repeated = this.repeated(again);
      const fleet = (repeated === undefined ? undefined : this.last?.fleet) ?? {
        count: await askNumber(ui, vscode.l10n.t('How many test devices?'), 100, largestFleet),
        rate: await askNumber(ui, vscode.l10n.t('How many start per second?'), run.connection.target.isSandbox ? 20 : 5, highestRate),
      };
      const options = repeated ?? (await this.askOptions(run, false));
      await this.confirm(run, vscode.l10n.t('Provision {0} test devices?', fleet.count), vscode.l10n.t('Each makes a certificate and a thing; all are removed afterwards. AWS counts and bills their messages.'));
      this.last = { options, fleet };
      await this.during(run, async (input, show) => {
        const view = await runTestFleet(this.deps.devices, input, { ...options, ...fleet }, (each) => {
          run.progress.report(vscode.l10n.t('{0} of {1} proven, {2} refused', each.proven, each.wanted, each.refused));
          this.causes = each.causes.map(({ cause }) => cause);
          show({ kind: 'fleet', view: each });
        });
        show({ kind: 'fleet', view });
      });
    });
  }

  /** Removes test devices that were kept, or that an interrupted run left. */
  async cleanUp(): Promise<void> {
    await connected(this.deps, undefined, vscode.l10n.t('Clean up test devices'), async (run) => {
      const { ui, devices } = this.deps;
      const found = await this.entriesOf(run);
      if (found.length === 0) {
        ui.inform(vscode.l10n.t('No test device is left in this account and region.'));
        return;
      }
      const chosen = await ui.choose<readonly LedgerEntry[]>({
        title: vscode.l10n.t('Remove which test devices?'),
        choices: [
          ...(found.length > 1 ? [{ label: vscode.l10n.t('All {0}', found.length), value: found }] : []),
          ...found.slice(0, 200).map((entry) => ({
            label: entry.thingName ?? `${entry.certificateId.slice(0, 12)}…`,
            description: entry.kept ? vscode.l10n.t('kept by choice') : vscode.l10n.t('left by an interrupted run'),
            detail: new Date(entry.createdAt).toLocaleString(),
            value: [entry],
          })),
        ],
      });
      await ui.confirm({
        title: vscode.l10n.t('Remove {0} test devices?', chosen.length),
        detail: vscode.l10n.t('Their certificates and things are deleted, and their keys in this folder.'),
        action: vscode.l10n.t('Remove'),
        target: run.connection.target,
      });
      const left = await cleanUpLedger(devices, run, chosen.map(({ certificateId }) => certificateId), (done) => run.progress.report(vscode.l10n.t('{0} of {1}', done, chosen.length)));
      if (left.length === 0) ui.inform(vscode.l10n.t('{0} test devices are gone.', chosen.length));
      else ui.warn(vscode.l10n.t('{0} test devices could not be removed. The first: {1}', left.length, left[0]?.reason ?? ''));
      await this.deps.refreshViews();
    });
  }

  /** What the page asks for. Public, so that a test can speak in the page's place. */
  async request(request: DevicePageRequest): Promise<void> {
    const { registry } = this.deps;
    switch (request.type) {
      case 'again':
        await registry.run(Commands.provisionTestDevice, { again: true });
        return;
      case 'cancel':
        this.stop?.();
        return;
      case 'cleanUp':
        await registry.run(Commands.cleanUpTestDevices);
        return;
      case 'documentation': {
        const url = this.causes[request.cause]?.documentation;
        if (url !== undefined) await this.deps.runRemedy({ kind: 'openDocumentation', url });
        return;
      }
      case 'mend': {
        const mend = this.causes[request.cause]?.mends[request.mend];
        if (mend !== undefined) await this.mend(mend);
      }
    }
  }

  dispose(): void {
    this.stop?.();
  }

  private async mend({ act }: Mend): Promise<void> {
    switch (act.kind) {
      case 'remedy':
        await this.deps.runRemedy(act.remedy);
        return;
      case 'command':
        await vscode.commands.executeCommand(act.command, ...(act.args ?? []));
        return;
      case 'insertStatement': {
        const folder = await this.deps.folders.forCommand(undefined);
        const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(vscode.Uri.file(folder.root), act.file));
        const change = insertStatement(document.getText(), act.statement);
        const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
        if (change === undefined) {
          this.deps.ui.warn(vscode.l10n.t('{0} cannot be read as a policy, so nothing was added.', act.file));
          return;
        }
        const at = document.positionAt(change.offset);
        await editor.edit((edit) => edit.replace(new vscode.Range(at, document.positionAt(change.offset + change.length)), change.text));
        editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  }

  private async during(run: StepRun, work: (input: TestDeviceInput, show: (shown: ShownRun) => void) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    this.stop = () => abort.abort();
    const display = await this.deps.display();
    if (this.listening !== display) display.onRequest(async (request) => this.request(request));
    this.listening = display;
    let bring = true;
    const input: TestDeviceInput = {
      connection: run.connection,
      files: run.files,
      names: this.deps.steps.names(),
      signal: AbortSignal.any([run.signal, abort.signal]),
    };
    try {
      await work(input, (shown) => {
        display.show(shown, bring);
        bring = false;
      });
    } finally {
      this.stop = undefined;
    }
  }

  private repeated(again: Again | undefined): TestDeviceOptions | undefined {
    if (again === undefined || this.last === undefined) return undefined;
    const { options } = this.last;
    return again.port === undefined ? options : { ...options, port: again.port };
  }

  /** The usual way needs one choice and the device's own parameters; the rest is behind *More options*. */
  private async askOptions(run: StepRun, single: boolean): Promise<TestDeviceOptions> {
    const { ui, steps } = this.deps;
    const names = steps.names();
    const template = await run.connection.iot.describeProvisioningTemplate(names.templateName, { signal: run.signal });
    if (template === undefined) {
      throw new FleetError(vscode.l10n.t('There is no provisioning template {0} yet.', names.templateName), {
        category: 'notFound',
        code: 'noTemplate',
        advice: vscode.l10n.t('Run the step that makes it first.'),
        remedies: [{ kind: 'runStep', step: 'provisioningTemplate' }],
      });
    }
    const ownClaim = await run.files.exists(WorkspaceFileNames.claimCertificate);
    const claimText = ownClaim ? vscode.l10n.t('with the claim certificate of this folder') : vscode.l10n.t('with a five-minute claim: this folder has no claim certificate');
    const way = await ui.choose<'keys' | 'csr' | 'more'>({
      title: single ? vscode.l10n.t('Provision a test device like which nucleus?') : vscode.l10n.t('Provision test devices like which nucleus?'),
      choices: [
        { label: vscode.l10n.t('Greengrass nucleus (classic)'), description: vscode.l10n.t('AWS IoT makes the key'), detail: claimText, value: 'keys' },
        { label: vscode.l10n.t('Greengrass nucleus lite'), description: vscode.l10n.t('the device makes the key and sends a CSR'), detail: claimText, value: 'csr' },
        { label: vscode.l10n.t('More Options…'), description: vscode.l10n.t('claim, port, MQTT version, keep the device'), value: 'more' },
      ],
    });
    const usual = { port: 8883, protocolVersion: 5, claim: ownClaim ? 'file' : 'temporary', keep: false } as const;
    const chosen = way === 'more' ? await this.askMore(ownClaim, single) : { ...usual, way };
    return { ...chosen, parameters: await this.askParameters(templateFacts(template.templateBody).parameters, way === 'more') };
  }

  private async askMore(ownClaim: boolean, single: boolean): Promise<Omit<TestDeviceOptions, 'parameters'>> {
    const { ui } = this.deps;
    const way = await ui.choose<'keys' | 'csr'>({
      title: vscode.l10n.t('Who makes the key?'),
      choices: [
        { label: vscode.l10n.t('AWS IoT'), detail: vscode.l10n.t('CreateKeysAndCertificate, as the classic nucleus does'), value: 'keys' },
        { label: vscode.l10n.t('The device'), detail: vscode.l10n.t('CreateCertificateFromCsr, as nucleus lite does'), value: 'csr' },
      ],
    });
    const claim = await ui.choose<'file' | 'temporary'>({
      title: vscode.l10n.t('Which claim?'),
      choices: [
        ...(ownClaim ? [{ label: vscode.l10n.t('Claim certificate of this folder'), detail: vscode.l10n.t('what devices in the field have'), value: 'file' as const }] : []),
        { label: vscode.l10n.t('Five-minute claim'), detail: vscode.l10n.t('made for this run, for this template only'), value: 'temporary' },
      ],
    });
    const port = await ui.choose<443 | 8883>({
      title: vscode.l10n.t('Which port?'),
      choices: [
        { label: '8883', detail: vscode.l10n.t('MQTT over TLS'), value: 8883 },
        { label: '443', detail: vscode.l10n.t('MQTT over TLS with ALPN, for networks that let only HTTPS through'), value: 443 },
      ],
    });
    const protocolVersion = await ui.choose<4 | 5>({
      title: vscode.l10n.t('Which MQTT?'),
      choices: [
        { label: 'MQTT 5', detail: vscode.l10n.t('says why a connection ends'), value: 5 },
        { label: 'MQTT 3.1.1', value: 4 },
      ],
    });
    const keep =
      single &&
      (await ui.choose<boolean>({
        title: vscode.l10n.t('What happens to the device afterwards?'),
        choices: [
          { label: vscode.l10n.t('Remove It'), detail: vscode.l10n.t('certificate, thing and key'), value: false },
          { label: vscode.l10n.t('Keep It'), detail: vscode.l10n.t('its key and certificate in {0}, which git ignores', `${WorkspaceFileNames.testDevices}/`), value: true },
        ],
      }));
    return { way, claim, port, protocolVersion, keep };
  }

  private async askParameters(parameters: ReturnType<typeof templateFacts>['parameters'], all: boolean): Promise<Readonly<Record<string, string>>> {
    const proposed = proposedParameters(parameters);
    const values: Record<string, string> = {};
    for (const { name, defaultValue } of parameters) {
      const value = proposed[name] ?? '';
      values[name] =
        defaultValue !== undefined && !all
          ? defaultValue
          : await this.deps.ui.input({
              title: vscode.l10n.t('Template parameter {0}', name),
              prompt: vscode.l10n.t('{0} becomes the id of the test device', deviceIdMark),
              value,
            });
    }
    return values;
  }

  private async confirm(run: StepRun, title: string, detail: string): Promise<void> {
    const { ui } = this.deps;
    const left = (await this.entriesOf(run)).filter(({ kept }) => !kept).length;
    if (left > 0) ui.warn(vscode.l10n.t('{0} test devices of an interrupted run are still in this account. “Clean Up Test Devices” removes them.', left));
    // In the local AWS nothing can go wrong that a reset does not mend.
    if (!run.connection.target.isSandbox) await ui.confirm({ title, detail, action: vscode.l10n.t('Provision'), target: run.connection.target });
  }

  private async entriesOf({ connection }: StepRun): Promise<readonly LedgerEntry[]> {
    const { account, region } = connection.target;
    return (await this.deps.devices.ledger.entries()).filter((entry) => entry.account === account && entry.region === region);
  }
}

async function askNumber(ui: Interaction, title: string, value: number, most: number): Promise<number> {
  const text = await ui.input({
    title,
    prompt: vscode.l10n.t('1 to {0}', most),
    value: String(value),
    validate: (typed) => (/^\d{1,4}$/.test(typed.trim()) && Number(typed) >= 1 && Number(typed) <= most ? undefined : vscode.l10n.t('A whole number from 1 to {0}', most)),
  });
  return Number(text);
}

function isAgain(value: unknown): value is Again {
  return typeof value === 'object' && value !== null && 'again' in value && value.again === true;
}
