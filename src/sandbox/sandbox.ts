import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withTrouble, type CallFaults } from './faults/injection';
import { identify, type LongTermCredentials } from './kernel/credentials';
import { SandboxKernel } from './kernel/kernel';
import { partitionOf } from './kernel/partitions';
import type { Kernel, ServerCertificateAuthority, ServiceFactory } from './kernel/types';
import { closeListeners, startListeners, type Listener, type ListenerFactories, type ListenerPorts } from './listeners';
import { SandboxServer } from './server';
import { DATABASE } from './store/database';
import { openStore } from './store/openStore';
import { StoreError, type Store, type Write } from './store/store';
import { Dispatcher } from './wire/dispatcher';
import { readModels } from './wire/models';
import { createValidator } from './wire/validation';
import constraintTables from './wire/constraints.json';

/** Makes the sandbox's certificate authority, or restores the one whose text it gave before. */
export type AuthorityFactory = (persisted?: string) => Promise<{ readonly authority: ServerCertificateAuthority; readonly persisted: string }>;

export interface SandboxOptions {
  readonly services: readonly ServiceFactory[];
  readonly certificateAuthority?: AuthorityFactory;
  /** Servers for devices beside the control plane's; started with it, in this order. Need a certificate authority. */
  readonly listeners?: ListenerFactories;
  /** Folder that keeps everything. Without it: a temporary folder, deleted on close. */
  readonly state?: string;
  /** Empties an existing state folder (the CA and the credentials stay). */
  readonly reset?: boolean;
  readonly region?: string;
  readonly account?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Added to each answer, in milliseconds. */
  readonly latency?: number;
  /** Artificial time per stack resource, in milliseconds; 0 unless given. */
  readonly resourceDelay?: number;
  /** Lets calls of the control plane go wrong. */
  readonly faults?: CallFaults;
  readonly now?: () => Date;
  readonly version?: string;
  readonly logError?: (error: unknown) => void;
}

export interface SandboxInfo extends ListenerPorts {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly caFile: string;
  /** True where a state folder was asked for, but the platform has no store for it: all is lost when the sandbox ends. */
  readonly volatile?: boolean;
}

export type SavedState = readonly Write[];

export interface Sandbox {
  /** A new one after each reset. */
  readonly kernel: Kernel;
  readonly credentials: LongTermCredentials;
  /** Serves on 127.0.0.1. Port 0 takes a free one. Once only. */
  listen(port: number): Promise<SandboxInfo>;
  /** Empties it, or brings back what it held when that was saved. */
  reset(to?: SavedState): Promise<void>;
  /** All that it holds, without its credentials and its certificate authority, which outlive a reset. Not while it is asked anything. */
  save(): Promise<SavedState>;
  /** Ends requests and background work, closes the store. Safe to call twice. */
  close(): Promise<void>;
}

/** Not one of the account numbers that documentation reserves for samples. */
const DEFAULT_ACCOUNT = '470123856219';
const DEFAULT_REGION = 'us-east-1';
const CA_KEY = '\u0000ca';
const CREDENTIALS_KEY = '\u0000credentials';
/** What a reset leaves. */
const lasting: readonly string[] = [CA_KEY, CREDENTIALS_KEY];

/** Throws StoreError when the state folder cannot be used. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const temporary = options.state === undefined;
  const folder = options.state ?? (await mkdtemp(path.join(tmpdir(), 'greengrass-sandbox-')));
  // The store holds the secret key and the CA's private key: nobody else may look into its folder.
  const database = path.join(folder, DATABASE);
  try {
    await mkdir(database, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError(`Cannot make the state folder ${folder}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const { store, volatile } = await openStore(folder, !temporary);
  const removeTemporary = async (): Promise<void> => {
    if (temporary) await rm(folder, { recursive: true, force: true });
  };
  try {
    const credentials = await loadCredentials(store, options);
    const ca = await loadAuthority(store, options.certificateAuthority);
    const caFile = path.join(folder, 'ca.pem');
    if (ca !== undefined) await writeFile(caFile, ca.certificatePem);
    const running = new RunningSandbox(options, store, credentials, ca ?? noAuthority, caFile, removeTemporary, volatile && !temporary);
    await running.start(options.reset === true);
    return running;
  } catch (error) {
    await store.close();
    await removeTemporary();
    throw error;
  }
}

class RunningSandbox implements Sandbox {
  kernel: SandboxKernel;
  private readonly server: SandboxServer;
  private readonly newKernel: () => SandboxKernel;
  private closing: Promise<void> | undefined;
  private listeners: readonly Listener[] = [];
  private ports: Partial<ListenerPorts> = {};
  private readonly logError: (error: unknown) => void;

  constructor(
    private readonly options: SandboxOptions,
    private readonly store: Store,
    readonly credentials: LongTermCredentials,
    private readonly ca: ServerCertificateAuthority,
    private readonly caFile: string,
    private readonly removeTemporary: () => Promise<void>,
    private readonly volatile: boolean,
  ) {
    const models = readModels();
    const now = options.now ?? ((): Date => new Date());
    const logError = options.logError ?? ((error: unknown): void => void process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`));
    this.logError = logError;
    const validate = createValidator(models, constraintTables);
    this.newKernel = () => new SandboxKernel({ store, ca, validate, now, resourceDelay: options.resourceDelay ?? 0, logError });
    this.kernel = this.newKernel();
    const dispatcher = new Dispatcher({
      models,
      now,
      logError,
      account: credentials.account,
      defaultRegion: credentials.region,
      identify: (accessKeyId, token, region) => identify(store, credentials, partitionOf(region), now(), accessKeyId, token),
      execute: (call) => withTrouble(options.faults?.next(call), call, () => this.kernel.handle(call)),
    });
    this.server = new SandboxServer({
      dispatcher,
      latency: options.latency ?? 0,
      caPem: ca.certificatePem,
      now,
      info: () => ({ product: 'greengrass-fleet-sandbox', version: options.version ?? '0.0.0', account: credentials.account, region: credentials.region, caFile, ...this.ports }),
      reset: () => this.reset(),
      logError,
    });
  }

  async start(reset: boolean): Promise<void> {
    if (reset) await this.clearStore();
    await this.kernel.start(this.options.services.map((create) => create(this.kernel)));
  }

  async listen(port: number): Promise<SandboxInfo> {
    const actual = await this.server.listen(port);
    const { ports, listeners } = await startListeners(this.options.listeners ?? {}, {
      kernel: () => this.kernel,
      ca: this.ca,
      region: this.credentials.region,
      account: this.credentials.account,
      controlPlanePort: actual,
      logError: this.logError,
    });
    this.listeners = listeners;
    this.ports = ports;
    return {
      endpoint: `http://127.0.0.1:${actual}`,
      region: this.credentials.region,
      account: this.credentials.account,
      accessKeyId: this.credentials.accessKeyId,
      secretAccessKey: this.credentials.secretAccessKey,
      caFile: this.caFile,
      ...(this.volatile ? { volatile: true } : {}),
      ...ports,
    };
  }

  /** A new kernel, so that no background work of the old one can write into the emptied store. */
  async reset(to: SavedState = []): Promise<void> {
    const next = this.newKernel();
    const previous = this.kernel;
    this.kernel = next;
    const ready = previous.close().then(() => this.clearStore(to));
    next.holdUntil(ready);
    this.options.faults?.reset();
    for (const listener of this.listeners) listener.reset();
    await ready;
    await next.start(this.options.services.map((create) => create(next)));
  }

  close(): Promise<void> {
    this.closing ??= (async (): Promise<void> => {
      await closeListeners(this.listeners);
      await this.server.close();
      await this.kernel.close();
      await this.store.close();
      await this.removeTemporary();
    })();
    return this.closing;
  }

  async save(): Promise<SavedState> {
    const saved: Write[] = [];
    for await (const [key, value] of this.store.entries({ from: '', to: '\uffff' })) if (!lasting.includes(key)) saved.push({ type: 'put', key, value });
    return saved;
  }

  private async clearStore(to: SavedState = []): Promise<void> {
    const kept = await Promise.all(lasting.map(async (key) => ({ key, value: await this.store.get(key) })));
    await this.store.clear([...kept.flatMap(({ key, value }) => (value === undefined ? [] : [{ type: 'put' as const, key, value }])), ...to]);
  }
}

/** Given keys win and are kept; without them the folder's own are used, made at random on first use. */
async function loadCredentials(store: Store, options: SandboxOptions): Promise<LongTermCredentials> {
  const text = await store.get(CREDENTIALS_KEY);
  const kept = text === undefined ? {} : (JSON.parse(text) as Partial<LongTermCredentials>);
  const credentials: LongTermCredentials = {
    account: options.account ?? kept.account ?? DEFAULT_ACCOUNT,
    region: options.region ?? kept.region ?? DEFAULT_REGION,
    accessKeyId: options.accessKeyId ?? kept.accessKeyId ?? `AKIA${randomBase32(16)}`,
    secretAccessKey: options.secretAccessKey ?? kept.secretAccessKey ?? randomBytes(30).toString('base64'),
  };
  await store.write([{ type: 'put', key: CREDENTIALS_KEY, value: JSON.stringify(credentials) }]);
  return credentials;
}

async function loadAuthority(store: Store, create: AuthorityFactory | undefined): Promise<ServerCertificateAuthority | undefined> {
  if (create === undefined) return undefined;
  const kept = await store.get(CA_KEY);
  const { authority, persisted } = await create(kept);
  if (persisted !== kept) await store.write([{ type: 'put', key: CA_KEY, value: persisted }]);
  return authority;
}

const noAuthority: ServerCertificateAuthority = {
  certificatePem: '',
  issueFromCsr: () => Promise.reject(new Error('This sandbox was built without a certificate authority')),
  issueServer: () => Promise.reject(new Error('This sandbox was built without a certificate authority')),
  issueWithKeys: () => Promise.reject(new Error('This sandbox was built without a certificate authority')),
};

/** The alphabet of AWS's own key ids. */
function randomBase32(length: number): string {
  return [...randomBytes(length)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte & 31)).join('');
}
