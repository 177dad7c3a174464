import type { LedgerEntry } from '../ports/deviceLedger';
import type { AwsTarget } from '../ports/identity';
import type { CertificateStatus } from '../ports/iotApi';
import type { PolicyEntities } from '../ports/roleApi';
import type { StackResource } from '../ports/stackApi';
import type { FleetNames } from '../provisioning/steps';
import type { Fact } from '../relations/facts';
import type { RoleHoldings } from './byHand';

/** How much is to go. */
export type TeardownScope = { readonly kind: 'testDevices' } | { readonly kind: 'oneClaim'; readonly certificateId: string } | { readonly kind: 'everything' };

/** A certificate that may be a claim: it carries the claim policy, or it lies in the folder's claim files. */
export interface ClaimFact {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly arn: string;
  readonly status: CertificateStatus;
  readonly carriesClaimPolicy: boolean;
  readonly carriesDevicePolicy: boolean;
  /** A claim has none: a certificate with a thing is a device. */
  readonly things: readonly string[];
}

export interface PolicyFact {
  readonly name: string;
  readonly arn: string;
  readonly versions: number;
}

/** What works with the set-up's parts and is none of them. */
export interface OtherUses {
  readonly templates: readonly { readonly name: string; readonly roleArn: string; readonly policies: readonly string[]; readonly groups: readonly string[] }[];
  readonly aliases: readonly { readonly name: string; readonly roleArn: string }[];
  /** Names of policies that let devices use the role alias. */
  readonly policies: readonly string[];
  /** ARNs of everyone who has one of these policies: without the role alias they get no credentials. */
  readonly principals: ReadonlySet<string>;
  /** So many policies were read, and there are more. */
  readonly onlyPolicies?: number;
}

export interface StackFact {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly protected?: boolean;
  readonly resources: readonly StackResource[];
}

/** What of the stack's roles and managed policies is not by its template: IAM lets no role or policy go that has any of it. */
export interface HandFacts {
  readonly roles: readonly RoleHoldings[];
  readonly policies: readonly { readonly arn: string; readonly holders: PolicyEntities }[];
}

/** What the account holds of the set-up. `missing` is gone already; `unreadable` keeps all of it from being torn down. */
export interface SetupFacts {
  readonly names: FleetNames;
  readonly claims: Fact<readonly ClaimFact[]>;
  /**
   * ARNs of all certificates and identities that have the device policy or one of the stack's, directly or by a thing group or one
   * above it, and of those that have the claim policy by a thing group. All pages: a part of them is `unreadable`.
   */
  readonly principals: Fact<ReadonlySet<string>>;
  readonly claimPolicy: Fact<PolicyFact>;
  readonly devicePolicy: Fact<PolicyFact>;
  /** What the stack holds of policies besides: CloudFormation does not detach them, and fails when they are attached. */
  readonly stackPolicies: Fact<readonly PolicyFact[]>;
  readonly template: Fact<{ readonly name: string; readonly arn: string }>;
  readonly roleAlias: Fact<{ readonly name: string; readonly arn: string }>;
  /** Names of the groups directly below it and of the things in it. */
  readonly group: Fact<{ readonly name: string; readonly arn: string; readonly children: readonly string[]; readonly things: readonly string[] }>;
  readonly stack: Fact<StackFact>;
  /** What its template keeps in the account when the stack is deleted. */
  readonly retained: Fact<readonly StackResource[]>;
  readonly byHand: Fact<HandFacts>;
  /** Other templates, aliases and policies of the account and region that work with what goes. */
  readonly others: Fact<OtherUses>;
}

interface Place {
  readonly target: AwsTarget;
}

export type TeardownFacts =
  | (Place & { readonly scope: 'testDevices'; readonly testDevices: readonly LedgerEntry[] })
  | (Place & { readonly scope: 'oneClaim'; readonly claim: Fact<ClaimFact>; readonly claimPolicyName: string })
  | (Place & { readonly scope: 'everything'; readonly testDevices: readonly LedgerEntry[]; readonly setup: SetupFacts });
