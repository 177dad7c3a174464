import { isCancelled } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Stack, StackOutput } from '../../core/ports/stackApi';
import type { FleetNames } from '../../core/provisioning/steps';
import { readOutputs, roleCandidate, type KnownRole, type StackMeaning } from '../../core/stack/outputs';
import { parseRoleAliasCommand } from '../../core/stack/roleAliasCommand';
import { stackCondition } from '../../core/stack/condition';
import { trustedServices } from '../../core/stack/trust';
import { roleNameOfArn } from '../../core/util/arn';

/** One look at the account: the stack and its meaning are read at most once, and shared by the steps. */
export class AccountLook {
  private stackRead: Promise<Stack | undefined> | undefined;
  private meaningRead: Promise<StackMeaning | undefined> | undefined;

  /** @param base names from the settings; the stack may know better ones. */
  constructor(
    private readonly connection: Connection,
    readonly base: FleetNames,
    private readonly signal: AbortSignal,
  ) {}

  stack(): Promise<Stack | undefined> {
    this.stackRead ??= this.connection.stacks.describeStack(this.base.stackName, { signal: this.signal });
    return this.stackRead;
  }

  /** What somebody has just read need not be read again. */
  adopt(stack: Stack): void {
    this.stackRead = Promise.resolve(stack);
    this.meaningRead = undefined;
  }

  /** What the outputs of a healthy stack mean; undefined without one. */
  meaning(): Promise<StackMeaning | undefined> {
    this.meaningRead ??= this.stack().then((stack) => {
      return stack === undefined || stackCondition(stack.status) !== 'healthy' ? undefined : stackMeaning(this.connection, stack, this.signal);
    });
    return this.meaningRead;
  }

  /** The settings' names with those that the stack gives. A stack that cannot be read leaves the settings'. */
  async names(): Promise<FleetNames> {
    try {
      return namesOf(this.base, await this.meaning());
    } catch (error) {
      if (isCancelled(error)) throw error;
      return this.base;
    }
  }
}

export function namesOf(base: FleetNames, meaning: StackMeaning | undefined): FleetNames {
  return {
    ...base,
    ...(meaning?.roleAliasName === undefined ? {} : { roleAliasName: meaning.roleAliasName }),
    ...(meaning?.iotPolicyName === undefined ? {} : { iotPolicyName: meaning.iotPolicyName }),
  };
}

/**
 * Reads the outputs of a stack, asking IAM whom each role trusts. A role that may not be read is judged by its key.
 * When the outputs do not name both roles, the roles among the stack's resources are looked at too.
 */
export async function stackMeaning(connection: Connection, stack: Stack, signal: AbortSignal): Promise<StackMeaning> {
  const roles = new Map<string, KnownRole>();
  const learn = async (name: string): Promise<void> => {
    const role = await readRole(connection, name, signal);
    if (role !== undefined) roles.set(name, role);
  };
  const candidates = stack.outputs.flatMap((output) => candidateNames(output));
  await Promise.all([...new Set(candidates)].map(learn));
  const meaning = readOutputs(stack.outputs, roles, connection.target);
  if (meaning.tokenExchangeRole !== undefined && meaning.provisioningRole !== undefined) return meaning;

  const extra: StackOutput[] = [];
  try {
    for await (const resource of connection.stacks.listStackResources(stack.id, { signal })) {
      if (resource.type !== 'AWS::IAM::Role' || resource.physicalId === undefined) continue;
      extra.push({ key: `role ${resource.logicalId}`, value: resource.physicalId });
    }
  } catch (error) {
    if (isCancelled(error)) throw error;
    return meaning; // The outputs alone must do.
  }
  await Promise.all(extra.map((output) => learn(output.value)));
  const more = readOutputs(extra, roles, connection.target);
  const proven = { token: more.tokenExchangeRole?.proven === true, provisioning: more.provisioningRole?.proven === true };
  return {
    ...(proven.token && more.tokenExchangeRole !== undefined ? { tokenExchangeRole: more.tokenExchangeRole } : {}),
    ...(proven.provisioning && more.provisioningRole !== undefined ? { provisioningRole: more.provisioningRole } : {}),
    ...meaning,
  };
}

function candidateNames(output: StackOutput): readonly string[] {
  const candidate = roleCandidate(output);
  if (candidate !== undefined) return [candidate.name];
  const commandRole = parseRoleAliasCommand(output.value)?.roleArn;
  const name = commandRole === undefined ? undefined : roleNameOfArn(commandRole);
  return name === undefined ? [] : [name];
}

async function readRole(connection: Connection, name: string, signal: AbortSignal): Promise<KnownRole | undefined> {
  try {
    const role = await connection.roles.getRole(name, { signal });
    if (role === undefined) return undefined;
    return { name: role.name, arn: role.arn, trusted: trustedServices(role.trustPolicy), ...(role.createdAt === undefined ? {} : { createdAt: role.createdAt }) };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined; // Not allowed to read roles: the output's key must do.
  }
}
