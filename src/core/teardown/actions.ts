import * as l10n from '@vscode/l10n';
import type { LedgerEntry } from '../ports/deviceLedger';
import type { AwsTarget } from '../ports/identity';
import { iotArn } from '../util/arn';
import type { RoleHoldings } from './byHand';
import type { ClaimFact, TeardownFacts } from './facts';

export type TeardownKind = 'testDevice' | 'claimCertificate' | 'iotPolicy' | 'provisioningTemplate' | 'roleAlias' | 'thingGroup' | 'rolePolicy' | 'roleOwnPolicy' | 'stack';

/** One resource that goes. */
export interface TeardownAction {
  /** Kind and key: the same in each plan of the same account. */
  readonly id: string;
  readonly kind: TeardownKind;
  /** What AWS knows it by: a certificate's id, a stack's id, else its name. */
  readonly key: string;
  /** What a person knows it by. */
  readonly name: string;
  readonly arn?: string;
  /** The role that a policy is taken off. */
  readonly role?: string;
  /** Localized: who loses what. */
  readonly loses: string;
  /** Localized: why it cannot go now. Then nothing of the plan is run. */
  readonly blockedBy?: string;
  /** CloudFormation protects it from deletion, which we can take away. */
  readonly isProtected?: true;
  /** CloudFormation has failed to delete it, and may now leave what it could not delete. */
  readonly isStuck?: true;
}

/** Something that is left where it is; the rest can go without it. */
export interface Staying {
  readonly kind: TeardownKind | 'stackResource';
  readonly name: string;
  readonly why: string;
}

export interface TeardownPlan {
  readonly scope: TeardownFacts['scope'];
  readonly target: AwsTarget;
  /** In the order in which they are run. */
  readonly actions: readonly TeardownAction[];
  readonly stays: readonly Staying[];
  /** Localized: what is not known well enough to run anything. */
  readonly unknown: readonly string[];
  /** Devices that are no test of ours and lose something. To be typed in before anything is run. */
  readonly fieldDevices: number;
}

export function testDeviceAction({ certificateId, thingName }: LedgerEntry, target: AwsTarget): TeardownAction {
  return {
    id: `testDevice:${certificateId}`,
    kind: 'testDevice',
    key: certificateId,
    name: thingName ?? `${certificateId.slice(0, 12)}…`,
    arn: iotArn(target, `cert/${certificateId}`),
    loses: thingName === undefined ? l10n.t('The certificate of a test device.') : l10n.t('The certificate and the thing of a test device.'),
  };
}

export function claimAction({ id, arn, status }: ClaimFact): TeardownAction {
  return {
    id: `claimCertificate:${id}`,
    kind: 'claimCertificate',
    key: id,
    name: `${id.slice(0, 12)}…`,
    arn,
    loses: l10n.t('Devices that carry it and are not registered yet can never register with it. Registered devices keep working.'),
    // "You cannot delete a certificate that is being transferred" is what the status stands for: API_TransferCertificate.html (unverified).
    ...(status === 'PENDING_TRANSFER' ? { blockedBy: l10n.t('It is on its way to another account. Cancel the transfer first.') } : {}),
  };
}

/** What a role of the stack has to lose before IAM lets it go. */
export function roleActions({ name: role, managed, inline }: RoleHoldings): readonly TeardownAction[] {
  return [
    ...managed.map(({ name, arn }): TeardownAction => ({
      id: `rolePolicy:${role}/${arn}`,
      kind: 'rolePolicy',
      key: arn,
      name,
      arn,
      role,
      loses: l10n.t('It was attached to the role {0} outside the stack. It is taken off this role; the policy itself stays.', role),
    })),
    ...inline.map((name): TeardownAction => ({
      id: `roleOwnPolicy:${role}/${name}`,
      kind: 'roleOwnPolicy',
      key: name,
      name,
      role,
      loses: l10n.t('It was put on the role {0} outside the stack, and is part of it: its text is kept nowhere.', role),
    })),
  ];
}

/** Devices are told from claims by what only devices have; in doubt it is a device, and stays. */
export function isDevice(claim: ClaimFact): boolean {
  return claim.things.length > 0 || claim.carriesDevicePolicy;
}
