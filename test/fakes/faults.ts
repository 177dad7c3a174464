import { CancelledError, FleetError } from '../../src/core/errors';

export type FaultMode = 'refused' | 'lostAnswer' | 'abort' | 'abortAfter';
export const faultModes: readonly FaultMode[] = ['refused', 'lostAnswer', 'abort', 'abortAfter'];

/** Counts every call that passes through wrapped ports, and lets one of them go wrong. */
export class Faults {
  readonly calls: string[] = [];
  private at = -1;
  private mode: FaultMode = 'refused';
  controller = new AbortController();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  plan(at: number, mode: FaultMode): void {
    this.at = at;
    this.mode = mode;
  }

  /** From here on nothing goes wrong any more. */
  clear(): void {
    this.at = -1;
    this.calls.length = 0;
    this.controller = new AbortController();
  }

  wrap<T extends object>(name: string, port: T): T {
    return new Proxy(port, {
      get: (target, property, receiver) => {
        const value: unknown = Reflect.get(target, property, receiver);
        if (typeof value !== 'function' || typeof property !== 'string') return value;
        const method = value as (...args: unknown[]) => unknown;
        return (...args: unknown[]): unknown => {
          const call = (): unknown => method.apply(target, args);
          return isList(property) ? this.iterate(`${name}.${property}`, call) : this.call(`${name}.${property}`, call);
        };
      },
    });
  }

  private async call(name: string, work: () => unknown): Promise<unknown> {
    const hit = this.begin(name);
    const result = await work();
    if (hit) this.end(name);
    return result;
  }

  private async *iterate(name: string, work: () => unknown): AsyncIterable<unknown> {
    const hit = this.begin(name);
    yield* work() as AsyncIterable<unknown>;
    if (hit) this.end(name);
  }

  private begin(name: string): boolean {
    const number = this.calls.push(name) - 1;
    if (this.signal.aborted && !name.startsWith('files.')) throw new CancelledError();
    if (number !== this.at) return false;
    if (this.mode === 'refused') throw new FleetError(`${name} refused`, { category: name.startsWith('files.') ? 'file' : 'permissions', code: 'injected' });
    if (this.mode === 'abort') {
      this.controller.abort();
      if (!name.startsWith('files.')) throw new CancelledError();
    }
    return true;
  }

  private end(name: string): void {
    if (this.mode === 'lostAnswer') throw new FleetError(`${name}: no answer`, { category: 'network', code: 'ECONNRESET', retryable: true });
    if (this.mode === 'abortAfter') {
      this.controller.abort();
      if (!name.startsWith('files.')) throw new CancelledError();
    }
  }
}

function isList(method: string): boolean {
  return (method.startsWith('list') && method !== 'listPolicyVersions') || method === 'stackEvents';
}
