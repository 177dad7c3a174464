import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../../ids';
import { PolicyEvaluator, type Decision, type NamedPolicy } from '../../policy/evaluate';
import type { Caller, Question } from '../../policy/request';
import type { StepId } from '../../provisioning/steps';
import type { Cause, Mend } from '../trace';
import type { CertificateFacts, DiagnosisFacts } from './facts';

const documentation = 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-actions.html';

/** Who holds the certificate: it decides which file and which step mend its policy. */
export interface Holder {
  readonly kind: 'claim' | 'device';
  readonly certificate: CertificateFacts;
  readonly caller: Caller;
}

export function claimHolder(facts: DiagnosisFacts): Holder {
  return { kind: 'claim', certificate: facts.claim, caller: { clientId: facts.clientId, certificateId: facts.claim.id } };
}

export function deviceHolder(facts: DiagnosisFacts): Holder {
  const { device } = facts;
  const certificate = device ?? { id: '' };
  const thing = device?.thingName === undefined ? {} : { thing: { name: device.thingName, attached: true, ...(device.exclusive === undefined ? {} : { exclusive: device.exclusive }) } };
  return { kind: 'device', certificate, caller: { clientId: device?.thingName ?? facts.clientId, certificateId: certificate.id, ...thing } };
}

/** Why the holder's policies do not allow this; undefined when they do, or could not be read. */
export function policyCause(question: Question, holder: Holder, facts: DiagnosisFacts): Cause | undefined {
  const { policies } = holder.certificate;
  // A temporary claim carries its rights in itself.
  if (policies === undefined || (holder.kind === 'claim' && facts.claim.temporary)) return undefined;
  if (policies.length === 0) return noPolicy(holder, facts);
  const evaluator = new PolicyEvaluator(policies);
  const decision = evaluator.ask(question, holder.caller, facts.target);
  if (decision.outcome === 'allowed') return undefined;
  return decision.outcome === 'explicitDeny' ? denial(decision, policies, facts) : gap(decision, evaluator.missing(decision.request), holder, facts);
}

function noPolicy({ kind }: Holder, facts: DiagnosisFacts): Cause {
  if (kind === 'claim') {
    return {
      code: 'claimWithoutPolicy',
      text: l10n.t('The claim certificate carries no policy, so it may do nothing.'),
      mends: [{ label: l10n.t('Attach the Claim Policy'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'claimCertificate' } } }],
      documentation,
    };
  }
  return {
    code: 'deviceWithoutPolicy',
    text: l10n.t('The device\'s certificate carries no policy: template {0} gives it none.', facts.template.name),
    place: l10n.t('template {0}, Resources', facts.template.name),
    mends: openTemplate(facts, 0),
    documentation,
  };
}

function denial({ by, request }: Decision, policies: readonly NamedPolicy[], facts: DiagnosisFacts): Cause {
  const policy = by?.policy ?? '';
  const text = policies.find(({ name }) => name === policy)?.text ?? '';
  const file = facts.policyFiles.get(policy);
  return {
    code: 'policyDenies',
    text: l10n.t('The policy {0} denies {1} on {2}. A denial wins over everything that allows.', policy, request.action, request.resource),
    place: statementPlace(policy, by),
    statement: by === undefined ? '' : text.slice(by.offset, by.offset + by.length),
    mends:
      file === undefined
        ? []
        : [
            { label: l10n.t('Open {0}', file.file), act: { kind: 'remedy', remedy: { kind: 'openFile', file: file.file, offset: by?.offset ?? 0 } } },
            { label: publishLabel(file.step), act: { kind: 'remedy', remedy: { kind: 'runStep', step: file.step } } },
          ],
    documentation,
  };
}

function gap({ request, smallest }: Decision, missing: readonly string[], { kind, certificate }: Holder, facts: DiagnosisFacts): Cause {
  const names = certificate.policies?.map(({ name }) => name) ?? [];
  const known = names.flatMap((name) => facts.policyFiles.get(name) ?? [])[0];
  const file = known ?? (kind === 'claim' ? { file: WorkspaceFileNames.claimPolicy, step: 'claimCertificate' as const } : { file: WorkspaceFileNames.iotPolicy, step: 'iotPolicy' as const });
  const why = missing.length === 0 ? '' : ` ${l10n.t('Without a value on this call: {0}.', missing.join(', '))}`;
  const statement = smallest === undefined ? undefined : JSON.stringify(smallest, undefined, 2);
  const mends: Mend[] = [
    ...(smallest === undefined ? [] : [{ label: l10n.t('Add This Statement to {0}', file.file), act: { kind: 'insertStatement', file: file.file, statement: smallest } } as const]),
    { label: publishLabel(file.step), act: { kind: 'remedy', remedy: { kind: 'runStep', step: file.step } } },
    ...(statement === undefined ? [] : [{ label: l10n.t('Copy Statement'), act: { kind: 'remedy', remedy: { kind: 'copy', label: l10n.t('Copy Statement'), text: statement } } } as const]),
  ];
  return {
    code: 'policyGap',
    text: `${l10n.t('No statement of {0} allows {1} on {2}.', names.join(', '), request.action, request.resource)}${why}`,
    place: l10n.t('policy {0}', names.join(', ')),
    ...(statement === undefined ? {} : { statement }),
    mends,
    documentation,
  };
}

function statementPlace(policy: string, by: Decision['by']): string {
  if (by === undefined) return l10n.t('policy {0}', policy);
  return by.sid === undefined ? l10n.t('policy {0}, statement {1}', policy, by.statement + 1) : l10n.t('policy {0}, statement {1} ({2})', policy, by.statement + 1, by.sid);
}

function publishLabel(step: StepId): string {
  return step === 'claimCertificate' ? l10n.t('Publish the Claim Policy') : l10n.t('Publish IoT Policy');
}

/** Leads to a place in the template's file, when the folder has what is deployed. */
export function openTemplate(facts: DiagnosisFacts, offset: number): readonly Mend[] {
  const { file } = facts.template;
  const open: Mend[] = file === undefined ? [] : [{ label: l10n.t('Open {0}', file), act: { kind: 'remedy', remedy: { kind: 'openFile', file, offset } } }];
  return [...open, { label: l10n.t('Deploy Provisioning Template'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'provisioningTemplate' } } }];
}
