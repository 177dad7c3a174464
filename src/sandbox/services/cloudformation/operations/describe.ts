import type {
  DescribeStackEventsInput, DescribeStackResourceInput, DescribeStackResourcesInput, DescribeStacksInput, GetTemplateInput,
  ListExportsInput, ListStackResourcesInput, ListStacksInput,
} from '@aws-sdk/client-cloudformation';
import type { CallContext } from '../../../kernel/types';
import type { ResourceRecord, StackRecord } from '../engine/records';
import { DriftStore, isRunning, stackDriftStatus } from '../engine/driftStore';
import { requireStack, StackStore } from '../engine/stackStore';
import { validationError, type Template } from '../template/model';
import { shownValue } from '../template/parameters';
import { parseText, parseTemplate } from '../template/parse';
import { PAGE_SIZE, decode, encode, page } from './paging';

/** What the last detection said; https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackDriftInformation.html */
async function driftInformation(call: CallContext, stack: StackRecord): Promise<object> {
  const detection = await new DriftStore(call.tx).latest(stack);
  if (detection === undefined || isRunning(detection, call.now())) return { StackDriftStatus: 'NOT_CHECKED' };
  return { StackDriftStatus: stackDriftStatus(detection), LastCheckTimestamp: new Date(detection.startedAt) };
}

function templateOf(stack: StackRecord): Template | undefined {
  return stack.templateBody === '' ? undefined : parseTemplate(stack.templateBody);
}

async function stackView(call: CallContext, stack: StackRecord): Promise<object> {
  const template = templateOf(stack);
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(stack.changeSetId === undefined ? {} : { ChangeSetId: stack.changeSetId }),
    ...(template?.description === undefined ? {} : { Description: template.description }),
    ...(Object.keys(stack.parameters).length === 0
      ? {}
      : { Parameters: Object.entries(stack.parameters).map(([key, value]) => ({ ParameterKey: key, ParameterValue: shownValue(template?.parameters[key], value) })) }),
    CreationTime: new Date(stack.createdAt),
    ...(stack.updatedAt === undefined ? {} : { LastUpdatedTime: new Date(stack.updatedAt) }),
    ...(stack.deletedAt === undefined ? {} : { DeletionTime: new Date(stack.deletedAt) }),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    ...(stack.reason === undefined ? {} : { StackStatusReason: stack.reason }),
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    NotificationARNs: stack.notificationArns,
    ...(stack.timeoutMinutes === undefined ? {} : { TimeoutInMinutes: stack.timeoutMinutes }),
    ...(stack.capabilities.length === 0 ? {} : { Capabilities: stack.capabilities }),
    ...(stack.outputs.length === 0
      ? {}
      : {
          Outputs: stack.outputs.map((output) => ({
            OutputKey: output.key, OutputValue: output.value,
            ...(output.description === undefined ? {} : { Description: output.description }),
            ...(output.exportName === undefined ? {} : { ExportName: output.exportName }),
          })),
        }),
    ...(stack.roleArn === undefined ? {} : { RoleARN: stack.roleArn }),
    Tags: stack.tags,
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: await driftInformation(call, stack),
  };
}

export async function describeStacks(input: DescribeStacksInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  if (input.StackName !== undefined) return { Stacks: [await stackView(call, await requireStack(store, input.StackName, 'id'))] };
  const live = (await store.all()).filter((stack) => stack.status !== 'DELETE_COMPLETE');
  const { items, nextToken } = page(live, (stack) => stack.uuid, PAGE_SIZE, input.NextToken);
  return { Stacks: await Promise.all(items.map((stack) => stackView(call, stack))), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export async function listStacks(input: ListStacksInput, call: CallContext): Promise<object> {
  const wanted: readonly string[] = input.StackStatusFilter ?? [];
  const stacks = (await new StackStore(call.tx).all()).filter((stack) => wanted.length === 0 || wanted.includes(stack.status));
  const { items, nextToken } = page(stacks, (stack) => stack.uuid, PAGE_SIZE, input.NextToken);
  return {
    StackSummaries: await Promise.all(items.map(async (stack) => {
      const description = templateOf(stack)?.description;
      return {
        StackId: stack.id, StackName: stack.name, StackStatus: stack.status,
        ...(description === undefined ? {} : { TemplateDescription: description }),
        CreationTime: new Date(stack.createdAt),
        ...(stack.updatedAt === undefined ? {} : { LastUpdatedTime: new Date(stack.updatedAt) }),
        ...(stack.deletedAt === undefined ? {} : { DeletionTime: new Date(stack.deletedAt) }),
        ...(stack.reason === undefined ? {} : { StackStatusReason: stack.reason }),
        DriftInformation: await driftInformation(call, stack),
      };
    })),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}

export async function describeStackEvents(input: DescribeStackEventsInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const stack = await requireStack(store, input.StackName, 'brackets');
  const found = await store.events(stack.uuid, PAGE_SIZE + 1, input.NextToken === undefined ? undefined : decode(input.NextToken));
  const shown = found.slice(0, PAGE_SIZE);
  const last = shown.at(-1);
  return {
    StackEvents: shown.map(([, event]) => ({
      StackId: stack.id, EventId: event.id, StackName: stack.name, LogicalResourceId: event.logicalId,
      PhysicalResourceId: event.physicalId ?? '', ResourceType: event.type, Timestamp: new Date(event.at), ResourceStatus: event.status,
      ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
      ...(event.properties === undefined ? {} : { ResourceProperties: event.properties }),
      ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
    })),
    ...(found.length > PAGE_SIZE && last !== undefined ? { NextToken: encode(last[0]) } : {}),
  };
}

function resourceView(record: ResourceRecord): object {
  return {
    LogicalResourceId: record.logicalId,
    ...(record.physicalId === undefined ? {} : { PhysicalResourceId: record.physicalId }),
    ResourceType: record.type,
    ResourceStatus: record.status,
    ...(record.reason === undefined ? {} : { ResourceStatusReason: record.reason }),
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export async function listStackResources(input: ListStackResourcesInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const stack = await requireStack(store, input.StackName, 'id');
  const records = [...(await store.resources(stack.uuid)).values()];
  const { items, nextToken } = page(records, (record) => record.logicalId, PAGE_SIZE, input.NextToken);
  return {
    StackResourceSummaries: items.map((record) => ({ ...resourceView(record), LastUpdatedTimestamp: new Date(record.updatedAt) })),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}

export async function describeStackResources(input: DescribeStackResourcesInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const stack = await ownerOf(store, input);
  const records = [...(await store.resources(stack.uuid)).values()];
  const wanted = records.filter((record) => input.LogicalResourceId === undefined || record.logicalId === input.LogicalResourceId);
  // With a resource name that the stack does not have, this operation answers an empty list (unverified).
  return { StackResources: wanted.map((record) => ({ StackId: stack.id, StackName: stack.name, ...resourceView(record), Timestamp: new Date(record.updatedAt) })) };
}

async function ownerOf(store: StackStore, input: DescribeStackResourcesInput): Promise<StackRecord> {
  if (input.StackName !== undefined && input.PhysicalResourceId !== undefined) throw validationError('StackName and PhysicalResourceId cannot be specified together.');
  if (input.StackName !== undefined) return requireStack(store, input.StackName, 'id');
  const physicalId = input.PhysicalResourceId;
  if (physicalId === undefined) throw validationError('Either StackName or PhysicalResourceId must be specified.');
  for (const stack of await store.all()) {
    if (stack.status === 'DELETE_COMPLETE') continue;
    for (const record of (await store.resources(stack.uuid)).values()) if (record.physicalId === physicalId) return stack;
  }
  throw validationError(`Stack for ${physicalId} does not exist`);
}

export async function describeStackResource(input: DescribeStackResourceInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const name = input.StackName ?? '';
  const stack = await store.find(name);
  if (stack === undefined) throw validationError(`Stack '${name}' does not exist`);
  const record = (await store.resources(stack.uuid)).get(input.LogicalResourceId ?? '');
  if (record === undefined) throw validationError(`Resource ${input.LogicalResourceId ?? ''} does not exist for stack ${stack.name}`);
  const metadata = templateOf(stack)?.resources[record.logicalId]?.metadata;
  return {
    StackResourceDetail: {
      StackId: stack.id, StackName: stack.name, ...resourceView(record), LastUpdatedTimestamp: new Date(record.updatedAt),
      ...(metadata === undefined ? {} : { Metadata: JSON.stringify(metadata) }),
    },
  };
}

export async function getTemplate(input: GetTemplateInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  if (input.StackName === undefined && input.ChangeSetName === undefined) throw validationError('StackName or ChangeSetName must be specified.');
  if (input.ChangeSetName !== undefined) {
    const name = input.ChangeSetName;
    const changeSet = (await store.changeSets()).find((set) => set.id === name || set.name === name);
    if (changeSet !== undefined) return { TemplateBody: changeSet.content.templateBody, StagesAvailable: ['Original', 'Processed'] };
  }
  const stack = await requireStack(store, input.StackName, 'id');
  // The processed form of a template without transforms is the original as JSON.
  const body = input.TemplateStage === 'Processed' ? JSON.stringify(parseText(stack.templateBody)) : stack.templateBody;
  return { TemplateBody: body, StagesAvailable: ['Original', 'Processed'] };
}

export async function listExports(input: ListExportsInput, call: CallContext): Promise<object> {
  const found = [...await new StackStore(call.tx).exports()].sort(([a], [b]) => (a < b ? -1 : 1));
  const { items, nextToken } = page(found, ([name]) => name, PAGE_SIZE, input.NextToken);
  return {
    Exports: items.map(([Name, { value, stack }]) => ({ ExportingStackId: stack.id, Name, Value: value })),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}
