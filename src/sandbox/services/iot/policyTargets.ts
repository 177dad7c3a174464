import type {
  AttachPolicyRequest,
  AttachPrincipalPolicyRequest,
  DetachPolicyRequest,
  DetachPrincipalPolicyRequest,
  GetEffectivePoliciesRequest,
  GetEffectivePoliciesResponse,
  ListAttachedPoliciesRequest,
  ListAttachedPoliciesResponse,
  ListPolicyPrincipalsRequest,
  ListPolicyPrincipalsResponse,
  ListPrincipalPoliciesRequest,
  ListPrincipalPoliciesResponse,
  ListTargetsForPolicyRequest,
  ListTargetsForPolicyResponse,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { limitExceeded, notFound } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, lastPart, nextSequence, pageOf, readPage } from './paging';
import { defaultDocument, requirePolicy } from './policies';
import { requirePrincipal } from './principals';
import { groupAndAncestors } from './thingGroupTree';

/** Both directions are stored: `<target> <policy>` → place in the order of attachment, and `<policy> <place> <target>`. */
const BY_TARGET = 'iot.policyByTarget';
const BY_POLICY = 'iot.targetByPolicy';
/** https://docs.aws.amazon.com/general/latest/gr/iot-core.html#security-limits: 10 policies per certificate. For thing groups unverified. */
const MAX_POLICIES_PER_TARGET = 10;

export const policyTargetHandlers = {
  async AttachPolicy(input: Input<AttachPolicyRequest>, call: CallContext): Promise<object> {
    await attach(call, input.policyName, input.target, ['cert', 'thinggroup']);
    return {};
  },

  async DetachPolicy(input: Input<DetachPolicyRequest>, call: CallContext): Promise<object> {
    await detach(call, input.policyName, input.target, ['cert', 'thinggroup']);
    return {};
  },

  async AttachPrincipalPolicy(input: Input<AttachPrincipalPolicyRequest>, call: CallContext): Promise<object> {
    await attach(call, input.policyName, input.principal, ['cert']);
    return {};
  },

  async DetachPrincipalPolicy(input: Input<DetachPrincipalPolicyRequest>, call: CallContext): Promise<object> {
    await detach(call, input.policyName, input.principal, ['cert']);
    return {};
  },

  /** `recursive` adds the policies of a thing group's parents. https://docs.aws.amazon.com/iot/latest/apireference/API_ListAttachedPolicies.html */
  async ListAttachedPolicies(input: Input<ListAttachedPoliciesRequest>, call: CallContext): Promise<ListAttachedPoliciesResponse> {
    const target = await requirePrincipal(call, input.target, ['cert', 'thinggroup']);
    const targets = [input.target];
    if (input.recursive === true && target.kind === 'thinggroup') {
      const groups = await groupAndAncestors(call, target.name);
      targets.push(...groups.slice(1).map((group) => arnOf(call, 'thinggroup', group)));
    }
    const names = new Set<string>();
    for (const each of targets) for (const name of await policiesOf(call, each)) names.add(name);
    const page = pageOf([...names], `attached ${input.target} ${String(input.recursive)}`, input.marker, input.pageSize);
    return { policies: page.items.map((name) => summary(call, name)), nextMarker: page.nextToken };
  },

  async ListPrincipalPolicies(input: Input<ListPrincipalPoliciesRequest>, call: CallContext): Promise<ListPrincipalPoliciesResponse> {
    await requirePrincipal(call, input.principal, ['cert']);
    const names = [...(await policiesOf(call, input.principal))];
    if (input.ascendingOrder !== true) names.reverse();
    const page = pageOf(names, `principalPolicies ${input.principal} ${String(input.ascendingOrder)}`, input.marker, input.pageSize);
    return { policies: page.items.map((name) => summary(call, name)), nextMarker: page.nextToken };
  },

  async ListTargetsForPolicy(input: Input<ListTargetsForPolicyRequest>, call: CallContext): Promise<ListTargetsForPolicyResponse> {
    await requirePolicy(call, input.policyName);
    const page = await targetsPage(call, 'targets', input.policyName, input.marker, input.pageSize, false);
    return { targets: page.targets, nextMarker: page.nextToken };
  },

  /** Unlike ListTargetsForPolicy, an unknown policy has no principals and is no error (seen by the authors of moto). */
  async ListPolicyPrincipals(input: Input<ListPolicyPrincipalsRequest>, call: CallContext): Promise<ListPolicyPrincipalsResponse> {
    const page = await targetsPage(call, 'principals', input.policyName, input.marker, input.pageSize, input.ascendingOrder !== true);
    return { principals: page.targets, nextMarker: page.nextToken };
  },

  /** The policies that a device has: those of its certificate, and those of its thing's groups and their parents. */
  async GetEffectivePolicies(input: Input<GetEffectivePoliciesRequest>, call: CallContext): Promise<GetEffectivePoliciesResponse> {
    const targets: string[] = [];
    if (input.principal !== undefined) {
      await requirePrincipal(call, input.principal, ['cert']);
      targets.push(input.principal);
    }
    if (input.thingName !== undefined) {
      if ((await call.tx.get('iot.thing', input.thingName)) === undefined) throw notFound();
      for (const key of await keysOf(call.tx, 'iot.groupByThing', composite(input.thingName, ''))) {
        targets.push(...(await groupAndAncestors(call, lastPart(key))).map((group) => arnOf(call, 'thinggroup', group)));
      }
    }
    const names = new Set<string>();
    for (const target of targets) for (const name of await policiesOf(call, target)) names.add(name);
    const effectivePolicies = await Promise.all([...names].map(async (name) => ({ ...summary(call, name), policyDocument: await defaultDocument(call, name) })));
    return { effectivePolicies };
  },
};

/** The names of the policies attached to a target itself, in the order of attachment. */
export async function policiesOf(call: CallContext, target: string): Promise<readonly string[]> {
  const rows: { name: string; sequence: string }[] = [];
  for await (const [key, sequence] of call.tx.list<string>(BY_TARGET, { prefix: composite(target, '') })) rows.push({ name: lastPart(key), sequence });
  return rows.sort((a, b) => (a.sequence < b.sequence ? -1 : 1)).map((row) => row.name);
}

/** For resources that go away together with their attachments. */
export async function detachAll(call: CallContext, target: string): Promise<void> {
  for (const name of await policiesOf(call, target)) await remove(call, name, target);
}

async function attach(call: CallContext, policyName: string, target: string, kinds: readonly ('cert' | 'thinggroup')[]): Promise<void> {
  await requirePolicy(call, policyName);
  await requirePrincipal(call, target, kinds);
  const attached = await policiesOf(call, target);
  if (attached.includes(policyName)) return;
  if (attached.length >= MAX_POLICIES_PER_TARGET) {
    throw limitExceeded(`The maximum number of policies (${MAX_POLICIES_PER_TARGET}) is already attached to the principal ${target}`); // unverified text
  }
  const sequence = await nextSequence(call.tx);
  call.tx.put(BY_TARGET, composite(target, policyName), sequence);
  call.tx.put(BY_POLICY, composite(policyName, sequence, target), target);
}

async function detach(call: CallContext, policyName: string, target: string, kinds: readonly ('cert' | 'thinggroup')[]): Promise<void> {
  await requirePolicy(call, policyName);
  await requirePrincipal(call, target, kinds);
  await remove(call, policyName, target);
}

async function remove(call: CallContext, policyName: string, target: string): Promise<void> {
  const sequence = await call.tx.get<string>(BY_TARGET, composite(target, policyName));
  if (sequence === undefined) return;
  call.tx.delete(BY_TARGET, composite(target, policyName));
  call.tx.delete(BY_POLICY, composite(policyName, sequence, target));
}

async function targetsPage(call: CallContext, list: string, policyName: string, token: string | undefined, size: number | undefined, reverse: boolean): Promise<{ targets: string[]; nextToken: string | undefined }> {
  const page = await readPage<string>(call.tx, {
    list: `${list} ${policyName} ${String(reverse)}`,
    table: BY_POLICY,
    prefix: composite(policyName, ''),
    reverse,
    token,
    size,
  });
  return { targets: page.entries.map(([, target]) => target), nextToken: page.nextToken };
}

function summary(call: CallContext, policyName: string): { policyName: string; policyArn: string } {
  return { policyName, policyArn: arnOf(call, 'policy', policyName) };
}
