import type {
  AddThingToThingGroupRequest,
  ListThingGroupsForThingRequest,
  ListThingGroupsForThingResponse,
  ListThingsInThingGroupRequest,
  ListThingsInThingGroupResponse,
  RemoveThingFromThingGroupRequest,
  UpdateThingGroupsForThingRequest,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf, isLocal, parseIotArn } from './arns';
import { invalidRequest, limitExceeded, notFound } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, lastPart, readPage } from './paging';
import { groupSearchKey, SEARCH } from './searchTable';
import { groupAndAncestors } from './thingGroupTree';

/**
 * `<group> <thing>` for direct members, the same for each group above (a thing is in a hierarchy only once, so a row
 * has one reason), and `<thing> <group>`.
 */
const MEMBERS = 'iot.thingByGroup';
const DEEP_MEMBERS = 'iot.thingByAncestorGroup';
const GROUPS = 'iot.groupByThing';
/** https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html: "a maximum of 10 groups" */
const MAX_GROUPS_PER_THING = 10;

export const thingGroupMemberHandlers = {
  async AddThingToThingGroup(input: Input<AddThingToThingGroupRequest>, call: CallContext): Promise<object> {
    await add(call, await identifyThing(call, input.thingName, input.thingArn), await identifyGroup(call, input.thingGroupName, input.thingGroupArn));
    return {};
  },

  async RemoveThingFromThingGroup(input: Input<RemoveThingFromThingGroupRequest>, call: CallContext): Promise<object> {
    await remove(call, await identifyThing(call, input.thingName, input.thingArn), await identifyGroup(call, input.thingGroupName, input.thingGroupArn));
    return {};
  },

  async UpdateThingGroupsForThing(input: Input<UpdateThingGroupsForThingRequest>, call: CallContext): Promise<object> {
    const thing = await identifyThing(call, input.thingName, undefined);
    for (const group of input.thingGroupsToRemove ?? []) await remove(call, thing, await identifyGroup(call, group, undefined));
    for (const group of input.thingGroupsToAdd ?? []) await add(call, thing, await identifyGroup(call, group, undefined));
    return {};
  },

  async ListThingsInThingGroup(input: Input<ListThingsInThingGroupRequest>, call: CallContext): Promise<ListThingsInThingGroupResponse> {
    const group = await identifyGroup(call, input.thingGroupName, undefined);
    const recursive = input.recursive === true;
    const page = await readPage<unknown>(call.tx, {
      list: `thingsInGroup ${group} ${String(recursive)}`,
      table: recursive ? DEEP_MEMBERS : MEMBERS,
      prefix: composite(group, ''),
      token: input.nextToken,
      size: input.maxResults,
    });
    return { things: page.entries.map(([key]) => lastPart(key)), nextToken: page.nextToken };
  },

  async ListThingGroupsForThing(input: Input<ListThingGroupsForThingRequest>, call: CallContext): Promise<ListThingGroupsForThingResponse> {
    const thing = await identifyThing(call, input.thingName, undefined);
    const page = await readPage<unknown>(call.tx, { list: `groupsForThing ${thing}`, table: GROUPS, prefix: composite(thing, ''), token: input.nextToken, size: input.maxResults });
    return {
      thingGroups: page.entries.map(([key]) => ({ groupName: lastPart(key), groupArn: arnOf(call, 'thinggroup', lastPart(key)) })),
      nextToken: page.nextToken,
    };
  },
};

/** When a thing goes. */
export async function removeFromAllGroups(call: CallContext, thing: string): Promise<void> {
  for (const group of await groupsOf(call, thing)) await remove(call, thing, group);
}

/** When a group goes: its things stay, without it. */
export async function removeAllMembers(call: CallContext, group: string): Promise<void> {
  for (const key of await keysOf(call.tx, MEMBERS, composite(group, ''))) await remove(call, lastPart(key), group);
}

async function add(call: CallContext, thing: string, group: string): Promise<void> {
  const current = await groupsOf(call, thing);
  if (current.includes(group)) return;
  if (current.length >= MAX_GROUPS_PER_THING) throw limitExceeded(`Thing ${thing} already belongs to the maximum number of groups (${MAX_GROUPS_PER_THING})`); // unverified text
  const path = await groupAndAncestors(call, group);
  for (const other of current) {
    // "you can't add a thing to more than one group in the same hierarchy": thing-groups.html. The text is unverified.
    if ((await groupAndAncestors(call, other)).at(-1) === path.at(-1)) throw invalidRequest(`Thing ${thing} already belongs to group ${other} of the same hierarchy as ${group}`);
  }
  call.tx.put(MEMBERS, composite(group, thing), true);
  call.tx.put(GROUPS, composite(thing, group), true);
  call.tx.put(SEARCH, groupSearchKey(group, thing), thing);
  for (const each of path) call.tx.put(DEEP_MEMBERS, composite(each, thing), true);
}

async function remove(call: CallContext, thing: string, group: string): Promise<void> {
  if ((await call.tx.get(MEMBERS, composite(group, thing))) === undefined) return;
  call.tx.delete(MEMBERS, composite(group, thing));
  call.tx.delete(GROUPS, composite(thing, group));
  call.tx.delete(SEARCH, groupSearchKey(group, thing));
  for (const each of await groupAndAncestors(call, group)) call.tx.delete(DEEP_MEMBERS, composite(each, thing));
}

async function groupsOf(call: CallContext, thing: string): Promise<readonly string[]> {
  return (await keysOf(call.tx, GROUPS, composite(thing, ''))).map(lastPart);
}

async function identifyThing(call: CallContext, name: string | undefined, arn: string | undefined): Promise<string> {
  return identify(call, 'thing', 'Both thingArn and thingName are empty. Need to specify at least one of them', name, arn);
}

async function identifyGroup(call: CallContext, name: string | undefined, arn: string | undefined): Promise<string> {
  return identify(call, 'thinggroup', 'Both thingGroupArn and thingGroupName are empty. Need to specify at least one of them', name, arn);
}

async function identify(call: CallContext, kind: 'thing' | 'thinggroup', bothEmpty: string, name: string | undefined, arn: string | undefined): Promise<string> {
  const parsed = arn === undefined ? undefined : parseIotArn(arn);
  if (arn !== undefined && (parsed?.kind !== kind || !isLocal(parsed, call))) throw invalidRequest(`Invalid ARN: ${arn}`); // unverified text
  const found = name ?? parsed?.name;
  if (found === undefined) throw invalidRequest(bothEmpty);
  if (parsed !== undefined && parsed.name !== found) {
    throw invalidRequest(kind === 'thing' ? 'ThingName thingArn does not match specified thingName in request' : 'ThingGroupName thingGroupArn does not match specified thingGroupName in request');
  }
  if ((await call.tx.get(kind === 'thing' ? 'iot.thing' : 'iot.thingGroup', found)) === undefined) {
    throw notFound(`${kind === 'thing' ? 'Thing' : 'Thing group'} ${found} not found.`); // unverified text
  }
  return found;
}
