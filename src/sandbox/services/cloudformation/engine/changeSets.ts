import type { BackgroundScope, CallContext, Kernel } from '../../../kernel/types';
import { Fault } from '../../../kernel/types';
import { evaluateTemplate } from './evaluation';
import { observedRecords } from './observed';
import { planChanges } from './planner';
import type { ChangeSetRecord } from './records';
import { logTrouble } from './failures';
import { PENDING_CHANGE_SET, StackStore } from './stackStore';

const NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Works out change sets after the call that asked for them, as AWS does: clients have to wait for the result. */
export class ChangeSetEngine {
  constructor(private readonly kernel: Kernel) {}

  start(call: CallContext, changeSet: ChangeSetRecord): void {
    const { account, region, partition, principal } = call;
    call.afterCommit(() => void this.create({ account, region, partition, principal }, `${changeSet.stack}/${changeSet.uuid}`));
  }

  async resume(): Promise<void> {
    for (const scope of await this.kernel.scopesWith(PENDING_CHANGE_SET)) {
      const keys = await this.kernel.run(scope, (call) => new StackStore(call.tx).pendingChangeSets());
      for (const key of keys) void this.create(scope, key);
    }
  }

  private async create(scope: BackgroundScope, key: string): Promise<void> {
    try {
      await this.kernel.run(scope, async (call) => {
        const store = new StackStore(call.tx);
        store.endPending(key);
        const changeSet = await store.changeSet(key);
        if (changeSet === undefined) return;
        store.putChangeSet({ ...changeSet, ...(await outcome(call, store, changeSet)) });
      });
    } catch (error) {
      if (this.kernel.stopping.aborted) return;
      logTrouble(`Change set ${key}`, error);
      await this.breakOff(scope, key).catch((second: unknown) => logTrouble(`Breaking off change set ${key}`, second));
    }
  }

  /** No change set stays pending for ever after an error of our own. */
  private breakOff(scope: BackgroundScope, key: string): Promise<void> {
    return this.kernel.run(scope, async (call) => {
      const store = new StackStore(call.tx);
      store.endPending(key);
      const changeSet = await store.changeSet(key);
      if (changeSet !== undefined) store.putChangeSet({ ...changeSet, status: 'FAILED', executionStatus: 'UNAVAILABLE', reason: 'Internal Failure' });
    });
  }
}

async function outcome(call: CallContext, store: StackStore, changeSet: ChangeSetRecord): Promise<Partial<ChangeSetRecord>> {
  const stack = await store.mustHave(changeSet.stack);
  try {
    const { account, region, partition } = call;
    const evaluation = evaluateTemplate({ account, region, partition, exports: await store.exports() }, stack, changeSet.content);
    const records = await store.resources(stack.uuid);
    const plan = planChanges(evaluation, changeSet.content, stack, changeSet.revertsDrift === true ? await observedRecords(call, stack, records) : records);
    if (!plan.hasChanges) return { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason: NO_CHANGES };
    return { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', changes: plan.changes };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason: error.message };
  }
}
