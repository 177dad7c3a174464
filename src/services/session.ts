import * as l10n from '@vscode/l10n';
import { CancelledError, FleetError, isCancelled, isFleetError, throwIfAborted } from '../core/errors';
import type { AwsGateway, Connection } from '../core/ports/connection';
import type { ConnectionChoice, ProfileInfo } from '../core/ports/identity';
import type { SandboxService, SessionService, SessionState } from '../core/ports/services';
import { Emitter, type Disposable } from '../core/util/emitter';
import { knownPartitions, partitionOfRegion } from '../core/util/regions';
import { forgetSecrets, type RememberedChoice } from './rememberedChoice';

export interface SessionDeps {
  readonly gateway: AwsGateway;
  readonly sandbox: Pick<SandboxService, 'start'>;
  /** What was chosen in this workspace; holds no secret. */
  readonly memory: { get(): RememberedChoice | undefined; set(choice: RememberedChoice | undefined): unknown };
  /** Asks the person for the code of their MFA device. Throws CancelledError. */
  readonly mfaCode: (serial: string) => Promise<string>;
  /** Profile and region of the settings, empty when not set. Asked only in a trusted workspace. */
  readonly defaults: () => { readonly profile: string; readonly region: string };
}

interface How {
  /** False: nobody is asked anything. */
  readonly asks: boolean;
  /** The sandbox may have stopped or moved since it was chosen: start or find it first. */
  readonly findSandbox: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** One attempt to connect. A newer one takes its place and aborts it. */
interface Attempt {
  readonly abort: AbortController;
  readonly result: Promise<Opened>;
}

/** `choice` says where the sandbox was found. */
interface Opened {
  readonly connection: Connection;
  readonly choice: ConnectionChoice;
}

type SettledState = Exclude<SessionState, { kind: 'connecting' }>;
type SandboxChoice = Extract<ConnectionChoice, { kind: 'sandbox' }>;

/** Stands for the sandbox until it has told its address and keys. */
const sandboxToFind: SandboxChoice = { kind: 'sandbox', endpoint: '', region: '', accessKeyId: '', secretAccessKey: '' };

/** Who am I, and where. Owns the connection of this window; the latest `use` wins. */
export class Session implements SessionService, Disposable {
  private readonly changed = new Emitter<SessionState>();
  private attempt: Attempt | undefined;
  private live: Connection | undefined;
  private settled: SettledState = { kind: 'none' };
  private now: SessionState = this.settled;
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: SessionDeps) {}

  get state(): SessionState {
    return this.now;
  }

  get current(): Connection | undefined {
    return this.now.kind === 'connected' ? this.live : undefined;
  }

  listProfiles(): Promise<readonly ProfileInfo[]> {
    return this.deps.gateway.listProfiles();
  }

  /** Regions of the partition we are in; without a connection those of the chosen region's partition, else of all. */
  knownRegions(): readonly string[] {
    const partition = this.knownPartition();
    return (partition === undefined ? knownPartitions() : [partition]).flatMap((name) => this.deps.gateway.knownRegions(name));
  }

  async use(choice: ConnectionChoice, signal?: AbortSignal): Promise<Connection> {
    return this.start(choice, { asks: true, findSandbox: false, signal });
  }

  async restore(): Promise<void> {
    try {
      const choice = await this.knownChoice();
      // Something else may have been chosen while we were looking.
      if (choice && this.now.kind === 'none') await this.start(choice, { asks: false, findSandbox: true });
    } catch (error) {
      if (!isFleetError(error) && !isCancelled(error)) throw error;
    }
  }

  /** Also forgets the choice of this workspace. */
  disconnect(): void {
    this.attempt?.abort.abort();
    this.attempt = undefined;
    this.live = undefined;
    this.deps.memory.set(undefined);
    this.settle({ kind: 'none' });
  }

  async connection(signal?: AbortSignal): Promise<Connection> {
    throwIfAborted(signal);
    if (this.current) return this.current;
    if (this.attempt) return (await untilAborted(this.attempt.result, signal)).connection;
    const choice = this.now.kind === 'none' ? await this.knownChoice() : this.now.choice;
    if (choice) return this.start(choice, { asks: true, findSandbox: true, signal });
    throw new FleetError(l10n.t('No AWS account is chosen, and neither the environment nor a default profile gives one.'), {
      category: 'credentials',
      code: 'notConnected',
      advice: l10n.t('Choose a profile, or use the local sandbox, which needs no account.'),
      remedies: [{ kind: 'chooseProfile' }, { kind: 'startSandbox' }],
    });
  }

  dispose(): void {
    this.attempt?.abort.abort();
    this.changed.dispose();
  }

  private knownPartition(): string | undefined {
    const state = this.now;
    if (state.kind === 'connected') return state.target.partition;
    const region = state.kind === 'none' ? this.deps.defaults().region : state.choice.region;
    return region === undefined || region === '' ? undefined : partitionOfRegion(region);
  }

  /** What to connect with when nobody says so now: remembered here, set in the settings, or suggested by the environment. */
  private async knownChoice(): Promise<ConnectionChoice | undefined> {
    const remembered = this.deps.memory.get();
    if (remembered) return remembered.kind === 'sandbox' ? { ...sandboxToFind, region: remembered.region ?? '' } : remembered;
    const { profile, region } = this.deps.defaults();
    const choice = profile === '' ? await this.deps.gateway.suggestedChoice() : { kind: 'profile' as const, profile };
    return choice && choice.kind !== 'sandbox' && region !== '' ? { ...choice, region } : choice;
  }

  private async start(choice: ConnectionChoice, how: How): Promise<Connection> {
    throwIfAborted(how.signal);
    this.attempt?.abort.abort();
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    how.signal?.addEventListener('abort', stop, { once: true });
    const result = this.open(choice, how, abort.signal).finally(() => how.signal?.removeEventListener('abort', stop));
    const attempt: Attempt = { abort, result };
    this.attempt = attempt;
    // Whoever waits hears of a failure by the state or by this promise; nobody waiting is no crash.
    result.catch(() => undefined);
    this.become({ kind: 'connecting', choice });
    return this.conclude(attempt, choice);
  }

  private async open(choice: ConnectionChoice, how: How, signal: AbortSignal): Promise<Opened> {
    // Listeners hear `connecting` before anything can fail.
    await Promise.resolve();
    const found = await this.find(choice, how, signal);
    const mfaCode = how.asks ? this.deps.mfaCode : refuseMfa;
    const sameAs = this.settled.kind === 'connected' && isOnlyOtherRegion(this.settled.choice, found) ? this.live : undefined;
    const connection = await untilAborted(this.deps.gateway.connect(found, { signal, mfaCode, ...(sameAs === undefined ? {} : { sameAs }) }), signal);
    return { connection, choice: found };
  }

  private async find(choice: ConnectionChoice, how: How, signal: AbortSignal): Promise<ConnectionChoice> {
    if (choice.kind !== 'sandbox' || (choice.endpoint !== '' && !how.findSandbox)) return choice;
    const found = await untilAborted(this.deps.sandbox.start(signal), signal);
    // It serves every region: the one that was chosen last stays.
    return choice.region === '' ? found : { ...found, region: choice.region };
  }

  private async conclude(attempt: Attempt, choice: ConnectionChoice): Promise<Connection> {
    try {
      const { connection, choice: found } = await attempt.result;
      if (this.attempt !== attempt) throw new CancelledError();
      this.attempt = undefined;
      this.live = connection;
      this.deps.memory.set(forgetSecrets(found));
      this.settle({ kind: 'connected', choice: found, target: connection.target });
      return connection;
    } catch (error) {
      if (this.attempt !== attempt) throw isCancelled(error) ? error : new CancelledError();
      this.attempt = undefined;
      if (isCancelled(error)) {
        // Given up by the person: back to where they were.
        this.settle(this.settled);
        throw new CancelledError();
      }
      const failure = isFleetError(error) ? error : unexpected(error);
      this.live = undefined;
      this.settle({ kind: 'failed', choice, error: failure });
      throw failure;
    }
  }

  private settle(state: SettledState): void {
    this.settled = state;
    this.become(state);
  }

  private become(state: SessionState): void {
    this.now = state;
    this.changed.fire(state);
  }
}

function refuseMfa(serial: string): Promise<string> {
  return Promise.reject(
    new FleetError(l10n.t('The code of MFA device {0} is needed to connect.', serial), {
      category: 'credentials',
      code: 'mfaNeeded',
      advice: l10n.t('Connect again to enter it, or choose another profile.'),
      remedies: [{ kind: 'retry' }, { kind: 'chooseProfile' }],
    }),
  );
}

/** A region that is named, of the same profile or environment. Whoever chooses a profile means to sign in anew. */
function isOnlyOtherRegion(from: ConnectionChoice, to: ConnectionChoice): boolean {
  if (to.region === undefined || to.region === from.region || from.kind !== to.kind || to.kind === 'sandbox') return false;
  return to.kind === 'environment' || (from.kind === 'profile' && from.profile === to.profile);
}

function unexpected(error: unknown): FleetError {
  const why = error instanceof Error ? error.message : String(error);
  return new FleetError(l10n.t('Connecting to AWS failed: {0}', why), { category: 'internal', code: 'connectFailed', cause: error });
}

/** The promise, or CancelledError as soon as the signal fires, whatever the promise does. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  throwIfAborted(signal);
  let give: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    give = (): void => reject(new CancelledError());
    signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (give) signal.removeEventListener('abort', give);
  }
}
