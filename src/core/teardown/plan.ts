import * as l10n from '@vscode/l10n';
import { claimAction, isDevice, testDeviceAction, type TeardownPlan } from './actions';
import type { TeardownFacts } from './facts';
import { planSetup } from './planSetup';

/**
 * What goes, in which order, and what that costs. Pure.
 * Order: devices and claims first, then what they hold on to, the roles last of all. AWS IoT deletes no certificate that is
 * active or has a thing, and no policy that is attached (https://docs.aws.amazon.com/iot/latest/apireference/API_DeletePolicy.html);
 * CloudFormation detaches nothing before it deletes.
 */
export function planTeardown(facts: TeardownFacts): TeardownPlan {
  const { scope, target } = facts;
  const empty = { scope, target, actions: [], stays: [], unknown: [], fieldDevices: 0 };
  switch (facts.scope) {
    case 'testDevices':
      return { ...empty, actions: facts.testDevices.map((entry) => testDeviceAction(entry, target)) };
    case 'oneClaim':
      return { ...empty, ...planOneClaim(facts.claim, facts.claimPolicyName) };
    case 'everything':
      return { ...empty, ...planSetup(facts.setup, facts.testDevices, target) };
  }
}

/** Why the plan cannot be run; empty when it can. */
export function blockersOf(plan: TeardownPlan): readonly string[] {
  return [...plan.unknown, ...plan.actions.flatMap(({ name, blockedBy }) => (blockedBy === undefined ? [] : [`${name}: ${blockedBy}`]))];
}

function planOneClaim(claim: Extract<TeardownFacts, { scope: 'oneClaim' }>['claim'], policyName: string): Partial<TeardownPlan> {
  if (claim.kind === 'missing') return {};
  if (claim.kind === 'unreadable') return { unknown: [l10n.t('The claim certificate could not be read: {0}', claim.why)] };
  const foreign = claim.value.carriesClaimPolicy ? undefined : l10n.t('It does not carry the claim policy {0}, so it is no claim certificate of this set-up.', policyName);
  const device = isDevice(claim.value) ? l10n.t('It is a device: it has the thing {0} or the device policy.', claim.value.things[0] ?? '–') : undefined;
  const why = device ?? foreign;
  const action = claimAction(claim.value);
  return { actions: [why === undefined ? action : { ...action, blockedBy: why }] };
}
