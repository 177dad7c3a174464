import { fork, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { CancelledError, FleetError, throwIfAborted } from '../core/errors';
import type { SandboxService } from '../core/ports/services';
import { Emitter, type Disposable } from '../core/util/emitter';
import { EndpointRecord, toSandboxChoice, type SandboxChoice } from './sandboxEndpoint';

export interface SandboxProcessOptions {
  /** Absolute path of the sandbox's bundle, `dist/sandbox/main.js`. */
  readonly program: string;
  /** Absolute path of its state folder, in the extension's global storage: one sandbox per person. */
  readonly stateFolder: string;
  readonly log: (line: string) => void;
  /** Told when it ended by itself. Localized. */
  readonly warn: (message: string) => void;
  /** More arguments, for tests. */
  readonly args?: readonly string[];
  readonly startTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
}

interface Own {
  readonly child: ChildProcess;
  readonly choice: SandboxChoice;
  readonly exited: Promise<void>;
}

/**
 * The sandbox as a child process, so that neither its memory nor a crash of it is the extension host's. One state
 * folder has one sandbox: a second window finds the running one through the record that the first one wrote.
 */
export class SandboxProcess implements SandboxService, Disposable {
  private readonly changed = new Emitter<boolean>();
  private readonly record: EndpointRecord;
  private own: Own | undefined;
  private adopted: SandboxChoice | undefined;
  private starting: Promise<SandboxChoice> | undefined;
  private startingChild: ChildProcess | undefined;
  private stopping = false;
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: SandboxProcessOptions) {
    this.record = new EndpointRecord(options.stateFolder);
  }

  get running(): boolean {
    return this.own !== undefined || this.adopted !== undefined;
  }

  /** Throws FleetError `internal` with what the sandbox said when it does not come up; CancelledError. */
  async start(signal?: AbortSignal): Promise<SandboxChoice> {
    throwIfAborted(signal);
    if (this.own) return this.own.choice;
    this.starting ??= this.findOrFork().finally(() => {
      this.starting = undefined;
      this.startingChild = undefined;
    });
    return cancellable(this.starting, signal);
  }

  /** Ends the sandbox of this window; one that another window runs is only let go. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    const own = this.own;
    this.stopping = true;
    try {
      if (own) await this.end(own);
    } finally {
      this.stopping = false;
    }
    this.set(undefined, undefined);
  }

  /** Empties it. Throws FleetError when it does not run or refuses. */
  async reset(): Promise<void> {
    const choice = this.own?.choice ?? this.adopted;
    try {
      if (!choice) throw new Error(l10n.t('it is not running'));
      const answer = await fetch(`${choice.endpoint}/_sandbox/reset`, { method: 'POST', signal: AbortSignal.timeout(30_000), redirect: 'error' });
      if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
    } catch (error) {
      throw new FleetError(l10n.t('The local sandbox could not be emptied: {0}', error instanceof Error ? error.message : String(error)), {
        category: 'network',
        code: 'sandboxReset',
        advice: l10n.t('Start it again.'),
        remedies: [{ kind: 'startSandbox' }],
        cause: error,
      });
    }
  }

  /** At once, for deactivation: the child also ends by itself when its channel to us closes. */
  dispose(): void {
    this.stopping = true;
    for (const child of [this.own?.child, this.startingChild]) child?.kill('SIGTERM');
    this.own = undefined;
    this.adopted = undefined;
    this.changed.dispose();
  }

  private async findOrFork(): Promise<SandboxChoice> {
    await mkdir(this.options.stateFolder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw notStarted('sandboxFolder', error instanceof Error ? error.message : String(error), error);
    });
    const found = await this.record.readAlive();
    if (found) return this.adopt(found);
    const child = this.fork();
    try {
      return await this.ready(child);
    } catch (error) {
      child.kill('SIGKILL');
      // Another window may have been quicker with the same folder: its sandbox holds the lock, ours gave up.
      const other = await this.waitForOther();
      if (other) return this.adopt(other);
      throw error;
    }
  }

  private adopt(choice: SandboxChoice): SandboxChoice {
    this.options.log(`sandbox of another window at ${choice.endpoint}`);
    this.set(undefined, choice);
    return choice;
  }

  private async waitForOther(): Promise<SandboxChoice | undefined> {
    for (let tries = 0; tries < 8; tries++) {
      const other = await this.record.readAlive();
      if (other) return other;
      await delay(250);
    }
    return undefined;
  }

  private fork(): ChildProcess {
    const { program, stateFolder, args } = this.options;
    const child = fork(program, ['--state', stateFolder, '--port', '0', ...(args ?? [])], { env: childEnvironment(), execArgv: [], silent: true });
    this.startingChild = child;
    this.options.log(`sandbox started as process ${String(child.pid)}`);
    return child;
  }

  private async ready(child: ChildProcess): Promise<SandboxChoice> {
    const said: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.push(text);
      if (said.length > 50) said.shift();
      this.options.log(`sandbox: ${text.trimEnd()}`);
    });
    // Drained, never logged: the first line holds the secret key.
    child.stdout?.resume();
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const choice = await this.firstMessage(child, said);
    await this.record.write(choice);
    this.watch({ child, choice, exited });
    return choice;
  }

  private firstMessage(child: ChildProcess, said: readonly string[]): Promise<SandboxChoice> {
    const timeoutMs = this.options.startTimeoutMs ?? 20_000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail('sandboxTimeout', l10n.t('it was not ready after {0} seconds', Math.round(timeoutMs / 1000))), timeoutMs);
      const fail = (code: string, why: string, cause?: unknown): void => {
        clearTimeout(timer);
        reject(notStarted(code, said.join('').trim() === '' ? why : `${why}: ${said.join('').trim()}`, cause));
      };
      child.on('message', (message) => {
        const choice = toSandboxChoice(message);
        if (!choice) return;
        clearTimeout(timer);
        if (isVolatile(message)) this.options.warn(l10n.t('The local sandbox has no store for this platform: what it holds is lost when it stops.'));
        resolve(choice);
      });
      child.once('error', (error) => fail('sandboxNotStarted', error.message, error));
      // `close` comes after the last of stderr has been read; `exit` may come before.
      child.once('close', (code, signal) => fail('sandboxExited', l10n.t('it ended at once ({0})', String(code ?? signal))));
    });
  }

  private watch(own: Own): void {
    this.set(own, undefined);
    own.child.once('exit', (code, signal) => {
      if (this.own !== own) return;
      this.set(undefined, undefined);
      this.record.remove(own.choice).catch((error: unknown) => this.options.log(`sandbox record: ${String(error)}`));
      if (this.stopping) return;
      this.options.log(`sandbox ended by itself (${String(code ?? signal)})`);
      this.options.warn(l10n.t('The local sandbox ended unexpectedly. What it held is kept; start it again to go on.'));
    });
  }

  private async end(own: Own): Promise<void> {
    own.child.kill('SIGTERM');
    const giveUp = setTimeout(() => own.child.kill('SIGKILL'), this.options.stopTimeoutMs ?? 8_000);
    await own.exited;
    clearTimeout(giveUp);
    await this.record.remove(own.choice);
  }

  private set(own: Own | undefined, adopted: SandboxChoice | undefined): void {
    const before = this.running;
    this.own = own;
    this.adopted = adopted;
    if (this.running !== before) this.changed.fire(this.running);
  }
}

/** Nothing of the person's AWS identity, and no debugger of ours, reaches the child. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'NODE_OPTIONS');
  // In VS Code the executable is Electron, which runs as Node only when told so.
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

function isVolatile(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'volatile' in message && message.volatile === true;
}

function notStarted(code: string, why: string, cause: unknown): FleetError {
  return new FleetError(l10n.t('The local sandbox did not start: {0}', why), {
    category: 'internal',
    code,
    advice: l10n.t('The log says more. If another program uses its folder, close it and try again.'),
    remedies: [{ kind: 'retry' }],
    cause,
  });
}

function cancellable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new CancelledError());
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
