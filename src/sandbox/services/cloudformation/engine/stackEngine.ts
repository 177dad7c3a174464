import { setTimeout as delay } from 'node:timers/promises';
import { Fault, type BackgroundScope, type CallContext, type Kernel } from '../../../kernel/types';
import { logTrouble } from './failures';
import { OperationContext } from './operationContext';
import type { Phase, Step } from './records';
import { OPERATION, StackStore } from './stackStore';
import { perform, settle } from './steps';
import { advance, breakOff, fail } from './transitions';

/**
 * Carries out stack operations in the background. Every step is two transactions (work, report) whose outcome is in the
 * store, so an operation can be left at any moment and taken up again from the store alone.
 */
export class StackEngine {
  constructor(private readonly kernel: Kernel) {}

  /** Begins the operation that stands in the store. Call it after the commit that put it there. */
  start(call: CallContext, stack: string, operationId: string): void {
    const { account, region, partition, principal } = call;
    call.afterCommit(() => void this.drive({ account, region, partition, principal }, stack, operationId));
  }

  /** Takes up what an earlier life of the sandbox left. */
  async resume(): Promise<void> {
    for (const scope of await this.kernel.scopesWith(OPERATION)) {
      const operations = await this.kernel.run(scope, (call) => new StackStore(call.tx).operations());
      for (const operation of operations) void this.drive(scope, operation.stack, operation.id);
    }
  }

  /** To the end, also over an error of our own: first the operation turns back, and if that fails too it ends where it is. */
  private async drive(scope: BackgroundScope, stack: string, operationId: string): Promise<void> {
    for (let again = false; ; again = true) {
      try {
        await this.carryOut(scope, stack, operationId);
        return;
      } catch (error) {
        // The sandbox stops: the rest is for the next start.
        if (this.stopped()) return;
        logTrouble(`Stack operation ${operationId}`, error);
      }
      try {
        const left = await this.kernel.run(scope, async (call) => {
          const context = await OperationContext.open(call, stack, operationId);
          return context !== undefined && (await breakOff(context, again));
        });
        if (!left) return;
      } catch (error) {
        if (this.stopped()) return;
        logTrouble(`Breaking off stack operation ${operationId}`, error);
        if (again) return;
      }
    }
  }

  private stopped(): boolean {
    return this.kernel.stopping.aborted;
  }

  private async carryOut(scope: BackgroundScope, stack: string, operationId: string): Promise<void> {
    const running = new Map<string, Promise<void>>();
    try {
      for (;;) {
        const next = await this.kernel.run(scope, async (call) => {
          const context = await OperationContext.open(call, stack, operationId);
          if (context === undefined) return undefined;
          const steps = await advance(context);
          return { phase: context.operation.phase, steps };
        });
        if (next === undefined || next.steps.length === 0) break;
        for (const step of next.steps) {
          const key = `${next.phase}/${step.key}`;
          if (running.has(key)) continue;
          // A failed one stays, so that the race below tells of it.
          const work = this.work(scope, stack, operationId, next.phase, step).then(() => void running.delete(key));
          work.catch(() => undefined);
          running.set(key, work);
        }
        await Promise.race(running.values());
      }
      await Promise.all(running.values());
    } finally {
      await Promise.allSettled(running.values());
    }
  }

  /** One step from where it stands to its end. Does nothing for a step that was called off meanwhile. */
  private async work(scope: BackgroundScope, stack: string, operationId: string, phase: Phase, { key }: Step): Promise<void> {
    const within = (state: Step['state'], task: (context: OperationContext, step: Step) => Promise<void>): Promise<boolean> =>
      this.kernel.run(scope, async (call) => {
        const context = await OperationContext.open(call, stack, operationId);
        const step = context?.operation.phase === phase ? context.step(key) : undefined;
        if (context === undefined || step?.state !== state) return false;
        await task(context, step);
        return true;
      });
    try {
      await within('started', async (context, step) => {
        await perform(context, step);
        context.setStep(key, 'performed');
      });
    } catch (error) {
      if (this.kernel.stopping.aborted) throw error;
      if (!(error instanceof Fault)) logTrouble(`Step ${key} of stack operation ${operationId}`, error);
      await within('started', (context, step) => fail(context, step, error));
      return;
    }
    if (this.kernel.resourceDelay > 0) await delay(this.kernel.resourceDelay, undefined, { signal: this.kernel.stopping });
    await within('performed', async (context, step) => {
      await settle(context, step);
      context.setStep(key, 'done');
    });
  }
}
