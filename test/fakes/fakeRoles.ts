import type { PolicyEntities, Role, RoleApi, SimulatedAction } from '../../src/core/ports/roleApi';
import { FleetError } from '../../src/core/errors';

export function trust(service: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });
}

/** Roles of one account. */
export class FakeRoles implements RoleApi {
  readonly roles = new Map<string, Role>();
  denied = false;

  add(name: string, service: string, createdAt: Date, path = '/'): Role {
    const role = { name, arn: `arn:aws:iam::111122223334:role${path}${name}`, trustPolicy: trust(service), maxSessionDuration: 3600, createdAt };
    this.roles.set(name, role);
    return role;
  }

  async getRole(name: string): Promise<Role | undefined> {
    if (this.denied) throw new FleetError('iam:GetRole denied', { category: 'permissions', code: 'AccessDenied' });
    return this.roles.get(name);
  }

  /** A provisioning role has what the roles template gives it. */
  async *listAttachedRolePolicies(name: string): AsyncIterable<{ name: string; arn: string }> {
    if (this.roles.get(name)?.trustPolicy.includes('"iot.amazonaws.com"') === true) yield { name: 'AWSIoTThingsRegistration', arn: 'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration' };
  }

  async simulatePrincipal(_source: string, actions: readonly string[]): Promise<readonly SimulatedAction[]> {
    if (this.denied) throw new FleetError('iam:SimulatePrincipalPolicy denied', { category: 'permissions', code: 'AccessDenied' });
    return actions.map((action) => ({ action, allowed: true, missingContext: [] }));
  }

  async managedPolicy(): Promise<string | undefined> {
    return undefined;
  }

  async inlineRolePolicies(): Promise<readonly { name: string; document: string }[]> {
    return [];
  }

  async *inlineRolePolicyNames(): AsyncIterable<string> {
    yield* [];
  }

  async *instanceProfilesOfRole(): AsyncIterable<string> {
    yield* [];
  }

  async entitiesOfPolicy(): Promise<PolicyEntities> {
    return { roles: [], users: [], groups: [] };
  }

  async detachRolePolicy(role: string): Promise<void> {
    throw new FleetError(`${role} has no such policy`, { category: 'notFound', code: 'NoSuchEntity' });
  }

  async deleteRolePolicy(role: string): Promise<void> {
    throw new FleetError(`${role} has no such policy`, { category: 'notFound', code: 'NoSuchEntity' });
  }
}
