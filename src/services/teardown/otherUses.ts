import { PolicyEvaluator } from '../../core/policy/evaluate';
import type { Connection } from '../../core/ports/connection';
import { templateFacts } from '../../core/provisioning/templateBody';
import type { OtherUses } from '../../core/teardown/facts';
import { each } from '../removal';
import { principalsOf } from './principals';

/** DescribeProvisioningTemplate and GetPolicy take some ten a second: https://docs.aws.amazon.com/general/latest/gr/iot-core.html (unverified). */
const atOnce = 4;
/** Policies that are read, a call each: an account may have thousands. */
const mostPolicies = 100;

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

/** What else in the account and region works with roles, policies, groups and the role alias. Throws FleetError. */
export async function otherUses({ iot, target }: Pick<Connection, 'iot' | 'target'>, own: Own, signal: AbortSignal, counted: (found: number) => void): Promise<OtherUses> {
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
  if (alias === undefined) return { templates: sorted(templates), aliases: sorted(aliases), policies: [], principals: new Set(), morePolicies: false };
  const names = own.given.filter((name) => !own.policies.has(name));
  const most = mostPolicies + names.length;
  let morePolicies = false;
  for await (const { name } of others(iot.listPolicies(call), new Set([...own.policies, ...names]), (policy) => policy.name)) {
    morePolicies = names.length >= most;
    if (morePolicies) break;
    names.push(name);
  }
  const policies: string[] = [];
  await each(names, atOnce, async (name) => {
    const policy = await iot.getPolicy(name, call);
    if (policy === undefined) return;
    const { outcome } = new PolicyEvaluator([{ name, text: policy.document }]).ask({ kind: 'assumeRole', roleAlias: alias }, {}, target);
    if (outcome === 'allowed') policies.push(name);
  });
  const principals = new Set<string>();
  for (const name of policies) {
    for (const arn of (await principalsOf(iot, name, signal, counted)).everyone) principals.add(arn);
  }
  return { templates: sorted(templates), aliases: sorted(aliases), policies: policies.sort(), principals, morePolicies };
}

async function* others<T>(items: AsyncIterable<T>, own: ReadonlySet<string>, nameOf: (item: T) => string): AsyncIterable<T> {
  for await (const item of items) if (!own.has(nameOf(item))) yield item;
}

const sorted = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] => [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
