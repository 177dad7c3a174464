import { FleetError } from '../../src/core/errors';
import type { ChangeSet, ChangeSetChange, ChangeSetInput, DriftDetection, ResourceDrift, Stack, StackApi, StackEvent, StackInput, StackOutput, TemplateSource, TemplateSummary } from '../../src/core/ports/stackApi';
import type { FakeClock } from './fakeClock';
import type { FakeRoles } from './fakeRoles';

interface Held {
  stack: Stack;
  template: string;
  /** Looks until the operation under way ends, and what it ends in. */
  ticks: number;
  then: (() => void) | undefined;
  token: string | undefined;
}

/** Stacks of one account and region. Every look brings an operation one step further. */
export class FakeStacks implements StackApi {
  readonly held = new Map<string, Held>();
  readonly events: StackEvent[] = [];
  readonly changeSets = new Map<string, { set: ChangeSet; stack: string; template: string }>();
  readonly inputs: (StackInput | ChangeSetInput)[] = [];
  ticks = 3;
  /** Reason of the first resource that fails; undefined: all goes well. */
  failure: { logicalId: string; type: string; reason: string } | undefined;
  parameters: TemplateSummary['parameters'] = [];
  changes: readonly ChangeSetChange[] = [{ action: 'Modify', logicalId: 'TokenExchangeRole', resourceType: 'AWS::IAM::Role', replacement: 'False', scope: ['Properties'] }];
  outputs: (suffix: string) => readonly StackOutput[] = (suffix) => [
    { key: 'GGv2WSTokenExchangeRole', value: `arn:aws:iam::111122223334:role/Fleet-Token-${suffix}` },
    { key: 'CreateRoleRliasCommand', value: `aws iot create-role-alias --role-alias StackAlias --role-arnarn:aws:iam::111122223334:role/Fleet-Token-${suffix}` },
    { key: 'GGv2WSFleetProvisioningRole', value: `arn:aws:iam::111122223334:role/Fleet-Provision-${suffix}`, description: 'Name of the role' },
  ];
  drifts: readonly ResourceDrift[] = [];
  /** Answers of the looks at a detection, one after another; the last one stays. */
  detections: DriftDetection[] = [{ status: 'DETECTION_IN_PROGRESS' }, { status: 'DETECTION_COMPLETE', stackStatus: 'IN_SYNC' }];
  private count = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly roles: FakeRoles,
  ) {}

  async describeStack(nameOrId: string): Promise<Stack | undefined> {
    const held = this.find(nameOrId);
    if (held === undefined) return undefined;
    if (held.then !== undefined) {
      held.ticks -= 1;
      if (held.ticks <= 0) {
        const { then } = held;
        held.then = undefined;
        then();
      }
    }
    return held.stack;
  }

  async *listStacks(): AsyncIterable<{ name: string; id: string; status: string }> {
    yield* [...this.held.values()].map(({ stack }) => ({ name: stack.name, id: stack.id, status: stack.status }));
  }

  async *stackEvents(nameOrId: string): AsyncIterable<StackEvent> {
    const id = this.find(nameOrId)?.stack.id;
    yield* this.events.filter((event) => event.id.startsWith(`${id ?? ''}#`)).reverse();
  }

  async *listStackResources(): AsyncIterable<{ logicalId: string; physicalId?: string; type: string; status: string }> {
    yield* [];
  }

  async getTemplate(nameOrId: string): Promise<string> {
    return this.find(nameOrId)?.template ?? '';
  }

  async processedTemplate(nameOrId: string): Promise<string> {
    return this.getTemplate(nameOrId);
  }

  async validateTemplate(template: TemplateSource): Promise<TemplateSummary> {
    if ('body' in template && !template.body.includes('Resources')) throw refused('ValidationError', 'Template format error', 'validation');
    return { parameters: this.parameters, capabilities: ['CAPABILITY_NAMED_IAM'] };
  }

  async deployedSummary(): Promise<TemplateSummary> {
    return { parameters: this.parameters, capabilities: ['CAPABILITY_NAMED_IAM'] };
  }

  async createStack(input: StackInput): Promise<{ stackId: string }> {
    this.inputs.push(input);
    const existing = this.find(input.stackName);
    if (existing !== undefined) {
      if (existing.token === input.clientRequestToken) return { stackId: existing.stack.id };
      throw refused('AlreadyExistsException', `Stack [${input.stackName}] already exists`, 'conflict');
    }
    if (input.capabilities.length === 0) throw refused('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_NAMED_IAM]', 'validation');
    const held = this.put(input.stackName, 'CREATE_IN_PROGRESS', bodyOf(input.template), input.clientRequestToken);
    const suffix = held.stack.id.slice(-3);
    held.ticks = this.ticks;
    held.then = () => {
      if (this.failure !== undefined) {
        const { logicalId, type, reason } = this.failure;
        this.event(held, logicalId, type, 'CREATE_FAILED', reason);
        this.event(held, 'Other', 'AWS::IAM::Role', 'CREATE_FAILED', 'Resource creation cancelled');
        this.become(held, 'ROLLBACK_IN_PROGRESS', `The following resource(s) failed to create: [${logicalId}, Other].`);
        held.ticks = 2;
        held.then = () => this.become(held, 'ROLLBACK_COMPLETE');
        return;
      }
      this.roles.add(`Fleet-Token-${suffix}`, 'credentials.iot.amazonaws.com', this.clock.now());
      this.roles.add(`Fleet-Provision-${suffix}`, 'iot.amazonaws.com', this.clock.now());
      held.stack = { ...held.stack, outputs: this.outputs(suffix) };
      this.become(held, 'CREATE_COMPLETE');
    };
    return { stackId: held.stack.id };
  }

  async deleteStack(nameOrId: string): Promise<void> {
    const held = this.find(nameOrId);
    if (held === undefined) return;
    if (held.stack.terminationProtection === true) throw refused('ValidationError', `Stack [${held.stack.name}] cannot be deleted while TerminationProtection is enabled`, 'validation');
    this.become(held, 'DELETE_IN_PROGRESS');
    held.ticks = 2;
    held.then = () => this.become(held, 'DELETE_COMPLETE');
  }

  async deleteStuckStack(nameOrId: string): Promise<void> {
    if (this.find(nameOrId)?.stack.status !== 'DELETE_FAILED') throw refused('ValidationError', 'RetainResources can only be specified when the stack is in the DELETE_FAILED state', 'validation');
    await this.deleteStack(nameOrId);
  }

  async removeTerminationProtection(nameOrId: string): Promise<void> {
    const held = this.find(nameOrId);
    if (held !== undefined) held.stack = { ...held.stack, terminationProtection: false };
  }

  async createChangeSet(input: ChangeSetInput): Promise<{ id: string; stackId: string }> {
    const held = this.find(input.stackName);
    if (held === undefined) throw refused('ValidationError', 'Stack does not exist', 'notFound');
    this.inputs.push(input);
    const id = `change:${input.changeSetName}`;
    const body = 'previous' in input.template ? held.template : bodyOf(input.template);
    const same = body === held.template;
    const set: ChangeSet = {
      id,
      name: input.changeSetName,
      status: same ? 'FAILED' : 'CREATE_COMPLETE',
      ...(same ? { statusReason: 'The submitted information didn\'t contain changes. Submit different information to create a change set.' } : {}),
      executionStatus: same ? 'UNAVAILABLE' : 'AVAILABLE',
      changes: same ? [] : this.changes,
    };
    this.changeSets.set(id, { set, stack: held.stack.id, template: body });
    return { id, stackId: held.stack.id };
  }

  async describeChangeSet(id: string): Promise<ChangeSet | undefined> {
    return this.changeSets.get(id)?.set;
  }

  async executeChangeSet(id: string): Promise<void> {
    const change = this.changeSets.get(id);
    const held = change === undefined ? undefined : this.find(change.stack);
    if (change === undefined || held === undefined) throw refused('ChangeSetNotFoundException', 'gone', 'notFound');
    this.changeSets.delete(id);
    held.stack = { ...held.stack, updatedAt: this.clock.now() };
    held.template = change.template;
    this.become(held, 'UPDATE_IN_PROGRESS');
    held.ticks = 2;
    held.then = () => this.become(held, 'UPDATE_COMPLETE');
  }

  async deleteChangeSet(id: string): Promise<void> {
    this.changeSets.delete(id);
  }

  async detectDrift(): Promise<{ detectionId: string }> {
    return { detectionId: 'detection' };
  }

  async driftDetection(): Promise<DriftDetection> {
    const [first = { status: '' }] = this.detections;
    if (this.detections.length > 1) this.detections.shift();
    return first;
  }

  async *resourceDrifts(): AsyncIterable<ResourceDrift> {
    yield* this.drifts;
  }

  /** Puts a stack there as if made before. */
  put(name: string, status: string, template: string, token?: string, outputs: readonly StackOutput[] = []): Held {
    this.count += 1;
    const id = `arn:aws:cloudformation:eu-west-1:111122223334:stack/${name}/${String(this.count).padStart(3, '0')}`;
    const held: Held = { stack: { id, name, status, outputs, parameters: [], createdAt: this.clock.now() }, template, ticks: 0, then: undefined, token };
    this.held.set(id, held);
    this.become(held, status);
    return held;
  }

  private find(nameOrId: string): Held | undefined {
    const byId = this.held.get(nameOrId);
    if (byId !== undefined) return byId;
    return [...this.held.values()].find(({ stack }) => stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE');
  }

  private become(held: Held, status: string, reason?: string): void {
    held.stack = { ...held.stack, status, ...(reason === undefined ? {} : { statusReason: reason }) };
    this.event(held, held.stack.name, 'AWS::CloudFormation::Stack', status, reason);
  }

  private event(held: Held, logicalId: string, resourceType: string, status: string, reason?: string): void {
    const id = `${held.stack.id}#${this.events.length}`;
    this.events.push({ id, timestamp: this.clock.now(), logicalId, resourceType, status, ...(reason === undefined ? {} : { reason }) });
  }
}

function bodyOf(template: TemplateSource): string {
  return 'body' in template ? template.body : template.url;
}

function refused(code: string, message: string, category: 'validation' | 'conflict' | 'notFound'): FleetError {
  return new FleetError(message, { category, code, cause: new Error(message) });
}
