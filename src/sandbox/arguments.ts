import { parseArgs } from 'node:util';

export interface Arguments {
  /** Of the control plane. Of all ports: 0 takes a free one. */
  readonly port: number;
  /** MQTT for devices. */
  readonly mqttPort: number;
  /** Credentials endpoint and Greengrass data plane for devices. */
  readonly credentialsPort: number;
  /** CONNECT proxy for devices. */
  readonly proxyPort: number;
  readonly state?: string;
  readonly reset: boolean;
  readonly latency: number;
  readonly resourceDelay: number;
  readonly region?: string;
  readonly account?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Folder of pre-provisioning hooks: the function NAME is NAME.mjs there. */
  readonly hooks?: string;
  /** File with a plan of faults. */
  readonly faults?: string;
}

/** A wrong command line; the message is one line for the person who typed it. */
export class ArgumentError extends Error {}

export const USAGE =
  'Usage: sandbox [--port P] [--mqtt-port P] [--credentials-port P] [--proxy-port P] [--state DIR [--reset]] [--latency MS] [--resource-delay MS] [--region R] [--account N] [--access-key-id K --secret-access-key S] [--hooks DIR] [--faults PLAN.json]';

/** So that the progress of a stack can be seen. */
const DEFAULT_RESOURCE_DELAY_MS = 400;

/** Throws ArgumentError. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values } = parse(argv);
  const account = values.account;
  if (account !== undefined && !/^\d{12}$/.test(account)) throw new ArgumentError(`--account must be 12 digits, not '${account}'.`);
  const region = values.region;
  if (region !== undefined && !/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region)) throw new ArgumentError(`--region must look like us-east-1, not '${region}'.`);
  const accessKeyId = values['access-key-id'];
  const secretAccessKey = values['secret-access-key'];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) throw new ArgumentError('--access-key-id and --secret-access-key go together.');
  if (accessKeyId !== undefined && !/^\w{16,128}$/.test(accessKeyId)) throw new ArgumentError('--access-key-id must be 16 to 128 letters, digits or underscores.');
  if (secretAccessKey === '') throw new ArgumentError('--secret-access-key must not be empty.');
  if (values.hooks === '') throw new ArgumentError('--hooks must name a folder.');
  if (values.faults === '') throw new ArgumentError('--faults must name a file.');
  if (values.state === '') throw new ArgumentError('--state must name a folder.');
  if (values.reset === true && values.state === undefined) throw new ArgumentError('--reset needs --state: without a folder nothing is kept.');
  return {
    port: port('port', values.port),
    mqttPort: port('mqtt-port', values['mqtt-port']),
    credentialsPort: port('credentials-port', values['credentials-port']),
    proxyPort: port('proxy-port', values['proxy-port']),
    reset: values.reset ?? false,
    latency: integer('--latency', values.latency, 0, 60_000) ?? 0,
    resourceDelay: integer('--resource-delay', values['resource-delay'], 0, 600_000) ?? DEFAULT_RESOURCE_DELAY_MS,
    ...(values.state === undefined ? {} : { state: values.state }),
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
    ...(values.hooks === undefined ? {} : { hooks: values.hooks }),
    ...(values.faults === undefined ? {} : { faults: values.faults }),
  };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: text,
        'mqtt-port': text,
        'credentials-port': text,
        'proxy-port': text,
        state: text,
        reset: { type: 'boolean' },
        latency: text,
        'resource-delay': text,
        region: text,
        account: text,
        'access-key-id': text,
        'secret-access-key': text,
        hooks: text,
        faults: text,
      },
      allowPositionals: false,
    });
  } catch (error) {
    // Node's own message goes on after the first sentence with advice that does not fit here.
    throw new ArgumentError((error instanceof Error ? error.message : String(error)).split(/\.\s/)[0]?.replace(/\.$/, '').concat('.'));
  }
}

function port(name: string, value: string | undefined): number {
  return integer(`--${name}`, value, 0, 65_535) ?? 0;
}

/** The option that chose this port; the ports of more than one option are told by their first. `--port` when none did. */
export function optionOfPort(options: Arguments, taken: unknown): string {
  const names = [['--port', options.port], ['--mqtt-port', options.mqttPort], ['--credentials-port', options.credentialsPort], ['--proxy-port', options.proxyPort]] as const;
  return names.find(([, chosen]) => chosen === taken)?.[0] ?? '--port';
}

function integer(option: string, value: string | undefined, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) throw new ArgumentError(`${option} must be a whole number from ${min} to ${max}, not '${value}'.`);
  return number;
}
