import { randomUUID } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { throwIfAborted } from '../../core/errors';
import { DeviceFault } from '../../core/device/deviceFault';
import { answerTopics, coreTopicFilters, createFromCsrTopic, createTopic, provisionTopic } from '../../core/device/deviceTopics';
import { maskedPayload } from '../../core/device/masking';
import type { DeviceStepId, TraceMessage } from '../../core/device/trace';
import type { DeviceAnswer, DeviceCall, DeviceConnection, DeviceIdentity, DeviceTransport } from '../../core/ports/deviceTransport';
import { pauseAfter } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';
import { tryParseJson } from '../../core/util/json';
import type { DeviceServers } from './deviceServers';

/** What is told while a device goes its way. */
export interface FlowObserver {
  begin(step: DeviceStepId): void;
  done(step: DeviceStepId): void;
  note(step: DeviceStepId, text: string): void;
  message(step: DeviceStepId, message: TraceMessage): void;
}

export interface FlowPlan {
  readonly servers: DeviceServers;
  readonly claim: DeviceIdentity;
  readonly templateName: string;
  readonly roleAliasName: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** `keys`: AWS IoT makes the key (classic nucleus with its plugin); `csr`: the device makes it (nucleus lite). */
  readonly way: 'keys' | 'csr';
  readonly protocolVersion: 4 | 5;
  /** Milliseconds that each wait may take. */
  readonly timeout: number;
  /** Milliseconds during which a refusal of the new certificate is tried again: AWS IoT spreads it with a delay. */
  readonly settle: number;
}

/** The device, as far as it has come. */
export interface FlowDevice {
  readonly certificateId: string;
  readonly identity: DeviceIdentity;
  readonly thingName?: string;
}

export interface FlowHooks {
  /** The account now has a certificate: called before anything else can fail. */
  onCertificate(device: FlowDevice): Promise<void>;
  onThing(device: FlowDevice): Promise<void>;
}

/** How long a cancelled device still listens for the answer to what it had sent. */
const farewellMs = 5_000;

/** "Common name … default aws-greengrass-nucleus-lite": https://github.com/aws-greengrass/aws-greengrass-lite/blob/main/docs/fleet_provisioning.md */
const commonName = 'aws-greengrass-nucleus-lite';

/**
 * One device's way from its claim to AWS credentials, in the order of the FleetProvisioningByClaim plugin and the nucleus.
 * Throws DeviceFault, CancelledError, and what the hooks throw; leaves no connection open. What was reached is in `device`,
 * where it stopped in `step`, `clientId` and `sent`.
 */
export class DeviceFlow {
  step: DeviceStepId = 'claimConnect';
  clientId = '';
  sent: string | undefined;
  device: FlowDevice | undefined;
  /** The server's clock when it gave the credentials. */
  serverDate: Date | undefined;
  /** A certificate was asked for and no answer came: AWS IoT may have made one, which it deletes after an hour. */
  unheardCertificate = false;
  private token = '';

  constructor(
    private readonly deps: { readonly transport: DeviceTransport; readonly clock: Clock },
    private readonly plan: FlowPlan,
    private readonly observer: FlowObserver,
    private readonly hooks: FlowHooks,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const call: DeviceCall = { signal, timeout: this.plan.timeout };
    // The plugin's device id is random unless the configuration says otherwise.
    this.clientId = randomUUID();
    const claim = await this.during('claimConnect', () => this.connect(this.plan.claim, call));
    let device: FlowDevice;
    try {
      device = await this.during('certificate', () => this.certificate(claim, call));
      device = await this.during('register', () => this.register(claim, device, call));
    } finally {
      await claim.end();
    }
    this.clientId = device.thingName ?? this.clientId;
    const core = await this.during('deviceConnect', () => this.patiently('deviceConnect', signal, () => this.connect(device.identity, call)));
    try {
      if (device.thingName !== undefined) await this.during('coreTopics', () => this.coreTopics(core, device.thingName ?? '', call));
      await this.during('credentials', () => this.patiently('credentials', signal, () => this.credentials(device, call)));
    } finally {
      await core.end();
    }
  }

  private connect(identity: DeviceIdentity, call: DeviceCall): Promise<DeviceConnection> {
    const { servers, protocolVersion } = this.plan;
    this.observer.note(this.step, l10n.t('{0} port {1}, MQTT {2}, client id {3}', servers.mqtt.name, servers.mqtt.port, protocolVersion === 5 ? '5' : '3.1.1', this.clientId));
    return this.deps.transport.connect({ server: servers.mqtt, identity, clientId: this.clientId, protocolVersion, ...call });
  }

  private async certificate(claim: DeviceConnection, call: DeviceCall): Promise<FlowDevice> {
    const own = this.plan.way === 'csr' ? await this.deps.transport.makeKeys(commonName) : undefined;
    const topic = own === undefined ? createTopic : createFromCsrTopic;
    throwIfAborted(call.signal);
    const answer = await this.ask(claim, topic, own === undefined ? '' : JSON.stringify({ certificateSigningRequest: own.csrPem }), call);
    const certificateId = textIn(answer, 'certificateId', topic);
    const privateKeyPem = own?.privateKeyPem ?? textIn(answer, 'privateKey', topic);
    const device = { certificateId, identity: { certificatePem: textIn(answer, 'certificatePem', topic), privateKeyPem } };
    this.device = device;
    this.token = textIn(answer, 'certificateOwnershipToken', topic);
    this.unheardCertificate = false;
    await this.hooks.onCertificate(device);
    this.observer.note(this.step, l10n.t('Certificate {0}', certificateId));
    throwIfAborted(call.signal);
    return device;
  }

  private async register(claim: DeviceConnection, device: FlowDevice, call: DeviceCall): Promise<FlowDevice> {
    const topic = provisionTopic(this.plan.templateName);
    const answer = await this.ask(claim, topic, JSON.stringify({ certificateOwnershipToken: this.token, parameters: this.plan.parameters }), call);
    const name = answer['thingName'];
    // A template without a thing is legal.
    const registered: FlowDevice = typeof name === 'string' ? { ...device, thingName: name } : device;
    this.device = registered;
    await this.hooks.onThing(registered);
    throwIfAborted(call.signal);
    this.observer.note(this.step, registered.thingName === undefined ? l10n.t('Registered without a thing') : l10n.t('Registered as the thing {0}', registered.thingName));
    return registered;
  }

  private async coreTopics(core: DeviceConnection, thingName: string, call: DeviceCall): Promise<void> {
    const filters = coreTopicFilters(thingName);
    await core.subscribe(filters, call);
    this.observer.note(this.step, l10n.t('Subscribed to {0} topics of its deployments', filters.length));
  }

  private async credentials(device: FlowDevice, call: DeviceCall): Promise<void> {
    const { servers, roleAliasName } = this.plan;
    const path = `/role-aliases/${encodeURIComponent(roleAliasName)}/credentials`;
    const headers: Record<string, string> = device.thingName === undefined ? {} : { 'x-amzn-iot-thingname': device.thingName };
    this.observer.message(this.step, { direction: 'sent', topic: `GET https://${servers.credentials.name}${path}`, text: JSON.stringify(headers, undefined, 2) });
    const answer = await this.deps.transport.get({ server: servers.credentials, identity: device.identity, path, headers, ...call });
    this.observer.message(this.step, { direction: 'received', topic: `${String(answer.status)} ${answer.errorType}`.trim(), text: maskedPayload(answer.body) });
    this.serverDate = answer.date;
    const body = objectOf(answer.body);
    if (answer.status !== 200) {
      const message = body?.['message'];
      throw new DeviceFault({ kind: 'http', status: answer.status, type: answer.errorType, message: typeof message === 'string' ? message : '' });
    }
    const given = body?.['credentials'];
    const expiration = typeof given === 'object' && given !== null && 'expiration' in given && typeof given.expiration === 'string' ? given.expiration : undefined;
    if (expiration === undefined) throw new DeviceFault({ kind: 'unreadable', topic: path });
    this.observer.note(this.step, l10n.t('AWS credentials until {0}', expiration));
  }

  /** Subscribes to the answers, asks, and gives what came on …/accepted. */
  private async ask(connection: DeviceConnection, topic: string, payload: string, call: DeviceCall): Promise<Readonly<Record<string, unknown>>> {
    await connection.subscribe(answerTopics(topic), call);
    throwIfAborted(call.signal);
    this.sent = topic;
    this.unheardCertificate = this.step === 'certificate';
    this.observer.message(this.step, { direction: 'sent', topic, text: maskedPayload(payload) });
    // What is asked for is made, whether or not somebody waits: a cancel still listens, to know what to take away.
    const patient = later(call.signal, farewellMs);
    const answer: DeviceAnswer = await connection.request(topic, payload, { signal: patient.signal, timeout: call.timeout }).finally(patient.stop);
    this.sent = undefined;
    this.observer.message(this.step, { direction: 'received', topic: `${topic}/${answer.accepted ? 'accepted' : 'rejected'}`, text: maskedPayload(answer.payload) });
    const body = objectOf(answer.payload);
    if (body === undefined) throw new DeviceFault({ kind: 'unreadable', topic });
    if (answer.accepted) return body;
    this.unheardCertificate = false;
    const { statusCode, errorCode, errorMessage } = body;
    throw new DeviceFault({
      kind: 'rejected',
      topic,
      statusCode: typeof statusCode === 'number' ? statusCode : 0,
      errorCode: typeof errorCode === 'string' ? errorCode : '',
      errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
    });
  }

  private async during<T>(step: DeviceStepId, work: () => Promise<T>): Promise<T> {
    this.step = step;
    this.sent = undefined;
    this.observer.begin(step);
    const result = await work();
    this.observer.done(step);
    return result;
  }

  /** Tries again what a certificate that has just been made may meet. */
  private async patiently<T>(step: DeviceStepId, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { clock } = this.deps;
    const until = clock.now().getTime() + this.plan.settle;
    for (let tries = 0; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const pause = pauseAfter(tries, { first: 500, longest: 8_000, factor: 2 });
        if (!isRefusal(error) || clock.now().getTime() + pause > until) throw error;
        this.observer.note(step, l10n.t('Refused; the new certificate may not be known everywhere yet. Trying again.'));
        await clock.sleep(pause, signal);
      }
    }
  }
}

/** A signal that aborts some time after the other. */
function later(signal: AbortSignal, milliseconds: number): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => controller.abort(), milliseconds);
  };
  signal.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', start);
    },
  };
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof DeviceFault)) return false;
  const { facts } = error;
  return facts.kind === 'connectRefused' || facts.kind === 'certificateRefused' || (facts.kind === 'http' && facts.status >= 400 && facts.status < 500);
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = tryParseJson(text)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function textIn(answer: Readonly<Record<string, unknown>>, name: string, topic: string): string {
  const value = answer[name];
  if (typeof value !== 'string' || value === '') throw new DeviceFault({ kind: 'unreadable', topic });
  return value;
}
