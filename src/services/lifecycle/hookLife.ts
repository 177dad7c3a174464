import { randomUUID, X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { FleetError, isFleetError } from '../../core/errors';
import type { ProvisioningTemplate } from '../../core/ports/iotApi';
import type { StepRun } from '../../core/ports/services';
import { checkHookPermission, permissionCommand, type HookFinding } from '../../core/provisioning/hook/hookPermission';
import { hookPayload, hookVerdict, type HookPayload, type HookVerdict } from '../../core/provisioning/hook/hookPayload';
import { prettyJson } from '../../core/util/json';
import { WorkspaceFileNames } from '../../ids';
import { deviceParameters } from '../deviceParameters';
import { templateWithVersions } from './templateLife';

type Work = Pick<StepRun, 'connection' | 'files' | 'signal' | 'ui'>;

export const hookPage = 'https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html';

export interface HookCheck {
  readonly functionArn: string;
  /** Empty: AWS IoT may run the hook, for this template only. */
  readonly findings: readonly HookFinding[];
  /** AWS CLI command that mends it. */
  readonly command: string;
}

/** Holds the function's policy against what AWS IoT needs. Throws FleetError without template or hook. */
export async function checkHook(work: Work, templateName: string): Promise<HookCheck> {
  const { connection, signal } = work;
  const { template } = await templateWithVersions(work, templateName);
  const functionArn = template.preProvisioningHook?.targetArn;
  if (functionArn === undefined) throw noHook(templateName);
  const facts = { functionArn, templateArn: template.arn, account: connection.target.account };
  const policy = await connection.lambda.getPolicy(functionArn, { signal });
  return { functionArn, findings: checkHookPermission({ ...facts, policy }), command: permissionCommand(facts) };
}

/** Throws what stands in the way of the hook, with the command that mends it; says so when nothing does. */
export async function reportHook(work: Work, templateName: string): Promise<void> {
  const { functionArn, findings, command } = await checkHook(work, templateName);
  const [worst] = findings;
  if (worst === undefined) {
    work.ui.inform(l10n.t('AWS IoT may invoke the hook {0} for {1}, and for no other template.', functionArn, templateName));
    return;
  }
  const documentation = { kind: 'openDocumentation', url: hookPage } as const;
  const mendable = !findings.every(({ code }) => code === 'otherAccount' || code === 'denied' || code === 'unread' || code === 'unjudged');
  throw new FleetError(l10n.t('The pre-provisioning hook of {0}: {1}', templateName, findings.map(({ message }) => message).join(' ')), {
    category: 'permissions',
    code: `hook:${worst.code}`,
    advice: mendable
      ? l10n.t('Give AWS IoT the permission for this template with: {0}', command)
      : l10n.t('Change the policy of the function {0}.', functionArn),
    remedies: mendable ? [{ kind: 'copy', label: l10n.t('Copy the Command'), text: command }, documentation] : [documentation],
  });
}

/** A payload as AWS sends it for this template, and the hook that would get it. */
export async function hookPayloadFor(work: Work, templateName: string): Promise<{ readonly payload: HookPayload; readonly functionArn?: string }> {
  const { template } = await templateWithVersions(work, templateName);
  const functionArn = template.preProvisioningHook?.targetArn;
  return { payload: await payloadFor(work, template), ...(functionArn === undefined ? {} : { functionArn }) };
}

/** Runs the hook in the local AWS; in an account it might change what it keeps. `text` is what it answered or failed with, laid out. */
export async function runHook({ connection, signal }: Work, functionArn: string, payload: HookPayload): Promise<{ readonly text: string; readonly verdict: HookVerdict }> {
  const invoke = connection.lambda.invoke(functionArn, JSON.stringify(payload), { signal });
  const answer = await invoke.catch((error: unknown) => {
    if (!isFleetError(error) || error.category !== 'notFound') throw error;
    throw new FleetError(l10n.t('The local AWS has no function {0}.', functionArn), {
      category: 'notFound',
      code: 'noLocalFunction',
      advice: l10n.t('Start it with --hooks DIR, where the function NAME is the export "handler" of NAME.mjs.'),
      cause: error,
    });
  });
  return { text: prettyJson(answer.payload), verdict: hookVerdict(answer) };
}

async function payloadFor({ connection, files, signal }: Work, template: ProvisioningTemplate): Promise<HookPayload> {
  const [configuration, claim, root] = await Promise.all([
    files.read(WorkspaceFileNames.deviceConfiguration),
    files.read(WorkspaceFileNames.claimCertificate),
    connection.rootCaPem(signal),
  ]);
  const given = configuration === undefined ? {} : (await deviceParameters(configuration, template.templateBody)).values;
  // The certificate of a device is made for it alone: a hook that reads certificates gets one that can be read.
  const certificate = { id: idOf(root) ?? '0'.repeat(64), pem: root };
  return hookPayload({
    templateArn: template.arn,
    templateBody: template.templateBody,
    given,
    certificate,
    claimCertificateId: (claim === undefined ? undefined : idOf(claim)) ?? '0'.repeat(64),
    clientId: randomUUID(),
  });
}

/** SHA-256 of the DER, as AWS IoT names certificates. */
function idOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return undefined;
  }
}

function noHook(templateName: string): FleetError {
  return new FleetError(l10n.t('The provisioning template {0} has no pre-provisioning hook.', templateName), {
    category: 'notFound',
    code: 'noHook',
    advice: l10n.t('Name a Lambda function in the setting greengrassFleet.preProvisioningHook and deploy the template.'),
    remedies: [{ kind: 'runStep', step: 'provisioningTemplate' }, { kind: 'openDocumentation', url: hookPage }],
  });
}
