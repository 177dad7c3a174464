import type { AwsTarget } from '../ports/identity';
import type { StackView } from '../ports/services';
import type { StackOutput } from '../ports/stackApi';
import { parseArn, roleArn, roleNameOfArn } from '../util/arn';
import { nameProblem } from '../util/names';
import { parseRoleAliasCommand } from './roleAliasCommand';
import { credentialsService, iotService } from './trust';

export type OutputMeaning = StackView['outputs'][number]['meaning'];

/** A role as IAM knows it; `trusted` are the services that may assume it. */
export interface KnownRole {
  readonly name: string;
  readonly arn: string;
  readonly trusted: ReadonlySet<string>;
  readonly createdAt?: Date;
}

export interface FoundRole {
  readonly name: string;
  readonly arn: string;
  readonly createdAt?: Date;
  /** True when IAM told whom the role trusts; false when only the output's key speaks for it. */
  readonly proven: boolean;
}

export interface StackMeaning {
  readonly meanings: ReadonlyMap<string, OutputMeaning>;
  readonly tokenExchangeRole?: FoundRole;
  readonly provisioningRole?: FoundRole;
  readonly roleAliasName?: string;
  readonly iotPolicyName?: string;
}

const roleName = /^[\w+=,.@-]{1,64}$/;
const letters = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');
const soundsLikeExchange = (key: string): boolean => /tokenexchange|tesrole|credential/.test(letters(key));
const soundsLikeProvisioning = (key: string): boolean => /provision/.test(letters(key));

/** The role that an output may name, by ARN or, where its key speaks of a role, by bare name. */
export function roleCandidate(output: StackOutput): { readonly name: string; readonly arn?: string } | undefined {
  const value = output.value.trim();
  const name = roleNameOfArn(value);
  if (name !== undefined) return { name, arn: value };
  const key = letters(output.key);
  // `RoleAliasName` and a typo of it such as `RoleRlias` are about the alias, not about a role.
  if (!key.includes('role') || /alias|rlias|policy/.test(key) || parseArn(value) !== undefined || !roleName.test(value)) return undefined;
  return { name: value };
}

/**
 * What a stack's outputs mean, by the shape of the values first, so that any workshop-style stack works, and by the
 * keys where a shape says too little.
 *
 * @param roles what IAM told about the candidates, by role name; a role that could not be read is absent.
 */
export function readOutputs(outputs: readonly StackOutput[], roles: ReadonlyMap<string, KnownRole>, target: AwsTarget): StackMeaning {
  const meanings = new Map<string, OutputMeaning>();
  let exchange: FoundRole | undefined;
  let provisioning: FoundRole | undefined;
  let aliasName: string | undefined;
  let policyName: string | undefined;
  let commandRole: string | undefined;

  for (const output of outputs) {
    const candidate = roleCandidate(output);
    const meaning = candidate === undefined ? plainMeaning(output) : roleMeaning(output.key, roles.get(candidate.name));
    meanings.set(output.key, meaning);
    if (candidate !== undefined && (meaning === 'tokenExchangeRole' || meaning === 'provisioningRole')) {
      const known = roles.get(candidate.name);
      const found: FoundRole = {
        name: candidate.name,
        arn: known?.arn ?? candidate.arn ?? roleArn(target, candidate.name),
        ...(known?.createdAt === undefined ? {} : { createdAt: known.createdAt }),
        proven: known !== undefined,
      };
      if (meaning === 'tokenExchangeRole') exchange = better(exchange, found);
      else provisioning = better(provisioning, found);
    } else if (meaning === 'createRoleAliasCommand') {
      const command = parseRoleAliasCommand(output.value);
      aliasName = command?.roleAlias ?? aliasName;
      commandRole = command?.roleArn ?? commandRole;
    } else if (meaning === 'roleAliasName') {
      aliasName ??= aliasOf(output.value);
    } else if (meaning === 'iotPolicyName') {
      policyName ??= policyOf(output.value);
    }
  }
  if (exchange === undefined && commandRole !== undefined) {
    const name = roleNameOfArn(commandRole) ?? '';
    const known = roles.get(name);
    if (known === undefined || known.trusted.has(credentialsService)) exchange = { name, arn: commandRole, proven: known !== undefined };
  }
  return {
    meanings,
    ...(exchange === undefined ? {} : { tokenExchangeRole: exchange }),
    ...(provisioning === undefined ? {} : { provisioningRole: provisioning }),
    ...(aliasName === undefined ? {} : { roleAliasName: aliasName }),
    ...(policyName === undefined ? {} : { iotPolicyName: policyName }),
  };
}

function better(current: FoundRole | undefined, next: FoundRole): FoundRole {
  return current === undefined || (!current.proven && next.proven) ? next : current;
}

function roleMeaning(key: string, known: KnownRole | undefined): OutputMeaning {
  if (known !== undefined) {
    const exchange = known.trusted.has(credentialsService);
    const provision = known.trusted.has(iotService);
    // One role may serve both; its key then says which of the two this output is.
    if (exchange && provision) return soundsLikeProvisioning(key) ? 'provisioningRole' : 'tokenExchangeRole';
    if (exchange) return 'tokenExchangeRole';
    return provision ? 'provisioningRole' : 'other';
  }
  if (soundsLikeExchange(key)) return 'tokenExchangeRole';
  return soundsLikeProvisioning(key) ? 'provisioningRole' : 'other';
}

function plainMeaning(output: StackOutput): OutputMeaning {
  if (parseRoleAliasCommand(output.value) !== undefined) return 'createRoleAliasCommand';
  const key = letters(output.key);
  if (parseArn(output.value)?.resource.startsWith('rolealias/') === true) return 'roleAliasName';
  if (/role[a-z]?lias|rolealias/.test(key) && aliasOf(output.value) !== undefined) return 'roleAliasName';
  // A policy of the claim is another thing than the policy of the devices.
  const devicePolicy = /iot(thing)?policy|thingpolicy|devicepolicy/.test(key) && !key.includes('claim');
  return devicePolicy && policyOf(output.value) !== undefined ? 'iotPolicyName' : 'other';
}

function aliasOf(value: string): string | undefined {
  const resource = parseArn(value)?.resource;
  const name = resource === undefined ? value.trim() : resource.startsWith('rolealias/') ? resource.slice('rolealias/'.length) : '';
  return nameProblem('roleAlias', name) === undefined ? name : undefined;
}

function policyOf(value: string): string | undefined {
  const resource = parseArn(value)?.resource;
  const name = resource === undefined ? value.trim() : resource.startsWith('policy/') ? resource.slice('policy/'.length) : '';
  return nameProblem('iotPolicy', name) === undefined ? name : undefined;
}
