import * as l10n from '@vscode/l10n';
import { CancelledError, isCancelled, isFleetError, throwIfAborted, type FleetError } from '../../core/errors';
import { DeviceFault } from '../../core/device/deviceFault';
import { diagnose } from '../../core/device/diagnosis/diagnose';
import { parametersFor } from '../../core/device/deviceParameters';
import { remedyLabel } from '../../core/remedyLabel';
import type { Cause, DeviceRunView, DeviceStepId, Leftovers, Verdict } from '../../core/device/trace';
import { TraceRecorder } from '../../core/device/traceRecorder';
import type { LedgerEntry } from '../../core/ports/deviceLedger';
import { WorkspaceFileNames } from '../../ids';
import { DeviceFlow, type FlowDevice } from './deviceFlow';
import { gatherFacts } from './gatherFacts';
import { prepare, refuseExistingThing, renderedFor, type Prepared } from './prepare';
import { certificateIdOf } from './certificateId';
import { removeDevice } from './removeDevice';
import { settleMs, stepTimeoutMs, type TestDeviceDeps, type TestDeviceInput, type TestDeviceOptions } from './testDeviceContext';

/** Signing with credentials fails when the clock is off by more: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const clockTolerance = 5 * 60_000;
/** The clean-up goes on after a cancel, but not for ever. */
const cleanUpMs = 120_000;

/**
 * One test device, from its claim to AWS credentials, and away again. Each change is told as a whole view. Ends with a
 * verdict; what refused the device is no error of ours. Throws what nobody foresaw, after the clean-up.
 */
export async function runTestDevice(deps: TestDeviceDeps, input: TestDeviceInput, options: TestDeviceOptions, show: (view: DeviceRunView) => void): Promise<DeviceRunView> {
  return new TestDeviceRun(deps, input, options, show).run();
}

class TestDeviceRun {
  private readonly recorder: TraceRecorder;
  private readonly parameters: Readonly<Record<string, string>>;
  private readonly ownThing: string | undefined;
  private prepared: Prepared | undefined;
  private flow: DeviceFlow | undefined;
  private device: FlowDevice | undefined;
  private thingIsOurs = false;
  private folder: string | undefined;
  private readonly createdAt: string;

  constructor(
    private readonly deps: TestDeviceDeps,
    private readonly input: TestDeviceInput,
    private readonly options: TestDeviceOptions,
    show: (view: DeviceRunView) => void,
  ) {
    const id = deps.newId();
    this.parameters = parametersFor(options.parameters, id);
    this.createdAt = deps.clock.now().toISOString();
    this.recorder = new TraceRecorder({ title: l10n.t('Test device {0}', id), facts: this.facts(), stepTitles: stepTitles() }, deps.monotonic, show);
  }

  async run(): Promise<DeviceRunView> {
    let unforeseen: { readonly error: unknown } | undefined;
    let verdict: Verdict;
    try {
      await this.provision();
      verdict = { outcome: 'proven', text: l10n.t('The device provisioned itself and got AWS credentials.'), warnings: this.warnings() };
    } catch (error) {
      ({ verdict, unforeseen } = await this.verdictOf(error));
    }
    if (verdict.outcome === 'refused') this.recorder.end(verdict.step, 'failed');
    else if (this.recorder.running !== undefined) this.recorder.end(this.recorder.running, 'skipped');
    this.recorder.decide(verdict);
    await this.cleanUp();
    if (unforeseen !== undefined) throw unforeseen.error;
    return this.recorder.view();
  }

  private async provision(): Promise<void> {
    const { input, options, deps, recorder } = this;
    recorder.begin('prepare');
    const prepared = await prepare(input, options, certificateIdOf);
    this.prepared = prepared;
    const [thing] = renderedFor(prepared.templateBody, this.parameters).things;
    await refuseExistingThing(input, thing?.name);
    this.thingIsOurs = thing !== undefined;
    const transport = await deps.transport();
    throwIfAborted(input.signal);
    recorder.note('prepare', l10n.t('{0}, claim certificate {1}', prepared.servers.mqtt.name, prepared.claim.facts.id));
    recorder.end('prepare', 'done');
    this.flow = new DeviceFlow(
      { transport, clock: deps.clock },
      {
        servers: prepared.servers,
        claim: prepared.claim.identity,
        templateName: input.names.templateName,
        roleAliasName: input.names.roleAliasName,
        parameters: this.parameters,
        way: options.way,
        protocolVersion: options.protocolVersion,
        timeout: deps.timeout ?? stepTimeoutMs,
        settle: input.connection.target.isSandbox ? 0 : settleMs,
      },
      {
        begin: (step) => recorder.begin(step),
        done: (step) => recorder.end(step, 'done'),
        note: (step, text) => recorder.note(step, text),
        message: (step, message) => recorder.message(step, message),
      },
      { onCertificate: (device) => this.remember(device, thing?.name), onThing: (device) => this.remember(device, device.thingName) },
    );
    await this.flow.run(input.signal);
  }

  /** Written down before anything else can fail: first in the ledger, then the key when the device is to stay. */
  private async remember(device: FlowDevice, thingName: string | undefined): Promise<void> {
    this.device = { ...device, ...(thingName === undefined || !this.thingIsOurs ? {} : { thingName }) };
    await this.deps.ledger.put(this.entry(this.device));
    if (!this.options.keep || this.folder !== undefined) return;
    const folder = `${WorkspaceFileNames.testDevices}/${device.certificateId.slice(0, 12)}`;
    const { files } = this.input;
    await files.ensureIgnored(`${WorkspaceFileNames.testDevices}/`);
    await files.writePrivate(`${folder}/device.private.pem.key`, device.identity.privateKeyPem);
    await files.write(`${folder}/device.pem.crt`, device.identity.certificatePem);
    this.folder = folder;
    await this.deps.ledger.put(this.entry(this.device));
  }

  private entry({ certificateId, thingName }: FlowDevice): LedgerEntry {
    const { account, region } = this.input.connection.target;
    return {
      account,
      region,
      certificateId,
      createdAt: this.createdAt,
      kept: this.options.keep,
      ...(thingName === undefined ? {} : { thingName }),
      ...(this.folder === undefined ? {} : { folder: this.folder }),
    };
  }

  private async verdictOf(error: unknown): Promise<{ readonly verdict: Verdict; readonly unforeseen: { readonly error: unknown } | undefined }> {
    if (isCancelled(error) || this.input.signal.aborted) return { verdict: { outcome: 'cancelled', text: l10n.t('Cancelled.') }, unforeseen: undefined };
    const step: DeviceStepId = this.flow?.step ?? 'prepare';
    if (isFleetError(error)) return { verdict: { outcome: 'refused', step, text: error.message, cause: causeOf(error) }, unforeseen: undefined };
    const { prepared, flow } = this;
    if (!(error instanceof DeviceFault) || prepared === undefined || flow === undefined) {
      return { verdict: { outcome: 'refused', step, text: l10n.t('The test device failed.'), cause: { code: 'internal', text: error instanceof Error ? error.message : String(error), mends: [] } }, unforeseen: { error } };
    }
    try {
      const cause = await this.explain(error, prepared, flow);
      return { verdict: { outcome: 'refused', step, text: refusalText(step), cause }, unforeseen: undefined };
    } catch (failure) {
      if (!isCancelled(failure)) throw failure;
      return { verdict: { outcome: 'cancelled', text: l10n.t('Cancelled.') }, unforeseen: undefined };
    }
  }

  private async explain(fault: DeviceFault, prepared: Prepared, flow: DeviceFlow): Promise<Cause> {
    const { connection, files, names, signal } = this.input;
    const facts = await gatherFacts(
      connection,
      files,
      {
        step: flow.step,
        clientId: flow.clientId,
        ...(flow.sent === undefined ? {} : { sent: flow.sent }),
        parameters: this.parameters,
        port: prepared.servers.mqtt.port,
        now: this.deps.clock.now(),
        names,
        claim: prepared.claim.facts,
        device: flow.device,
      },
      signal,
    );
    return diagnose(fault.facts, facts);
  }

  private warnings(): readonly Cause[] {
    const date = this.flow?.serverDate;
    const off = date === undefined ? 0 : this.deps.clock.now().getTime() - date.getTime();
    if (Math.abs(off) <= clockTolerance) return [];
    return [
      {
        code: 'clockSkew',
        text: l10n.t('The clock here is {0} minutes off that of AWS: AWS refuses requests that are signed more than five minutes off.', Math.round(Math.abs(off) / 60_000)),
        mends: [],
        documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html',
      },
    ];
  }

  private async cleanUp(): Promise<void> {
    const { recorder, device, deps, options } = this;
    if (device === undefined) {
      recorder.end('cleanUp', 'skipped');
      if (this.flow?.unheardCertificate === true) recorder.leave({ reason: unheardText() });
      return;
    }
    const rest = { certificateId: device.certificateId, ...(device.thingName === undefined ? {} : { thingName: device.thingName }) };
    recorder.begin('cleanUp');
    if (options.keep) {
      recorder.note('cleanUp', l10n.t('Kept by choice'));
      recorder.end('cleanUp', 'skipped');
      recorder.leave(leftovers(rest, this.folder, l10n.t('Kept by choice. Clean Up Test Devices removes it.')));
      return;
    }
    try {
      const stays = await removeDevice(this.input.connection.iot, rest, deps.clock, AbortSignal.timeout(cleanUpMs));
      await deps.ledger.remove(device.certificateId);
      recorder.note('cleanUp', stays ?? l10n.t('Certificate, thing and key are gone'));
      recorder.end('cleanUp', stays === undefined ? 'done' : 'warning');
      if (stays !== undefined) recorder.leave(leftovers(rest, undefined, stays));
    } catch (error) {
      const reason = error instanceof CancelledError || !(error instanceof Error) ? l10n.t('AWS did not answer in time.') : error.message;
      recorder.note('cleanUp', reason);
      recorder.end('cleanUp', 'failed');
      recorder.leave(leftovers(rest, undefined, reason));
    }
  }

  private facts(): DeviceRunView['facts'] {
    const { connection, names } = this.input;
    const { target } = connection;
    const { way, protocolVersion, port, claim } = this.options;
    return [
      { label: target.isSandbox ? l10n.t('Sandbox') : l10n.t('Profile'), value: target.label },
      { label: l10n.t('Account'), value: target.account },
      { label: l10n.t('Region'), value: target.region },
      { label: l10n.t('Template'), value: names.templateName },
      { label: l10n.t('Claim'), value: claim === 'file' ? l10n.t('claim certificate of the folder') : l10n.t('five-minute claim') },
      { label: l10n.t('Key'), value: way === 'keys' ? l10n.t('made by AWS IoT') : l10n.t('made by the device (CSR)') },
      { label: l10n.t('Connection'), value: l10n.t('MQTT {0}, port {1}', protocolVersion === 5 ? '5' : '3.1.1', port) },
    ];
  }
}

/** "the certificate is deleted": https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html */
export function unheardText(): string {
  return l10n.t('AWS IoT may have made a certificate that the device never heard of. It is of no use to anybody, and AWS IoT deletes it within an hour.');
}

function leftovers(rest: { readonly certificateId: string; readonly thingName?: string }, folder: string | undefined, reason: string): Leftovers {
  return { ...rest, ...(folder === undefined ? {} : { folder }), reason };
}

/** An error of the account or the folder as a cause, with its remedies as mends. */
export function causeOf(error: FleetError): Cause {
  return {
    code: error.code,
    text: error.advice === undefined ? error.message : `${error.message} ${error.advice}`,
    mends: error.remedies.flatMap((remedy) => (remedy.kind === 'retry' ? [] : [{ label: remedyLabel(remedy), act: { kind: 'remedy', remedy } as const }])),
  };
}

export function stepTitles(): Readonly<Record<DeviceStepId, string>> {
  return {
    prepare: l10n.t('Endpoints, root CA and claim'),
    claimConnect: l10n.t('Connect with the claim certificate'),
    certificate: l10n.t('Get a certificate of its own'),
    register: l10n.t('Register by the template'),
    deviceConnect: l10n.t('Connect as itself'),
    coreTopics: l10n.t('Subscribe as a core device'),
    credentials: l10n.t('Exchange the certificate for AWS credentials'),
    cleanUp: l10n.t('Clean up'),
  };
}

export function refusalText(step: DeviceStepId): string {
  switch (step) {
    case 'claimConnect':
      return l10n.t('The device could not connect with its claim certificate.');
    case 'certificate':
      return l10n.t('The device got no certificate of its own.');
    case 'register':
      return l10n.t('The device was not registered.');
    case 'deviceConnect':
      return l10n.t('The device was registered, but could not connect as itself.');
    case 'coreTopics':
      return l10n.t('The device connected, but may not subscribe to its deployments.');
    case 'credentials':
      return l10n.t('The device connected, but got no AWS credentials.');
    case 'prepare':
    case 'cleanUp':
      return l10n.t('The test device could not start.');
  }
}
