import { randomUUID } from 'node:crypto';
import type { CallContext } from '../../../kernel/types';
import type { EventRecord, ResourceRecord, StackRecord } from './records';
import type { StackStore } from './stackStore';

/** One stack within one transaction: changes its status and its resources' and writes the event of each change. */
export class StackJournal {
  constructor(
    readonly call: CallContext,
    readonly store: StackStore,
    /** As it stands now; replaced with every change. */
    public stack: StackRecord,
    private readonly token: string | undefined,
  ) {}

  now(): string {
    return this.call.now().toISOString();
  }

  change(change: Partial<StackRecord>): void {
    this.stack = this.store.put({ ...this.stack, ...change });
  }

  /** Without a reason the old one goes. */
  stackStatus(status: string, reason?: string): void {
    this.stack = this.store.put({ ...withoutReason(this.stack), status, ...(reason === undefined ? {} : { reason }) });
    this.write(
      { logicalId: this.stack.name, physicalId: this.stack.id, type: 'AWS::CloudFormation::Stack', status, ...(reason === undefined ? {} : { reason }) },
      randomUUID(),
    );
  }

  resourceStatus(record: ResourceRecord, status: string, reason?: string): ResourceRecord {
    const changed: ResourceRecord = { ...withoutReason(record), status, updatedAt: this.now(), ...(reason === undefined ? {} : { reason }) };
    this.store.putResource(this.stack.uuid, changed);
    this.resourceEvent(changed, status, reason);
    return changed;
  }

  /** An event that leaves the record alone (the end of a predecessor). */
  resourceEvent(resource: Pick<ResourceRecord, 'logicalId' | 'physicalId' | 'type' | 'properties'>, status: string, reason?: string): void {
    this.write(
      {
        logicalId: resource.logicalId,
        physicalId: resource.physicalId ?? '',
        type: resource.type,
        status,
        ...(reason === undefined ? {} : { reason }),
        properties: JSON.stringify(resource.properties),
      },
      `${resource.logicalId}-${status}-${this.call.now().toISOString()}`,
    );
  }

  private write(event: Omit<EventRecord, 'id' | 'at' | 'token'>, id: string): void {
    const place = this.stack.events;
    this.stack = this.store.put({ ...this.stack, events: place + 1 });
    this.store.putEvent(this.stack.uuid, place, { ...event, id, at: this.now(), ...(this.token === undefined ? {} : { token: this.token }) });
  }
}

function withoutReason<T extends { readonly reason?: string }>(record: T): Omit<T, 'reason'> {
  const copy: { reason?: string } & Omit<T, 'reason'> = { ...record };
  delete copy.reason;
  return copy;
}
