import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { NeedsWriterError, OverlayTransaction, endOf, tablePrefix } from './transaction';
import { Fault, type BackgroundScope, type CallContext, type CertificateAuthority, type Handler, type Kernel, type ServiceModule, type ServiceName } from './types';
import { partitionOf } from './partitions';
import type { Store, Write } from '../store/store';

/** Throws a Fault when the input breaks a rule of the service model (required members, lengths, patterns …). */
export type Validate = (service: ServiceName, operation: string, input: object) => void;

export interface KernelOptions {
  readonly store: Store;
  readonly ca: CertificateAuthority;
  readonly validate: Validate;
  readonly now: () => Date;
  /** Milliseconds per slow resource. */
  readonly resourceDelay: number;
  /** Where traces of programming errors go; standard error in the program. */
  readonly logError: (error: unknown) => void;
}

export interface Call {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
  readonly scope: BackgroundScope;
  readonly requestId: string;
}

/** Told of each commit: what was written. Keys are `<table> NUL <account> NUL <region> NUL <row>`. */
export type CommitWatcher = (keys: readonly string[]) => void;

/** The sandbox is stopping; background work ends here and is resumed on the next start. */
export class StoppingError extends Error {
  constructor() {
    super('The sandbox is stopping.');
    this.name = 'AbortError';
  }
}

/** Operations that are tried on a snapshot, beside running writers. One that does write is run again as a writer. */
const READS = /^(Get|List|Describe|Search|Validate|Simulate|Test|Estimate|Invoke)/;

export class SandboxKernel implements Kernel {
  readonly ca: CertificateAuthority;
  readonly resourceDelay: number;
  private readonly stop = new AbortController();
  private readonly inside = new AsyncLocalStorage<true>();
  private readonly active = new Set<Promise<unknown>>();
  private readonly watchers = new Set<CommitWatcher>();
  private modules: ReadonlyMap<ServiceName, ServiceModule> = new Map();
  private writers: Promise<unknown> = Promise.resolve();
  private ready: Promise<void> = Promise.resolve();

  constructor(private readonly options: KernelOptions) {
    this.ca = options.ca;
    this.resourceDelay = options.resourceDelay;
  }

  get stopping(): AbortSignal {
    return this.stop.signal;
  }

  now(): Date {
    return this.options.now();
  }

  /** Call once, before the first request. */
  async start(modules: readonly ServiceModule[]): Promise<void> {
    this.modules = new Map(modules.map((module) => [module.service, module]));
    if (this.modules.size !== modules.length) throw new Error('Two modules for one service');
    for (const module of modules) await module.resume?.();
  }

  /** Calls wait for this; a reset empties the store meanwhile. */
  holdUntil(ready: Promise<void>): void {
    this.ready = ready;
  }

  /** Answers one request from outside. Throws Fault. */
  async handle(call: Call): Promise<unknown> {
    await this.ready;
    const handler = this.handlerOf(call.service, call.operation);
    this.options.validate(call.service, call.operation, call.input);
    const prepare = this.modules.get(call.service)?.prepare;
    if (prepare !== undefined && Object.hasOwn(prepare, call.operation)) await prepare[call.operation]?.();
    const work = async (context: CallContext): Promise<unknown> => handler(call.input, context);
    return READS.test(call.operation) ? this.read(call, work) : this.write(call, work);
  }

  async run<T>(scope: BackgroundScope, work: (call: CallContext) => Promise<T>): Promise<T> {
    await this.ready;
    if (this.stopping.aborted) throw new StoppingError();
    // The service of background work is the one that owns stack operations; handlers reached by invoke see their own.
    return this.write({ service: 'cloudformation', operation: 'background', input: {}, scope, requestId: randomUUID() }, work);
  }

  /** Like `run`, on a snapshot beside running writers. Work that writes after all is run again as a writer. */
  async view<T>(scope: BackgroundScope, work: (call: CallContext) => Promise<T>): Promise<T> {
    await this.ready;
    if (this.stopping.aborted) throw new StoppingError();
    return this.read({ service: 'iot', operation: 'background', input: {}, scope, requestId: randomUUID() }, work);
  }

  /** Calls the watcher after each commit; gives the function that ends it. */
  watchCommits(watcher: CommitWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  async scopesWith(table: string): Promise<readonly BackgroundScope[]> {
    const scopes: BackgroundScope[] = [];
    const prefix = tablePrefix(table);
    let from = prefix;
    for (;;) {
      const found = await this.firstKey(from, endOf(prefix));
      if (found === undefined) return scopes;
      const [account = '', region = ''] = found.slice(prefix.length).split('\u0000');
      scopes.push(rootScope(account, region));
      from = endOf(`${prefix}${account}\u0000${region}\u0000`);
    }
  }

  /** Ends background work and waits for calls in progress. The store stays open. */
  async close(): Promise<void> {
    this.stop.abort(new StoppingError());
    while (this.active.size > 0) await Promise.allSettled(this.active);
    this.inside.disable();
  }

  private async read<T>(call: Call, work: (context: CallContext) => Promise<T>): Promise<T> {
    return this.track(async () => {
      const snapshot = this.options.store.snapshot();
      const tx = new OverlayTransaction(snapshot, call.scope, false);
      const after: (() => void)[] = [];
      try {
        const result = await work(this.context(call, tx, after));
        if (!tx.needsWriter) {
          this.runAll(after);
          return { result };
        }
      } catch (error) {
        if (!(error instanceof NeedsWriterError) && !tx.needsWriter) throw error;
      } finally {
        await snapshot.close();
      }
      return undefined;
    }).then(async (done) => (done === undefined ? this.write(call, work) : done.result));
  }

  private async write<T>(call: Call, work: (context: CallContext) => Promise<T>): Promise<T> {
    if (this.inside.getStore()) throw new Error('Kernel.run inside a call would wait for itself: use call.invoke, or call.afterCommit');
    const turn = this.writers.then(async () => {
      const tx = new OverlayTransaction(this.options.store, call.scope, true);
      const after: (() => void)[] = [];
      const result = await this.inside.run(true, () => work(this.context(call, tx, after)));
      const batch = tx.batch;
      if (batch.length > 0) {
        await this.options.store.write(batch);
        this.committed(batch);
      }
      return { result, after };
    });
    this.writers = turn.catch(() => undefined);
    const { result, after } = await this.track(() => turn);
    this.runAll(after);
    return result;
  }

  private context(call: Call, tx: OverlayTransaction, after: (() => void)[]): CallContext {
    const context: CallContext = {
      ...call.scope,
      service: call.service,
      operation: call.operation,
      requestId: call.requestId,
      tx,
      now: () => this.now(),
      invoke: async <O>(service: ServiceName, operation: string, input: object): Promise<O> => {
        this.options.validate(service, operation, input);
        const handler = this.handlerOf(service, operation);
        const rollback = tx.savepoint();
        const queued = after.length;
        try {
          return (await handler(input, this.context({ ...call, service, operation, input }, tx, after))) as O;
        } catch (error) {
          // A caller may go on after a failed nested call (a stack does); half of that call must not stay.
          rollback();
          after.length = queued;
          throw error;
        }
      },
      afterCommit: (task) => void after.push(task),
    };
    return context;
  }

  private handlerOf(service: ServiceName, operation: string): Handler<object, unknown> {
    const handlers = this.modules.get(service)?.handlers;
    const handler = handlers !== undefined && Object.hasOwn(handlers, operation) ? handlers[operation] : undefined;
    if (handler === undefined) throw notImplemented(service, operation);
    return handler as Handler<object, unknown>;
  }

  private runAll(tasks: readonly (() => void)[]): void {
    for (const task of tasks) {
      try {
        this.inside.exit(task);
      } catch (error) {
        this.options.logError(error);
      }
    }
  }

  private committed(batch: readonly Write[]): void {
    if (this.watchers.size === 0) return;
    const keys = batch.map(({ key }) => key.slice(tablePrefix('').length - 1));
    this.runAll([...this.watchers].map((watcher) => () => watcher(keys)));
  }

  private async track<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.active.add(promise);
    try {
      return await promise;
    } finally {
      this.active.delete(promise);
    }
  }

  private async firstKey(from: string, to: string): Promise<string | undefined> {
    for await (const [key] of this.options.store.entries({ from, to })) return key;
    return undefined;
  }
}

/** The account itself as caller, for work that no request started. */
export function rootScope(account: string, region: string): BackgroundScope {
  const partition = partitionOf(region);
  return { account, region, partition, principal: { account, arn: `arn:${partition}:iam::${account}:root`, userId: account, accessKeyId: '' } };
}

/** AWS answers InvalidAction for an unknown query action: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
function notImplemented(service: ServiceName, operation: string): Fault {
  const message = `The sandbox does not implement ${operation} of ${service}.`;
  return service === 'iot' ? new Fault('NotImplementedException', message, {}, 501) : new Fault('InvalidAction', message, {}, 400);
}
