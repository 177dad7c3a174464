import * as l10n from '@vscode/l10n';
import { Commands } from '../../../ids';
import { roleNameOfArn } from '../../util/arn';
import { renderTemplate } from '../../provisioning/renderTemplate';
import type { DeviceFaultFacts } from '../deviceFault';
import type { Cause } from '../trace';
import type { DiagnosisFacts, TemplateFacts } from './facts';
import { again } from './networkCause';
import { openTemplate } from './policyCause';

type Rejected = Extract<DeviceFaultFacts, { kind: 'rejected' }>;

const templates = 'https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html';
const hooks = 'https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html';

/** Why RegisterThing was rejected: first what can be seen in the account, then what AWS said. */
export function registrationCause(fault: Rejected, facts: DiagnosisFacts): Cause {
  if (fault.errorCode === 'InvalidCertificateOwnershipToken') {
    return {
      code: 'ownershipToken',
      text: l10n.t('The proof of ownership of the new certificate is not valid any more; it is good for one hour and for one use. AWS IoT said: {0}', fault.errorMessage),
      mends: [again()],
      documentation: 'https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html',
    };
  }
  return templateState(facts) ?? absent(facts) ?? rendering(facts) ?? (denied(fault) ? deniedCause(fault, facts) : otherwise(fault, facts));
}

function denied({ statusCode, errorCode }: Rejected): boolean {
  return statusCode === 403 || errorCode === 'AccessDenied';
}

function templateState(facts: DiagnosisFacts): Cause | undefined {
  const { template, claim, now } = facts;
  if (claim.temporary && claim.expiresAt !== undefined && claim.expiresAt.getTime() <= now.getTime()) {
    return { code: 'claimExpired', text: l10n.t('The temporary claim is older than five minutes.'), mends: [again()], documentation: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningClaim.html' };
  }
  if (template.status === 'missing') {
    return {
      code: 'templateMissing',
      text: l10n.t('There is no provisioning template {0} in this account and region.', template.name),
      mends: [{ label: l10n.t('Deploy Provisioning Template'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'provisioningTemplate' } } }],
    };
  }
  if (template.status === 'disabled') {
    return {
      code: 'templateDisabled',
      text: l10n.t('The provisioning template {0} is disabled: AWS IoT refuses every device.', template.name),
      mends: [{ label: l10n.t('Enable the Template'), act: { kind: 'command', command: Commands.switchTemplate } }],
      documentation: templates,
    };
  }
  const { role } = template;
  if (role?.exists === false) {
    return {
      code: 'provisioningRoleMissing',
      text: l10n.t('The provisioning role {0} of the template does not exist any more.', roleNameOfArn(role.arn) ?? role.arn),
      place: role.arn,
      mends: [
        { label: l10n.t('Deploy Roles Stack'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'rolesStack' } } },
        { label: l10n.t('Deploy Provisioning Template'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'provisioningTemplate' } } },
      ],
    };
  }
  if (role?.trusted === false) {
    return {
      code: 'provisioningRoleNotTrusted',
      text: l10n.t('The provisioning role {0} does not trust iot.amazonaws.com, so AWS IoT cannot use it.', roleNameOfArn(role.arn) ?? role.arn),
      place: role.arn,
      mends: [{ label: l10n.t('Deploy Roles Stack'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'rolesStack' } } }],
    };
  }
  return undefined;
}

function absent(facts: DiagnosisFacts): Cause | undefined {
  const [first] = facts.template.absent;
  if (first === undefined) return undefined;
  const at = facts.template.text?.indexOf(JSON.stringify(first.name)) ?? -1;
  const place = at < 0 ? {} : { place: templatePlace(facts.template, at) };
  switch (first.kind) {
    case 'thingGroup':
      return {
        code: 'thingGroupMissing',
        text: l10n.t('The thing group {0} does not exist. Fleet provisioning makes no groups.', first.name),
        ...place,
        mends: openTemplate(facts, Math.max(at, 0)).toReversed(),
        documentation: templates,
      };
    case 'thingType':
      return { code: 'thingTypeMissing', text: l10n.t('The thing type {0} does not exist. Fleet provisioning makes no types.', first.name), ...place, mends: openTemplate(facts, Math.max(at, 0)), documentation: templates };
    case 'policy':
      return {
        code: 'policyMissing',
        text: l10n.t('The IoT policy {0}, which the template gives to devices, does not exist.', first.name),
        ...place,
        mends: [{ label: l10n.t('Publish IoT Policy'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'iotPolicy' } } }, ...openTemplate(facts, Math.max(at, 0))],
        documentation: templates,
      };
  }
}

/** What the template itself says of these parameters. */
function rendering(facts: DiagnosisFacts): Cause | undefined {
  const { template, device } = facts;
  if (template.text === undefined) return undefined;
  const [problem] = renderTemplate(template.text, facts.parameters, { certificateId: device?.id ?? '0'.repeat(64) }).problems.filter(({ code }) => code !== 'noThing');
  if (problem === undefined) return undefined;
  return {
    code: problem.code === 'missingParameter' ? 'parameterMissing' : 'templateProblem',
    text: problem.code === 'missingParameter' ? l10n.t('The device sent no value for the parameter {0}, and the template has no default.', problem.parameter ?? '') : problem.message,
    place: templatePlace(template, problem.offset),
    mends: openTemplate(facts, problem.offset),
    documentation: templates,
  };
}

function deniedCause(fault: Rejected, facts: DiagnosisFacts): Cause {
  const { hookArn, name } = facts.template;
  if (hookArn !== undefined) {
    return {
      code: 'hookDenied',
      text: l10n.t('The pre-provisioning hook {0} did not allow this device, failed, or took longer than five seconds; AWS IoT tells devices no more than that.', hookArn),
      place: hookArn,
      mends: [{ label: l10n.t('Preview What a Device Gets'), act: { kind: 'command', command: Commands.previewTemplate } }, again()],
      documentation: hooks,
    };
  }
  return {
    code: 'registrationDenied',
    text: l10n.t('AWS IoT denied the registration by {0} and did not say why: {1}. The provisioning role may lack a permission (AWSIoTThingsRegistration holds them all).', name, fault.errorMessage),
    ...(facts.template.provisioningRoleArn === undefined ? {} : { place: facts.template.provisioningRoleArn }),
    mends: [{ label: l10n.t('Deploy Roles Stack'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'rolesStack' } } }, again()],
    documentation: templates,
  };
}

function otherwise(fault: Rejected, facts: DiagnosisFacts): Cause {
  return {
    code: 'registrationRejected',
    text: l10n.t('AWS IoT rejected the registration: {0} {1}: {2}', fault.statusCode, fault.errorCode, fault.errorMessage),
    mends: [...openTemplate(facts, 0), again()],
    documentation: templates,
  };
}

export function templatePlace({ name, text = '' }: TemplateFacts, offset: number): string {
  return l10n.t('template {0}, line {1}', name, text.slice(0, offset).split('\n').length);
}
