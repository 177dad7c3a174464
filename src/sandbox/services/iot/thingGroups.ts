import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  CreateThingGroupRequest,
  CreateThingGroupResponse,
  DeleteThingGroupRequest,
  DescribeThingGroupRequest,
  DescribeThingGroupResponse,
  ListThingGroupsRequest,
  ListThingGroupsResponse,
  UpdateThingGroupRequest,
  UpdateThingGroupResponse,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { initialAttributes, updatedAttributes, type Attributes } from './attributes';
import { alreadyExists, invalidRequest, notFound, versionConflict } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, lastPart, readPage } from './paging';
import { detachAll } from './policyTargets';
import { deleteTags, setTags } from './tags';
import { removeAllMembers } from './thingGroupMembers';
import { THING_GROUPS, type ThingGroupRecord } from './thingGroupTree';

/** `<parent> <group>`, roots under an empty parent; and `<any group above> <group>`, for recursive lists. */
const CHILDREN = 'iot.thingGroupByParent';
const DESCENDANTS = 'iot.thingGroupByAncestor';
/** https://docs.aws.amazon.com/general/latest/gr/iot-core.html (thing group quotas) */
const LIMITS = { children: 100, depth: 7, attributes: 50 };

export const thingGroupHandlers = {
  async CreateThingGroup(input: Input<CreateThingGroupRequest>, call: CallContext): Promise<CreateThingGroupResponse> {
    const name = input.thingGroupName;
    const arn = arnOf(call, 'thinggroup', name);
    const wanted = {
      parent: input.parentGroupName,
      description: input.thingGroupProperties?.thingGroupDescription,
      attributes: initialAttributes(input.thingGroupProperties?.attributePayload),
    };
    const old = await call.tx.get<ThingGroupRecord>(THING_GROUPS, name);
    if (old !== undefined) {
      // The same group again is no error (not documented, reported from AWS in getmoto/moto#5316).
      if (!isDeepStrictEqual(wanted, { parent: old.parent, description: old.description, attributes: old.attributes })) {
        throw alreadyExists(`Thing Group ${name} already exists in current account with different properties`, old.id, arn);
      }
      return { thingGroupName: name, thingGroupArn: arn, thingGroupId: old.id };
    }
    const record: ThingGroupRecord = {
      name,
      id: randomUUID(),
      ...(wanted.parent === undefined ? {} : { parent: wanted.parent }),
      ancestors: wanted.parent === undefined ? [] : await pathBelow(call, wanted.parent),
      ...(wanted.description === undefined ? {} : { description: wanted.description }),
      attributes: checkedAttributes(wanted.attributes),
      version: 1,
      createdAt: call.now().toISOString(),
    };
    call.tx.put(THING_GROUPS, name, record);
    call.tx.put(CHILDREN, composite(record.parent ?? '', name), true);
    for (const ancestor of record.ancestors) call.tx.put(DESCENDANTS, composite(ancestor, name), true);
    setTags(call.tx, arn, input.tags);
    return { thingGroupName: name, thingGroupArn: arn, thingGroupId: record.id };
  },

  async DescribeThingGroup(input: Input<DescribeThingGroupRequest>, call: CallContext): Promise<DescribeThingGroupResponse> {
    const record = await requireThingGroup(call, input.thingGroupName);
    return {
      thingGroupName: record.name,
      thingGroupId: record.id,
      thingGroupArn: arnOf(call, 'thinggroup', record.name),
      version: record.version,
      thingGroupProperties: {
        ...(record.description === undefined ? {} : { thingGroupDescription: record.description }),
        ...(Object.keys(record.attributes).length === 0 ? {} : { attributePayload: { attributes: record.attributes } }),
      },
      thingGroupMetadata: {
        creationDate: new Date(record.createdAt),
        ...(record.parent === undefined ? {} : { parentGroupName: record.parent, rootToParentThingGroups: record.ancestors.map((name) => nameAndArn(call, name)) }),
      },
    };
  },

  async UpdateThingGroup(input: Input<UpdateThingGroupRequest>, call: CallContext): Promise<UpdateThingGroupResponse> {
    const old = await requireThingGroup(call, input.thingGroupName);
    checkVersion(old, input.expectedVersion);
    const description = input.thingGroupProperties.thingGroupDescription ?? old.description;
    const record: ThingGroupRecord = {
      ...old,
      ...(description === undefined ? {} : { description }),
      attributes: checkedAttributes(updatedAttributes(old.attributes, input.thingGroupProperties.attributePayload)),
      version: old.version + 1,
    };
    call.tx.put(THING_GROUPS, old.name, record);
    return { version: record.version };
  },

  /** A group that does not exist is deleted already: AWS answers 200 (reported in getmoto/moto#3367). */
  async DeleteThingGroup(input: Input<DeleteThingGroupRequest>, call: CallContext): Promise<object> {
    const record = await call.tx.get<ThingGroupRecord>(THING_GROUPS, input.thingGroupName);
    if (record === undefined) return {};
    checkVersion(record, input.expectedVersion);
    if ((await keysOf(call.tx, CHILDREN, composite(record.name, ''), 1)).length > 0) {
      throw invalidRequest(`Cannot delete thing group : ${record.name} when there are still child groups attached to it`);
    }
    await removeAllMembers(call, record.name);
    await detachAll(call, arnOf(call, 'thinggroup', record.name));
    call.tx.delete(THING_GROUPS, record.name);
    call.tx.delete(CHILDREN, composite(record.parent ?? '', record.name));
    for (const ancestor of record.ancestors) call.tx.delete(DESCENDANTS, composite(ancestor, record.name));
    deleteTags(call.tx, arnOf(call, 'thinggroup', record.name));
    return {};
  },

  /**
   * Without a parent: all groups; `recursive: false` given: the roots only (unverified). With a parent: its children, or all
   * groups below it. https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html#group-list
   */
  async ListThingGroups(input: Input<ListThingGroupsRequest>, call: CallContext): Promise<ListThingGroupsResponse> {
    const { parentGroup, recursive } = input;
    const start = input.namePrefixFilter ?? '';
    if (parentGroup !== undefined) await requireThingGroup(call, parentGroup);
    const all = parentGroup === undefined && recursive !== false;
    const page = await readPage<unknown>(call.tx, {
      list: `thingGroups ${JSON.stringify([parentGroup, start, recursive])}`,
      ...(all
        ? { table: THING_GROUPS, prefix: start }
        : { table: recursive === true ? DESCENDANTS : CHILDREN, prefix: composite(parentGroup ?? '', start) }),
      token: input.nextToken,
      size: input.maxResults,
    });
    return { thingGroups: page.entries.map(([key]) => nameAndArn(call, lastPart(key))), nextToken: page.nextToken };
  },
};

/** The ancestors of a group that is to stand below this parent. */
async function pathBelow(call: CallContext, parentName: string): Promise<readonly string[]> {
  const parent = await requireThingGroup(call, parentName);
  const path = [...parent.ancestors, parent.name];
  // unverified texts
  if (path.length >= LIMITS.depth) throw invalidRequest(`The maximum depth of a thing group hierarchy is ${LIMITS.depth}.`);
  const children = await keysOf(call.tx, CHILDREN, composite(parent.name, ''), LIMITS.children);
  if (children.length >= LIMITS.children) throw invalidRequest(`Thing group ${parent.name} has the maximum number of direct child groups (${LIMITS.children}).`);
  return path;
}

async function requireThingGroup(call: CallContext, name: string): Promise<ThingGroupRecord> {
  const record = await call.tx.get<ThingGroupRecord>(THING_GROUPS, name);
  if (record === undefined) throw notFound(`Thing group ${name} not found.`); // unverified text
  return record;
}

function checkVersion(record: ThingGroupRecord, expected: number | undefined): void {
  if (expected !== undefined && expected !== record.version) throw versionConflict(`The version for thing group ${record.name} does not match the expected version.`); // unverified text
}

function checkedAttributes(attributes: Attributes): Attributes {
  if (Object.keys(attributes).length > LIMITS.attributes) throw invalidRequest(`A thing group cannot have more than ${LIMITS.attributes} attributes.`); // unverified text
  return attributes;
}

function nameAndArn(call: CallContext, name: string): { groupName: string; groupArn: string } {
  return { groupName: name, groupArn: arnOf(call, 'thinggroup', name) };
}
