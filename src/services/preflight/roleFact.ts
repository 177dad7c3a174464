import * as l10n from '@vscode/l10n';
import type { Connection } from '../../core/ports/connection';
import type { Role } from '../../core/ports/roleApi';
import type { Fact } from '../../core/relations/facts';
import { parseArn, roleNameOfArn } from '../../core/util/arn';
import { look } from '../look';

/** The role of an ARN. IAM knows roles by name: one of the same name in this account, or with another path, is another role. */
export async function roleFact({ roles, target }: Connection, arn: string, signal: AbortSignal): Promise<Fact<Role>> {
  const account = parseArn(arn)?.account;
  if (account !== undefined && account !== target.account) return { kind: 'unreadable', why: l10n.t('The role {0} is of another account, which cannot be looked at from here.', arn) };
  const role = await look(() => roles.getRole(roleNameOfArn(arn) ?? arn, { signal }));
  return role.kind === 'found' && parseArn(arn) !== undefined && role.value.arn !== arn ? { kind: 'missing' } : role;
}
