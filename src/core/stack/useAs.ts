import { parseArn } from '../util/arn';
import { nameProblem, type NameKind } from '../util/names';
import { parseRoleAliasCommand } from './roleAliasCommand';

/** Settings that can take what an output says, without the extension's prefix. */
export type UseAsSetting = 'roleAliasName' | 'iotPolicyName' | 'claimPolicyName' | 'templateName' | 'thingGroupName' | 'preProvisioningHook';

export interface UseAs {
  readonly setting: UseAsSetting;
  readonly value: string;
}

const kinds = {
  roleAliasName: { kind: 'roleAlias', resource: 'rolealias' },
  iotPolicyName: { kind: 'iotPolicy', resource: 'policy' },
  claimPolicyName: { kind: 'iotPolicy', resource: 'policy' },
  templateName: { kind: 'template', resource: 'provisioningtemplate' },
  thingGroupName: { kind: 'thingGroup', resource: 'thinggroup' },
} as const satisfies Readonly<Record<string, { readonly kind: NameKind; readonly resource: string }>>;

/** What the value of an output can be used as: by its ARN as one thing, by a bare name as whatever may be named so. */
export function usableAs(value: string): readonly UseAs[] {
  const text = value.trim();
  const alias = parseRoleAliasCommand(text)?.roleAlias;
  if (alias !== undefined) return [{ setting: 'roleAliasName', value: alias }];
  const arn = parseArn(text);
  if (arn?.service === 'lambda' && arn.resource.startsWith('function:')) return [{ setting: 'preProvisioningHook', value: text }];
  if (arn !== undefined && arn.service !== 'iot') return [];
  const slash = arn?.resource.indexOf('/') ?? -1;
  const resource = arn?.resource.slice(0, Math.max(slash, 0));
  const name = arn === undefined ? text : arn.resource.slice(slash + 1);
  return (Object.keys(kinds) as (keyof typeof kinds)[])
    .filter((setting) => (resource === undefined || kinds[setting].resource === resource) && nameProblem(kinds[setting].kind, name) === undefined)
    .map((setting) => ({ setting, value: name }));
}
