import type { CallContext } from '../../../kernel/types';
import { evaluateTemplate, type Evaluation, type ResolveResource } from './evaluation';
import { StackJournal } from './events';
import type { OperationRecord, ResourceRecord, Step, StepState } from './records';
import { StackStore } from './stackStore';

/** A running operation within one transaction. */
export class OperationContext {
  private constructor(
    readonly call: CallContext,
    readonly store: StackStore,
    readonly journal: StackJournal,
    public operation: OperationRecord,
    private readonly exports: ReadonlyMap<string, { readonly value: string }>,
  ) {}

  /** Undefined when the operation has ended or another has taken its place. */
  static async open(call: CallContext, stack: string, operationId?: string): Promise<OperationContext | undefined> {
    const store = new StackStore(call.tx);
    const operation = await store.operation(stack);
    if (operation === undefined || (operationId !== undefined && operation.id !== operationId)) return undefined;
    const journal = new StackJournal(call, store, await store.mustHave(stack), operation.token);
    return new OperationContext(call, store, journal, operation, await store.exports());
  }

  get uuid(): string {
    return this.operation.stack;
  }

  save(change: Partial<OperationRecord>): void {
    this.operation = this.store.putOperation({ ...this.operation, ...change });
  }

  setStep(key: string, state: StepState): void {
    this.save({ steps: this.operation.steps.map((step) => (step.key === key ? { ...step, state } : step)) });
  }

  step(key: string): Step | undefined {
    return this.operation.steps.find((step) => step.key === key);
  }

  resources(): Promise<Map<string, ResourceRecord>> {
    return this.store.resources(this.uuid);
  }

  /** The stack's template as it stands. Throws ValidationError. */
  evaluation(): Evaluation {
    const { account, region, partition } = this.call;
    return evaluateTemplate({ account, region, partition, exports: this.exports }, this.journal.stack, this.journal.stack);
  }

  end(): void {
    this.store.deleteOperation(this.uuid);
  }
}

/** Resources as the present records have them. */
export function fromRecords(resources: ReadonlyMap<string, ResourceRecord>): ResolveResource {
  return (name) => {
    const record = resources.get(name);
    return record?.physicalId === undefined || record.status === 'DELETE_COMPLETE' ? undefined : record;
  };
}
