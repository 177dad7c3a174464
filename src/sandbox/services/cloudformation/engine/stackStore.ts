import type { Transaction } from '../../../kernel/types';
import { validationError } from '../template/model';
import type { ChangeSetRecord, EventRecord, OperationRecord, ResourceRecord, StackRecord } from './records';

const STACK = 'cloudformation.stack';
const NAME = 'cloudformation.stackName';
const RESOURCE = 'cloudformation.resource';
const EVENT = 'cloudformation.event';
const CHANGE_SET = 'cloudformation.changeSet';
const TOKEN = 'cloudformation.token';
/** Rolled back only half: kept for ContinueUpdateRollback. */
const SUSPENDED = 'cloudformation.suspended';
export const OPERATION = 'cloudformation.operation';
export const PENDING_CHANGE_SET = 'cloudformation.pendingChangeSet';

export interface TokenRecord {
  readonly fingerprint: string;
  readonly stackId: string;
}

/** Typed access to the tables of stacks; one per transaction. */
export class StackStore {
  constructor(private readonly tx: Transaction) {}

  stack(uuid: string): Promise<StackRecord | undefined> {
    return this.tx.get<StackRecord>(STACK, uuid);
  }

  async mustHave(uuid: string): Promise<StackRecord> {
    const stack = await this.stack(uuid);
    if (stack === undefined) throw new Error(`Stack ${uuid} has vanished`);
    return stack;
  }

  /** By name: the live stack only. By id: deleted ones too. */
  async find(nameOrId: string): Promise<StackRecord | undefined> {
    if (nameOrId.startsWith('arn:')) {
      const stack = await this.stack(nameOrId.split('/')[2] ?? '');
      return stack?.id === nameOrId ? stack : undefined;
    }
    const uuid = await this.tx.get<string>(NAME, nameOrId);
    return uuid === undefined ? undefined : this.stack(uuid);
  }

  put(stack: StackRecord): StackRecord {
    this.tx.put(STACK, stack.uuid, stack);
    if (stack.status === 'DELETE_COMPLETE') this.tx.delete(NAME, stack.name);
    else this.tx.put(NAME, stack.name, stack.uuid);
    return stack;
  }

  /** Every stack, deleted ones included, newest first. */
  async all(): Promise<StackRecord[]> {
    const stacks = await collect(this.tx.list<StackRecord>(STACK));
    return stacks.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.uuid.localeCompare(b.uuid));
  }

  async resources(stack: string): Promise<Map<string, ResourceRecord>> {
    const records = await collect(this.tx.list<ResourceRecord>(RESOURCE, { prefix: `${stack}/` }));
    return new Map(records.map((record) => [record.logicalId, record]));
  }

  putResource(stack: string, record: ResourceRecord): void {
    this.tx.put(RESOURCE, `${stack}/${record.logicalId}`, record);
  }

  deleteResource(stack: string, logicalId: string): void {
    this.tx.delete(RESOURCE, `${stack}/${logicalId}`);
  }

  putEvent(stack: string, place: number, event: EventRecord): void {
    this.tx.put(EVENT, `${stack}/${String(place).padStart(9, '0')}`, event);
  }

  /** Newest first. @param after key of the last event already seen */
  async events(stack: string, limit: number, after?: string): Promise<(readonly [string, EventRecord])[]> {
    const found: (readonly [string, EventRecord])[] = [];
    const options = { prefix: `${stack}/`, reverse: true, limit, ...(after === undefined ? {} : { after }) };
    for await (const entry of this.tx.list<EventRecord>(EVENT, options)) found.push(entry);
    return found;
  }

  operation(stack: string): Promise<OperationRecord | undefined> {
    return this.tx.get<OperationRecord>(OPERATION, stack);
  }

  putOperation(operation: OperationRecord): OperationRecord {
    this.tx.put(OPERATION, operation.stack, operation);
    return operation;
  }

  deleteOperation(stack: string): void {
    this.tx.delete(OPERATION, stack);
  }

  operations(): Promise<OperationRecord[]> {
    return collect(this.tx.list<OperationRecord>(OPERATION));
  }

  suspended(stack: string): Promise<OperationRecord | undefined> {
    return this.tx.get<OperationRecord>(SUSPENDED, stack);
  }

  suspend(operation: OperationRecord): void {
    this.tx.put(SUSPENDED, operation.stack, operation);
  }

  endSuspension(stack: string): void {
    this.tx.delete(SUSPENDED, stack);
  }

  token(token: string): Promise<TokenRecord | undefined> {
    return this.tx.get<TokenRecord>(TOKEN, token);
  }

  putToken(token: string, record: TokenRecord): void {
    this.tx.put(TOKEN, token, record);
  }

  putChangeSet(changeSet: ChangeSetRecord): void {
    this.tx.put(CHANGE_SET, `${changeSet.stack}/${changeSet.uuid}`, changeSet);
  }

  deleteChangeSet(changeSet: ChangeSetRecord): void {
    this.tx.delete(CHANGE_SET, `${changeSet.stack}/${changeSet.uuid}`);
  }

  /** @param key `<stack uuid>/<change set uuid>` */
  changeSet(key: string): Promise<ChangeSetRecord | undefined> {
    return this.tx.get<ChangeSetRecord>(CHANGE_SET, key);
  }

  putPending(key: string): void {
    this.tx.put(PENDING_CHANGE_SET, key, key);
  }

  endPending(key: string): void {
    this.tx.delete(PENDING_CHANGE_SET, key);
  }

  pendingChangeSets(): Promise<string[]> {
    return collect(this.tx.list<string>(PENDING_CHANGE_SET));
  }

  /** Of one stack, or of all; newest first. */
  async changeSets(stack?: string): Promise<ChangeSetRecord[]> {
    const sets = await collect(this.tx.list<ChangeSetRecord>(CHANGE_SET, stack === undefined ? {} : { prefix: `${stack}/` }));
    return sets.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Export name → value and exporting stack. */
  async exports(): Promise<Map<string, { value: string; stack: StackRecord }>> {
    const found = new Map<string, { value: string; stack: StackRecord }>();
    for (const stack of await this.all()) {
      if (stack.status === 'DELETE_COMPLETE') continue;
      for (const output of stack.outputs) if (output.exportName !== undefined) found.set(output.exportName, { value: output.value, stack });
    }
    return found;
  }

  /** Names of the live stacks that use an export. */
  async importers(exportName: string): Promise<string[]> {
    const stacks = await this.all();
    return stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE' && stack.imports.includes(exportName)).map((stack) => stack.name);
  }
}

async function collect<T>(entries: AsyncIterable<readonly [string, T]>): Promise<T[]> {
  const values: T[] = [];
  for await (const [, value] of entries) values.push(value);
  return values;
}

/** Throws ValidationError "Stack with id X does not exist" or, as some operations say, "Stack [X] does not exist". */
export async function requireStack(store: StackStore, nameOrId: string | undefined, wording: 'id' | 'brackets'): Promise<StackRecord> {
  const stack = await store.find(nameOrId ?? '');
  if (stack !== undefined) return stack;
  throw validationError(wording === 'id' ? `Stack with id ${nameOrId ?? ''} does not exist` : `Stack [${nameOrId ?? ''}] does not exist`);
}
