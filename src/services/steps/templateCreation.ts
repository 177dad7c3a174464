import * as l10n from '@vscode/l10n';
import { compactTemplate, templateFacts } from '../../core/provisioning/templateBody';
import type { AwsTarget } from '../../core/ports/identity';
import type { FoundRole } from '../../core/stack/outputs';
import { parseArn } from '../../core/util/arn';
import type { Clock } from '../../core/util/clock';
import { withNewRole } from './rolePropagation';
import { confirmCreation, missingStep, type RunContext } from './stepContext';

/** The role that templates provision with, which the stack makes. Throws FleetError without it. */
export async function neededRole({ look }: RunContext): Promise<FoundRole> {
  const role = (await look.meaning())?.provisioningRole;
  if (role !== undefined) return role;
  const { stackName } = await look.names();
  throw missingStep(l10n.t('There is no provisioning role yet: the stack {0} does not exist, is not ready, or has no output that names the role.', stackName), 'rolesStack', 'noProvisioningRole');
}

/** Thing groups that a body names and that have to be made. Throws FleetError when it gives devices a policy that there is not. */
export async function missingGroups({ connection, signal }: RunContext, file: string, text: string): Promise<readonly string[]> {
  const facts = templateFacts(text);
  const [policies, groups] = await Promise.all([
    Promise.all(facts.policies.map(async (policy) => ((await connection.iot.getPolicy(policy, { signal })) === undefined ? [policy] : []))),
    Promise.all(facts.thingGroups.map(async (group) => ((await connection.iot.describeThingGroup(group, { signal })) === undefined ? [group] : []))),
  ]);
  const [policy] = policies.flat();
  if (policy !== undefined) {
    throw missingStep(l10n.t('{0} gives devices the IoT policy {1}, which this account does not have in {2}.', file, policy, connection.target.region), 'iotPolicy', 'policyMissing');
  }
  return groups.flat();
}

export interface NewTemplate {
  readonly name: string;
  readonly text: string;
  readonly role: FoundRole;
  /** Thing groups that have to be made, too. */
  readonly groups: readonly string[];
  /** Empty: none. */
  readonly hookArn: string;
}

/** Asks, then makes a template that is enabled, and the thing groups that it names. */
export async function createTemplate(context: RunContext, { name, text, role, groups, hookArn }: NewTemplate, clock: Clock): Promise<void> {
  await confirmCreation(context, {
    title: l10n.t('Create the provisioning template {0}?', name),
    detail: [...groupNotes(groups), l10n.t('It is enabled at once, with the role {0}.', role.arn), ...hookNotes(hookArn)].join('\n'),
    action: l10n.t('Create Template'),
  });
  await createGroups(context, groups);
  const { connection, signal, progress } = context;
  progress.report(l10n.t('Creating the provisioning template {0} …', name));
  const input = { name, templateBody: compactTemplate(text), provisioningRoleArn: role.arn, enabled: true, ...(hookArn === '' ? {} : { hookArn }) };
  await withNewRole(() => connection.iot.createProvisioningTemplate(input, { signal }), { role, clock, progress, signal });
}

export async function createGroups({ connection, signal, progress }: RunContext, groups: readonly string[]): Promise<void> {
  await Promise.all(
    groups.map(async (name) => {
      progress.report(l10n.t('Creating the thing group {0} …', name));
      await connection.iot.createThingGroup({ name }, { signal });
    }),
  );
}

export function groupNotes(groups: readonly string[]): readonly string[] {
  return groups.map((group) => l10n.t('The thing group {0} is created too.', group));
}

export function hookNotes(hookArn: string): readonly string[] {
  return hookArn === '' ? [] : [l10n.t('Pre-provisioning hook: {0} is asked about each device.', hookArn)];
}

/** "This Lambda function must exist in your account": https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
export function hookProblem(hookArn: string, target: AwsTarget): string | undefined {
  if (hookArn === '') return undefined;
  const arn = parseArn(hookArn);
  if (arn?.service !== 'lambda' || !/^function:[\w-]+(:[\w$-]+)?$/.test(arn.resource)) return l10n.t('The pre-provisioning hook {0} is not the ARN of a Lambda function.', hookArn);
  if (arn.account !== target.account) return l10n.t('The pre-provisioning hook {0} is not in the connected account {1}.', hookArn, target.account);
  return undefined;
}
