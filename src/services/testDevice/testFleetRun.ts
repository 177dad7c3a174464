import { setMaxListeners } from 'node:events';
import * as l10n from '@vscode/l10n';
import { CancelledError, FleetError, isCancelled, isFleetError } from '../../core/errors';
import { DeviceFault } from '../../core/device/deviceFault';
import { diagnose } from '../../core/device/diagnosis/diagnose';
import { parametersFor, tellsDevicesApart } from '../../core/device/deviceParameters';
import { FleetTally } from '../../core/device/fleetTally';
import type { Cause, FleetRunView, Leftovers } from '../../core/device/trace';
import type { DeviceTransport } from '../../core/ports/deviceTransport';
import { certificateIdOf } from './certificateId';
import { DeviceFlow, type FlowDevice } from './deviceFlow';
import { gatherFacts } from './gatherFacts';
import { prepare, refuseExistingThing, renderedFor, type Prepared } from './prepare';
import { removeDevice, type DeviceRemains } from './removeDevice';
import { causeOf, stepTitles, unheardText } from './testDeviceRun';
import { settleMs, stepTimeoutMs, type TestDeviceDeps, type TestDeviceInput, type TestDeviceOptions } from './testDeviceContext';

export interface TestFleetOptions extends Omit<TestDeviceOptions, 'keep'> {
  /** 1 to 1,000. */
  readonly count: number;
  /** Devices started per second. */
  readonly rate: number;
}

export const largestFleet = 1_000;
/**
 * AWS IoT takes ten CreateKeysAndCertificate and ten RegisterThing per second over MQTT unless a quota was raised:
 * https://docs.aws.amazon.com/general/latest/gr/iot-core.html#fleet-provisioning-limits (the numbers are unverified)
 */
export const highestRate = 100;
/** At most so many at once: each holds a TLS connection and perhaps a key being made. */
const atOnce = 50;
/** DeleteCertificate and UpdateCertificate take ten per second; a removal makes some six calls. */
const removalsAtOnce = 4;
const cleanUpMs = 30 * 60_000;

/**
 * Many simulated devices, each on the whole way to AWS credentials, started at a steady rate; all are taken away again, after
 * a cancel too. Refused devices are counted by cause; the cause is worked out once per kind of refusal.
 */
export async function runTestFleet(deps: TestDeviceDeps, input: TestDeviceInput, options: TestFleetOptions, show: (view: FleetRunView) => void): Promise<FleetRunView> {
  if (options.count > 1 && !tellsDevicesApart(options.parameters)) {
    throw new FleetError(l10n.t('All devices would register as the same thing.'), {
      category: 'validation',
      code: 'sameThing',
      advice: l10n.t('Put {0} into the value that names the device.', '{id}'),
    });
  }
  return new TestFleetRun(deps, input, options, show).run();
}

class TestFleetRun {
  private readonly tally = new FleetTally();
  private readonly titles = stepTitles();
  private readonly remains: DeviceRemains[] = [];
  private readonly leftovers: Leftovers[] = [];
  private readonly explained = new Map<string, Promise<Cause>>();
  private readonly start: number;
  private provisioned: number | undefined;
  private state: FleetRunView['state'] = 'running';
  private readonly runId: string;
  private readonly createdAt: string;

  constructor(
    private readonly deps: TestDeviceDeps,
    private readonly input: TestDeviceInput,
    private readonly options: TestFleetOptions,
    private readonly show: (view: FleetRunView) => void,
  ) {
    this.start = deps.monotonic();
    this.runId = deps.newId();
    this.createdAt = deps.clock.now().toISOString();
  }

  async run(): Promise<FleetRunView> {
    const { deps, input } = this;
    let cancelled = false;
    // Every device listens to it, and stops listening when it is done.
    setMaxListeners(0, input.signal);
    this.changed();
    const prepared = await prepare(input, this.options, certificateIdOf);
    const first = renderedFor(prepared.templateBody, this.parametersOf(0)).things[0];
    await refuseExistingThing(input, first?.name);
    const transport = await deps.transport();
    try {
      await this.provisionAll(prepared, transport);
    } catch (error) {
      if (!isCancelled(error)) throw error;
      cancelled = true;
    } finally {
      this.provisioned = this.elapsed();
      this.state = 'cleaning';
      this.changed();
      await this.removeAll();
    }
    this.state = cancelled ? 'cancelled' : 'done';
    this.changed();
    return this.view();
  }

  /** One more at each beat, as long as there is room. */
  private async provisionAll(prepared: Prepared, transport: DeviceTransport): Promise<void> {
    const { clock } = this.deps;
    const { count, rate } = this.options;
    const { signal } = this.input;
    const running = new Set<Promise<void>>();
    const begun = this.deps.monotonic();
    let stop: unknown;
    try {
      for (let index = 0; index < count; index += 1) {
        const wait = begun + (index * 1_000) / rate - this.deps.monotonic();
        if (wait > 1) await clock.sleep(wait, signal);
        while (running.size >= atOnce) await Promise.race(running);
        if (signal.aborted) throw new CancelledError();
        if (stop !== undefined) break;
        const device = this.provisionOne(index, prepared, transport)
          .catch((error: unknown) => {
            stop ??= error;
          })
          .finally(() => running.delete(device));
        running.add(device);
      }
    } finally {
      await Promise.all(running);
    }
    if (stop !== undefined) throw stop instanceof Error ? stop : new Error('a test device failed');
  }

  private async provisionOne(index: number, prepared: Prepared, transport: DeviceTransport): Promise<void> {
    const { deps, input, options, tally } = this;
    const parameters = this.parametersOf(index);
    const [thing] = renderedFor(prepared.templateBody, parameters).things;
    const started = deps.monotonic();
    let stepStarted = started;
    tally.started += 1;
    const remember = async (device: FlowDevice, thingName: string | undefined): Promise<void> => {
      const { account, region } = input.connection.target;
      const own = { certificateId: device.certificateId, ...(thingName === undefined || thing === undefined ? {} : { thingName }) };
      const at = this.remains.findIndex(({ certificateId }) => certificateId === own.certificateId);
      if (at < 0) this.remains.push(own);
      else this.remains[at] = own;
      await deps.ledger.put({ ...own, account, region, createdAt: this.createdAt, kept: false });
    };
    const flow = new DeviceFlow(
      { transport, clock: deps.clock },
      {
        servers: prepared.servers,
        claim: prepared.claim.identity,
        templateName: input.names.templateName,
        roleAliasName: input.names.roleAliasName,
        parameters,
        way: options.way,
        protocolVersion: options.protocolVersion,
        timeout: deps.timeout ?? stepTimeoutMs,
        settle: input.connection.target.isSandbox ? 0 : settleMs,
      },
      {
        begin: () => (stepStarted = deps.monotonic()),
        done: (step) => tally.step(step, deps.monotonic() - stepStarted),
        note: () => undefined,
        message: () => undefined,
      },
      { onCertificate: (device) => remember(device, thing?.name), onThing: (device) => remember(device, device.thingName) },
    );
    try {
      await flow.run(input.signal);
      tally.prove(deps.monotonic() - started);
    } catch (error) {
      if (flow.unheardCertificate) this.leftovers.push({ reason: unheardText() });
      if (isCancelled(error)) return;
      tally.refuse(flow.step, await this.cause(error, flow, prepared, parameters));
    }
    this.changed();
  }

  /** The account is asked once for each kind of refusal: a thousand devices are refused for the same reason. */
  private cause(error: unknown, flow: DeviceFlow, prepared: Prepared, parameters: Readonly<Record<string, string>>): Promise<Cause> {
    if (isFleetError(error)) return Promise.resolve(causeOf(error));
    if (!(error instanceof DeviceFault)) throw error;
    const { facts } = error;
    const kind = `${flow.step} ${facts.kind} ${facts.kind === 'rejected' ? facts.errorCode : facts.kind === 'http' ? facts.message : ''}`;
    const known = this.explained.get(kind);
    if (known !== undefined) return known;
    const { connection, files, names, signal } = this.input;
    const cause = gatherFacts(
      connection,
      files,
      {
        step: flow.step,
        clientId: flow.clientId,
        ...(flow.sent === undefined ? {} : { sent: flow.sent }),
        parameters,
        port: prepared.servers.mqtt.port,
        now: this.deps.clock.now(),
        names,
        claim: prepared.claim.facts,
        device: flow.device,
      },
      signal,
    ).then((gathered) => diagnose(facts, gathered));
    this.explained.set(kind, cause);
    return cause;
  }

  private async removeAll(): Promise<void> {
    const { deps, input } = this;
    const signal = AbortSignal.timeout(cleanUpMs);
    setMaxListeners(0, signal);
    const waiting = [...this.remains];
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        try {
          const stays = await removeDevice(input.connection.iot, next, deps.clock, signal);
          await deps.ledger.remove(next.certificateId);
          if (stays === undefined) this.tally.cleaned += 1;
          else this.leftovers.push({ ...next, reason: stays });
        } catch (error) {
          this.leftovers.push({ ...next, reason: error instanceof Error && !isCancelled(error) ? error.message : l10n.t('AWS did not answer in time.') });
        }
        this.changed();
      }
    };
    await Promise.all(Array.from({ length: removalsAtOnce }, worker));
  }

  private parametersOf(index: number): Readonly<Record<string, string>> {
    return parametersFor(this.options.parameters, `${this.runId}-${String(index + 1).padStart(4, '0')}`);
  }

  private elapsed(): number {
    return Math.round(this.deps.monotonic() - this.start);
  }

  private changed(): void {
    this.show(this.view());
  }

  private view(): FleetRunView {
    const { target } = this.input.connection;
    const elapsed = this.provisioned ?? this.elapsed();
    const counts = this.tally.view(this.titles);
    return {
      title: l10n.t('Fleet of {0} test devices', this.options.count),
      facts: [
        { label: target.isSandbox ? l10n.t('Sandbox') : l10n.t('Profile'), value: target.label },
        { label: l10n.t('Account'), value: target.account },
        { label: l10n.t('Region'), value: target.region },
        { label: l10n.t('Template'), value: this.input.names.templateName },
        { label: l10n.t('Started per second'), value: String(this.options.rate) },
      ],
      wanted: this.options.count,
      ...counts,
      state: this.state,
      elapsed,
      rate: elapsed === 0 ? 0 : (counts.proven * 1_000) / elapsed,
      leftovers: this.leftovers,
    };
  }
}
