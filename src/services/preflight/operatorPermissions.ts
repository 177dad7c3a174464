import * as l10n from '@vscode/l10n';
import operatorPolicy from '../../../resources/iam/operator-policy.json';
import type { Connection } from '../../core/ports/connection';
import type { AwsTarget } from '../../core/ports/identity';
import type { SimulatedAction } from '../../core/ports/roleApi';
import type { FleetNames } from '../../core/provisioning/steps';
import type { OperatorFacts } from '../../core/relations/facts';
import { look } from './look';

const statements: readonly { readonly Action: string | readonly string[]; readonly Resource: string | readonly string[] }[] = operatorPolicy.Statement;
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/**
 * What this identity may do of all that the extension calls, as iam:SimulatePrincipalPolicy tells: nothing is called for
 * it. Policies of organizations with conditions, of sessions and of resources are not seen by it:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html. Throws CancelledError only.
 */
export async function operatorFacts(connection: Connection, names: FleetNames, signal: AbortSignal): Promise<OperatorFacts> {
  const { target, roles } = connection;
  const name = target.callerArn.slice(target.callerArn.indexOf(':', 'arn:aws:iam::'.length) + 1).split(':').at(-1) ?? target.callerArn;
  const source = await principalOf(connection, signal);
  if (source === undefined) return { name, simulated: { kind: 'unreadable', why: l10n.t('IAM cannot simulate the permissions of {0}: only those of users and roles.', target.callerArn) } };
  const simulated = await look(async () => {
    const found: SimulatedAction[] = [];
    // One after another: IAM allows few of these a second.
    for (const { Action, Resource } of statements) {
      const resources = listed(Resource).filter((each) => each !== '*').map((each) => concrete(each, target, names));
      found.push(...(await roles.simulatePrincipal(source, listed(Action), resources, { signal })));
    }
    return found;
  });
  return { name, simulated };
}

/** The user or role behind the caller. A role's path is not in the ARN of its sessions; its own ARN is asked for. */
async function principalOf({ target: { callerArn, partition, account }, roles }: Connection, signal: AbortSignal): Promise<string | undefined> {
  if (/:iam::\d+:user\//.test(callerArn)) return callerArn;
  const role = /:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
  if (role === undefined) return undefined;
  const found = await look(() => roles.getRole(role, { signal }));
  return found.kind === 'found' ? found.value.arn : `arn:${partition}:iam::${account}:role/${role}`;
}

/** A resource of this fleet in place of the pattern: a wildcard would not be matched by a narrower policy. */
function concrete(pattern: string, { partition, region, account }: AwsTarget, names: FleetNames): string {
  const own: Readonly<Record<string, string>> = {
    'policy/': names.iotPolicyName,
    'rolealias/': names.roleAliasName,
    'provisioningtemplate/': names.templateName,
    'thinggroup/': names.thingGroupName,
    'cert/': '0'.repeat(64),
  };
  const arn = pattern.replace('arn:aws:', `arn:${partition}:`).replace('REGION', region).replace('ACCOUNT', account).replace('GGv2Workshop', names.stackName);
  if (arn.includes(':stack/')) return arn.replace('*', '00000000-0000-0000-0000-000000000000');
  return arn.replace('*', own[/[^:]+\/(?=\*$)/.exec(arn)?.[0] ?? ''] ?? 'example');
}
