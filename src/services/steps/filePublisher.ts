import * as l10n from '@vscode/l10n';
import type { DeployedSubject } from '../../core/deployedFiles';
import { FleetError } from '../../core/errors';
import { sameJson } from '../../core/util/json';
import { lineOf, placeholderText, refuseFaults, type PolicyCheck } from './policyCheck';
import { publishPolicy } from './policyPublisher';
import type { TemplateCheck } from './provisioningTemplateStep';
import type { RunContext } from './stepContext';
import { addTemplateVersion, reviewTemplateVersion } from './templateVersion';

/**
 * Publishes a file that carries the name of a policy or provisioning template and is none of the steps'. A policy is made when
 * it is missing; a template is not, because its role and thing groups are the fourth step's to say. `file`: relative to the folder.
 */
export async function publishFile(context: RunContext, subject: DeployedSubject, file: string, checks: { readonly policy: PolicyCheck; readonly template: TemplateCheck }): Promise<void> {
  const text = await context.files.read(file);
  if (text === undefined) throw new FleetError(l10n.t('{0} is not in the folder.', file), { category: 'file', code: 'fileMissing' });
  await (subject.kind === 'policy' ? publishPolicyFile(context, subject.name, file, text, checks.policy) : publishTemplateFile(context, subject.name, file, text, checks.template));
}

async function publishPolicyFile(context: RunContext, name: string, file: string, text: string, check: PolicyCheck): Promise<void> {
  const { connection: { target }, files } = context;
  const { fillPlaceholders } = await placeholderText();
  const filled = fillPlaceholders(text, { accountId: target.account, region: target.region });
  refuseFaults(file, filled.text, filled.left, await check(filled.text, target));
  await publishPolicy(context, {
    name,
    document: filled.text,
    file,
    notes: [],
    agreed: async () => {
      if (filled.text !== text) await files.write(file, filled.text);
    },
  });
}

async function publishTemplateFile(context: RunContext, name: string, file: string, text: string, check: TemplateCheck): Promise<void> {
  const { connection, signal } = context;
  const { target } = connection;
  const problem = await check(text, target);
  if (problem !== undefined) {
    throw new FleetError(l10n.t('{0} has an error in line {1}: {2}', file, lineOf(text, problem.offset), problem.message), { category: 'validation', code: 'fileHasErrors', remedies: [{ kind: 'openFile', file, offset: problem.offset }] });
  }
  const template = await connection.iot.describeProvisioningTemplate(name, { signal });
  if (template === undefined) {
    throw new FleetError(l10n.t('There is no provisioning template {0} in account {1}, {2}.', name, target.account, target.region), {
      category: 'notFound',
      code: 'noTemplate',
      advice: l10n.t('New versions can be published from this file once it is there. To make it, set greengrassFleet.templateName to {0} and run the step.', name),
    });
  }
  if (sameJson(template.templateBody, text)) return;
  await reviewTemplateVersion(context, template, text, file, []);
  await addTemplateVersion(context, name, text);
}
