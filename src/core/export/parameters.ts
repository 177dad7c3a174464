import type { JsonObject, NamedResources } from './rewrite';
import type { DeployedSetup } from './setup';

/** Names of AWS IoT resources as its API takes them; none has a character that JSON or an ARN would have to escape. */
const patterns = {
  roleAlias: { AllowedPattern: '[\\w=,@-]+', MaxLength: 128 },
  policy: { AllowedPattern: '[\\w+=,.@-]+', MaxLength: 128 },
  thingGroup: { AllowedPattern: '[a-zA-Z0-9:_-]+', MaxLength: 128 },
  template: { AllowedPattern: '[0-9A-Za-z_-]+', MaxLength: 36 },
} as const;

/** The first of its kind has the plain name, the others a number: `IoTPolicyName`, `IoTPolicyName2`. */
function numbered(base: string, names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name, index) => [name, index === 0 ? base : `${base}${index + 1}`]));
}

/** Which parameter stands for which name. */
export function parameterNames(setup: DeployedSetup): NamedResources {
  const policies = new Map(numbered('IoTPolicyName', setup.devicePolicies.map(({ name }) => name)));
  // One policy may serve devices and claims.
  if (!policies.has(setup.claimPolicy.name)) policies.set(setup.claimPolicy.name, 'ClaimPolicyName');
  return {
    roleAliases: new Map([[setup.alias.name, 'RoleAliasName']]),
    policies,
    thingGroups: numbered('ThingGroupName', setup.groups.map(({ name }) => name)),
    templates: new Map([[setup.template.name, 'ProvisioningTemplateName']]),
  };
}

/** The parameters with the present names as defaults. Descriptions are for whoever deploys, in English like all of AWS's. */
export function nameParameters(names: NamedResources): Readonly<Record<string, JsonObject>> {
  const define = (map: ReadonlyMap<string, string>, rule: JsonObject, what: string): (readonly [string, JsonObject])[] =>
    [...map].map(([name, parameter]) => [parameter, { Type: 'String', Default: name, MinLength: 1, ...rule, Description: `Name of ${what}. One per account and region.` }]);
  return Object.fromEntries([
    ...define(names.roleAliases, patterns.roleAlias, 'the role alias of the token exchange role'),
    ...define(names.policies, patterns.policy, 'an AWS IoT policy'),
    ...define(names.thingGroups, patterns.thingGroup, 'a thing group'),
    ...define(names.templates, patterns.template, 'the fleet provisioning template'),
  ]);
}

/**
 * With a hook in the set-up there is no default: whoever deploys has to say which function it is there, or that devices are
 * let in without being asked about.
 */
export function hookParameter(hasHook: boolean): JsonObject {
  return {
    Type: 'String',
    ...(hasHook ? {} : { Default: '' }),
    AllowedPattern: '|arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[a-zA-Z0-9_.$:-]+',
    ConstraintDescription: 'must be empty or the ARN of a Lambda function of the same region',
    Description: 'ARN of the Lambda function that says of each device whether it may be provisioned; it must allow iot.amazonaws.com to invoke it. Empty: no function is asked.',
  };
}
