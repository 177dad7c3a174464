import type { CoreDevice } from '../ports/greengrassApi';
import type { AwsTarget } from '../ports/identity';
import type { Certificate, IotPolicy, ProvisioningTemplate, RoleAlias, ThingGroup } from '../ports/iotApi';
import type { Role } from '../ports/roleApi';
import type { Thing } from '../ports/thingApi';
import type { FleetNames } from '../provisioning/steps';
import type { Fact, RolePermissions } from './facts';
import type { EdgeCode, NodeKind } from './graph';
import type { RelationStart } from './start';

export interface NodeRef {
  readonly kind: NodeKind;
  readonly name: string;
}

/** That one thing is attached to another, or names it. Whether that is well is judged later. */
export interface Link {
  readonly code: EdgeCode;
  readonly from: NodeRef;
  readonly to: NodeRef;
}

/** A list that was cut, denied or empty. */
export interface Gap extends Link {
  readonly status: 'broken' | 'unknown';
  /** A sentence, localized. */
  readonly why: string;
}

export interface RoleFacts {
  readonly role: Fact<Role>;
  readonly permissions: Fact<RolePermissions>;
}

export interface AliasFacts {
  readonly alias: Fact<RoleAlias>;
  readonly role: Fact<Role>;
  readonly permissions: Fact<RolePermissions>;
}

/** What hangs on one resource: what it uses, all the way down, and what uses it. Maps by name, certificates by id. */
export interface StartFacts {
  readonly target: AwsTarget;
  readonly names: FleetNames;
  readonly start: RelationStart;
  readonly now: Date;
  readonly things: ReadonlyMap<string, Fact<Thing>>;
  readonly cores: ReadonlyMap<string, Fact<CoreDevice>>;
  readonly certificates: ReadonlyMap<string, Fact<Certificate>>;
  readonly policies: ReadonlyMap<string, Fact<IotPolicy>>;
  /** Names among the policies that stand for a document within a template: the account has none of that name. */
  readonly brought: ReadonlySet<string>;
  readonly groups: ReadonlyMap<string, Fact<ThingGroup>>;
  readonly templates: ReadonlyMap<string, Fact<ProvisioningTemplate>>;
  readonly aliases: ReadonlyMap<string, AliasFacts>;
  /** Provisioning roles, by ARN. */
  readonly roles: ReadonlyMap<string, RoleFacts>;
  /** Names of the roles that the settings' stack made. */
  readonly stackRoles: readonly string[];
  readonly links: readonly Link[];
  readonly gaps: readonly Gap[];
}
