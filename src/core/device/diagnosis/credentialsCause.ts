import * as l10n from '@vscode/l10n';
import { roleNameOfArn } from '../../util/arn';
import type { DeviceFaultFacts } from '../deviceFault';
import type { Cause, Mend } from '../trace';
import type { DiagnosisFacts } from './facts';
import { again } from './networkCause';
import { deviceHolder, policyCause } from './policyCause';

type HttpFault = Extract<DeviceFaultFacts, { kind: 'http' }>;

/** Statuses and texts as they were seen from AWS: https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html */
const documentation = 'https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html';
const rolesStack: Mend['act'] = { kind: 'remedy', remedy: { kind: 'runStep', step: 'rolesStack' } };
const roleAlias: Mend['act'] = { kind: 'remedy', remedy: { kind: 'runStep', step: 'roleAlias' } };

/** Why the certificate was not exchanged for AWS credentials. */
export function credentialsCause(fault: HttpFault, facts: DiagnosisFacts): Cause {
  const name = facts.alias?.name ?? facts.names.roleAliasName;
  if (fault.status === 403) {
    const denied = policyCause({ kind: 'assumeRole', roleAlias: name }, deviceHolder(facts), facts);
    if (denied !== undefined) return denied;
    if (/thing name/i.test(fault.message)) {
      return { code: 'thingNotAttached', text: l10n.t('The thing {0} is not attached to the device\'s certificate. AWS IoT said: {1}', facts.device?.thingName ?? '', fault.message), mends: [again()], documentation };
    }
  }
  if (facts.alias?.exists === false) {
    return { code: 'aliasMissing', text: l10n.t('There is no role alias {0} in this account and region.', name), mends: [{ label: l10n.t('Create Role Alias'), act: roleAlias }], documentation };
  }
  const role = facts.alias?.role;
  if (role !== undefined) {
    const roleName = roleNameOfArn(role.arn) ?? role.arn;
    const mends: readonly Mend[] = [{ label: l10n.t('Deploy Roles Stack'), act: rolesStack }, { label: l10n.t('Create Role Alias'), act: roleAlias }];
    if (role.exists === false) return { code: 'roleMissing', text: l10n.t('The role alias {0} points at the role {1}, which does not exist any more.', name, roleName), place: role.arn, mends, documentation };
    if (role.trusted === false) {
      return { code: 'roleNotTrusted', text: l10n.t('The role {0} does not trust credentials.iot.amazonaws.com, so AWS IoT cannot give its credentials to devices.', roleName), place: role.arn, mends, documentation };
    }
    const wanted = facts.alias?.credentialDurationSeconds;
    if (role.maxSessionDuration !== undefined && wanted !== undefined && wanted > role.maxSessionDuration) {
      return {
        code: 'durationTooLong',
        text: l10n.t('The role alias {0} asks for {1} seconds, but the role {2} allows sessions of {3} at most.', name, wanted, roleName, role.maxSessionDuration),
        place: role.arn,
        mends,
        documentation,
      };
    }
  }
  return {
    code: 'credentialsRefused',
    text: l10n.t('The credentials endpoint refused: {0} {1}: {2}. The account shows no reason; what was changed a moment ago may not have arrived everywhere yet.', fault.status, fault.type, fault.message),
    mends: [again()],
    documentation,
  };
}
