import { PolicyEvaluator } from '../../core/policy/evaluate';
import type { Connection } from '../../core/ports/connection';
import { templateFacts } from '../../core/provisioning/templateBody';
import type { OtherUses } from '../../core/teardown/facts';
import { each } from '../removal';

/** DescribeProvisioningTemplate and GetPolicy take some ten a second: https://docs.aws.amazon.com/general/latest/gr/iot-core.html (unverified). */
const atOnce = 4;
/** Policies that are read, a call each: an account may have thousands. */
const mostPolicies = 100;

/** Names of what goes, or belongs to it. */
export interface Own {
  readonly templates: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
  /** The role alias that goes; undefined: none. */
  readonly alias?: string;
}

/** What else in the account and region works with roles, policies, groups and the role alias. Throws FleetError. */
export async function otherUses({ iot, target }: Pick<Connection, 'iot' | 'target'>, own: Own, signal: AbortSignal): Promise<OtherUses> {
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
  if (alias === undefined) return { templates: sorted(templates), aliases: sorted(aliases), policies: [], morePolicies: false };
  const names: string[] = [];
  let morePolicies = false;
  for await (const { name } of others(iot.listPolicies(call), own.policies, (policy) => policy.name)) {
    morePolicies = names.length === mostPolicies;
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
  return { templates: sorted(templates), aliases: sorted(aliases), policies: policies.sort(), morePolicies };
}

async function* others<T>(items: AsyncIterable<T>, own: ReadonlySet<string>, nameOf: (item: T) => string): AsyncIterable<T> {
  for await (const item of items) if (!own.has(nameOf(item))) yield item;
}

const sorted = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] => [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
