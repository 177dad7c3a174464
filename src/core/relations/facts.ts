import type { Certificate, IotPolicy, ProvisioningTemplate, RoleAlias, ThingGroup } from '../ports/iotApi';
import type { Role, SimulatedAction } from '../ports/roleApi';
import type { Stack } from '../ports/stackApi';
import type { AwsTarget } from '../ports/identity';
import type { FleetNames } from '../provisioning/steps';

/** What a look told. `unreadable.why` is a sentence, localized; of a missing permission it names the action. */
export type Fact<T> = { readonly kind: 'found'; readonly value: T } | { readonly kind: 'missing' } | { readonly kind: 'unreadable'; readonly why: string };

export interface RoleDocument {
  readonly name: string;
  /** It is attached to the role, not a part of it. */
  readonly managed?: true;
  /** JSON text. */
  readonly document: string;
}

export interface RolePermissions {
  /** The role's own policies, and the managed ones whose documents could be read. */
  readonly inline: readonly RoleDocument[];
  /** Names of managed policies whose documents could not be read. */
  readonly managed: readonly string[];
}

export interface ClaimCertificate {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly certificate: Fact<Certificate>;
}

/** Who works with this extension. */
export interface OperatorFacts {
  readonly name: string;
  readonly simulated: Fact<readonly SimulatedAction[]>;
}

export interface StackRoles {
  readonly tokenExchange?: string;
  readonly provisioning?: string;
  readonly all?: readonly string[];
}

/** All that the relations of one fleet are judged by. */
export interface RelationFacts {
  readonly target: AwsTarget;
  readonly names: FleetNames;
  readonly stack: Fact<Stack>;
  /** ARNs of the roles that the stack's outputs tell of; `all`: the names of every role that it made, where they could be listed. */
  readonly stackRoles: StackRoles;
  readonly alias: Fact<RoleAlias>;
  readonly aliasRole: Fact<Role>;
  readonly aliasPermissions: Fact<RolePermissions>;
  readonly devicePolicy: Fact<IotPolicy>;
  readonly claimPolicy: Fact<IotPolicy>;
  readonly template: Fact<ProvisioningTemplate>;
  readonly provisioningRole: Fact<Role>;
  readonly provisioningPermissions: Fact<RolePermissions>;
  /** By name: those that the template names. */
  readonly groups: ReadonlyMap<string, Fact<ThingGroup>>;
  /** By name: those that the template names. */
  readonly templatePolicies: ReadonlyMap<string, Fact<IotPolicy>>;
  /** Certificates that carry the claim policy. */
  readonly claims: Fact<readonly ClaimCertificate[]>;
  /** There are more of them than were looked at. */
  readonly moreClaims?: boolean;
  /** Absent: not asked for. */
  readonly operator?: OperatorFacts;
}
