import * as l10n from '@vscode/l10n';
import operatorPolicy from '../../../resources/iam/operator-policy.json';
import type { Connection } from '../../core/ports/connection';
import type { AwsTarget } from '../../core/ports/identity';
import type { SimulatedAction } from '../../core/ports/roleApi';
import type { OperatorFacts, RelationFacts } from '../../core/relations/facts';
import { iotArn } from '../../core/util/arn';
import { look } from '../look';

const statements: readonly { readonly Action: string | readonly string[]; readonly Resource: string | readonly string[] }[] = operatorPolicy.Statement;
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** What was looked at of the fleet: its real names and ARNs are what a narrow policy allows. */
export type KnownFleet = Pick<RelationFacts, 'names' | 'stack' | 'stackRoles' | 'claims' | 'groups' | 'template'>;

/**
 * What this identity may do of all that the extension calls, as iam:SimulatePrincipalPolicy tells: nothing is called for
 * it. Policies of organizations with conditions, of sessions and of resources are not seen by it:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html. Throws CancelledError only.
 */
export async function operatorFacts(connection: Connection, fleet: KnownFleet, signal: AbortSignal): Promise<OperatorFacts> {
  const { target, roles } = connection;
  const name = target.callerArn.slice(target.callerArn.indexOf(':', 'arn:aws:iam::'.length) + 1).split(':').at(-1) ?? target.callerArn;
  const { arn: source, guessed } = (await principalOf(connection, signal)) ?? { arn: undefined, guessed: undefined };
  if (source === undefined) return { name, simulated: { kind: 'unreadable', why: l10n.t('IAM cannot simulate the permissions of {0}: only those of users and roles.', target.callerArn) } };
  const simulated = await look(async () => {
    const found: SimulatedAction[] = [];
    // One after another: IAM allows few of these a second.
    for (const { Action, Resource } of statements) {
      const resources = listed(Resource).filter((each) => each !== '*').flatMap((each) => concrete(each, source, target, fleet));
      found.push(...(await roles.simulatePrincipal(source, listed(Action), resources, { signal })));
    }
    return found;
  });
  // Without iam:GetRole the path of a role is not known, and roles of IAM Identity Center have one: the role was not found for that.
  if (simulated.kind === 'unreadable' && guessed !== undefined) return { name, simulated: { kind: 'unreadable', why: `${simulated.why} ${guessed}` } };
  return { name, simulated };
}

/** The user or role behind the caller. A role's path is not in the ARN of its sessions; its own ARN is asked for. */
async function principalOf({ target: { callerArn, partition, account }, roles }: Connection, signal: AbortSignal): Promise<{ readonly arn: string; readonly guessed?: string } | undefined> {
  if (/:iam::\d+:user\//.test(callerArn)) return { arn: callerArn };
  const role = /:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
  if (role === undefined) return undefined;
  const found = await look(() => roles.getRole(role, { signal }));
  if (found.kind === 'found') return { arn: found.value.arn };
  return { arn: `arn:${partition}:iam::${account}:role/${role}`, ...(found.kind === 'unreadable' ? { guessed: found.why } : {}) };
}

/** Resources of this fleet in place of the pattern: a wildcard would not be matched by a narrower policy. */
function concrete(pattern: string, source: string, target: AwsTarget, fleet: KnownFleet): readonly string[] {
  const { names, stack, groups } = fleet;
  const { partition, region, account } = target;
  const arn = pattern.replace('arn:aws:', `arn:${partition}:`).replace('REGION', region).replace('ACCOUNT', account).replace('GGv2Workshop', names.stackName);
  const iot = (resources: readonly string[]): readonly string[] => [...new Set(resources)].map((resource) => iotArn(target, resource));
  // Managed policies: which ones the roles have, any account may choose.
  if (arn.includes(':iam:') && arn.endsWith(':policy/*')) return [arn.replace('*', 'example')];
  switch (/:([\w-]+)[/:][^/:]*\*/.exec(arn)?.[1] ?? (arn.includes(':stack/') ? 'stack' : '')) {
    case 'stack':
      return [stack.kind === 'found' ? stack.value.id : arn.replace('*', '00000000-0000-0000-0000-000000000000')];
    case 'user':
    case 'role':
      // Its own permissions it asks for itself, the roles are those of the stack.
      return arn.endsWith('/*') ? (source.includes(arn.slice(0, -1)) ? [source] : []) : rolesOf(fleet, arn);
    case 'policy':
      return iot([`policy/${names.iotPolicyName}`, `policy/${names.claimPolicyName}`]);
    case 'rolealias':
      return iot([`rolealias/${names.roleAliasName}`]);
    case 'provisioningtemplate':
      return iot([`provisioningtemplate/${names.templateName}`]);
    case 'thinggroup':
      return iot([names.thingGroupName, ...groups.keys()].map((name) => `thinggroup/${name}`));
    case 'cert':
      return iot(certificatesOf(fleet).map((id) => `cert/${id}`));
    case 'function':
      return [hookOf(fleet) ?? arn.replace('*', 'example')];
    default:
      return [arn.replace('*', 'example')];
  }
}

function rolesOf({ stackRoles: { tokenExchange, provisioning } }: KnownFleet, pattern: string): readonly string[] {
  const known = [tokenExchange, provisioning].flatMap((arn) => arn ?? []);
  // As CloudFormation names them: stack, logical id, some letters.
  return known.length > 0 ? known : [pattern.replace('*', 'TokenExchangeRole-EXAMPLE')];
}

function certificatesOf({ claims }: KnownFleet): readonly string[] {
  const [first] = claims.kind === 'found' ? claims.value : [];
  return [first?.id ?? '0'.repeat(64)];
}

function hookOf({ template }: KnownFleet): string | undefined {
  return template.kind === 'found' ? template.value.preProvisioningHook?.targetArn : undefined;
}
