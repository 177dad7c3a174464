import { PolicyEvaluator } from '../../core/policy/evaluate';
import type { Connection } from '../../core/ports/connection';
import { templateFacts } from '../../core/provisioning/templateBody';
import type { OtherUses } from '../../core/teardown/facts';
import { each } from '../removal';
import { principalsOf } from './principals';

/** DescribeProvisioningTemplate and GetPolicy take some ten a second: https://docs.aws.amazon.com/general/latest/gr/iot-core.html (unverified). */
const atOnce = 4;
/**
 * Policies that are read, a call each: ListPolicies tells names only, and ListTargetsForPolicy, which could leave out those that
 * nobody has, is a call each as well. At the half of AWS's ten a second that we take, this many are a hundred seconds; they
 * cost nothing. Those that templates give to devices are read first, however many there are.
 */
const mostPolicies = 500;
/** Policies between two reports. */
const reportEvery = 25;

/** Names of what goes, or belongs to it. */
export interface Own {
  readonly templates: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
  /** Policies that the template gives to devices: these are looked at however many there are. */
  readonly given: readonly string[];
  /** The role alias that goes; undefined: none. */
  readonly alias?: string;
}

export interface OtherUsesProgress {
  /** Told how many devices are known so far. */
  readonly counted: (found: number) => void;
  /** Told how many policies have been read. */
  readonly read: (policies: number) => void;
}

/** What else in the account and region works with roles, policies, groups and the role alias. Throws FleetError. */
export async function otherUses({ iot, target }: Pick<Connection, 'iot' | 'target'>, own: Own, signal: AbortSignal, tell: OtherUsesProgress): Promise<OtherUses> {
  const call = { signal };
  const templates: OtherUses['templates'][number][] = [];
  await each(others(iot.listProvisioningTemplates(call), own.templates, ({ name }) => name), atOnce, async ({ name }) => {
    const template = await iot.describeProvisioningTemplate(name, call);
    if (template === undefined) return;
    const { policies, thingGroups } = templateFacts(template.templateBody);
    templates.push({ name, roleArn: template.provisioningRoleArn, policies, groups: thingGroups });
  });
  const aliases: OtherUses['aliases'][number][] = [];
  await each(others(iot.listRoleAliases(call), own.aliases, (name) => name), atOnce, async (name) => {
    const alias = await iot.describeRoleAlias(name, call);
    if (alias !== undefined) aliases.push({ name, roleArn: alias.roleArn });
  });
  const { alias } = own;
  if (alias === undefined) return { templates: sorted(templates), aliases: sorted(aliases), policies: [], principals: new Set() };
  const names = [...new Set([...own.given, ...templates.flatMap((template) => template.policies)])].filter((name) => !own.policies.has(name));
  const most = mostPolicies + names.length;
  let more = false;
  for await (const { name } of others(iot.listPolicies(call), new Set([...own.policies, ...names]), (policy) => policy.name)) {
    more = names.length >= most;
    if (more) break;
    names.push(name);
  }
  const policies: string[] = [];
  let done = 0;
  await each(names, atOnce, async (name) => {
    const policy = await iot.getPolicy(name, call);
    done += 1;
    if (done % reportEvery === 0) tell.read(done);
    if (policy === undefined) return;
    const { outcome } = new PolicyEvaluator([{ name, text: policy.document }]).ask({ kind: 'assumeRole', roleAlias: alias }, {}, target);
    if (outcome === 'allowed') policies.push(name);
  });
  const principals = new Set<string>();
  for (const name of policies) {
    for (const arn of (await principalsOf(iot, name, signal, tell.counted)).everyone) principals.add(arn);
  }
  return { templates: sorted(templates), aliases: sorted(aliases), policies: policies.sort(), principals, ...(more ? { onlyPolicies: names.length } : {}) };
}

async function* others<T>(items: AsyncIterable<T>, own: ReadonlySet<string>, nameOf: (item: T) => string): AsyncIterable<T> {
  for await (const item of items) if (!own.has(nameOf(item))) yield item;
}

const sorted = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] => [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
