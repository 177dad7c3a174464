import * as l10n from '@vscode/l10n';
import type { DeployedSubject } from '../../core/deployedFiles';
import { FleetError } from '../../core/errors';
import type { Clock } from '../../core/util/clock';
import { sameJson } from '../../core/util/json';
import { lineOf, placeholderText, refuseFaults, type PolicyCheck } from './policyCheck';
import { publishPolicy } from './policyPublisher';
import type { TemplateCheck } from './provisioningTemplateStep';
import type { RunContext } from './stepContext';
import { createTemplate, hookProblem, missingGroups, neededRole } from './templateCreation';
import { addTemplateVersion, reviewTemplateVersion } from './templateVersion';

export interface FileChecks {
  readonly policy: PolicyCheck;
  readonly template: TemplateCheck;
  /** ARN of the hook that a new template gets; empty: none. */
  readonly hookArn: string;
  readonly clock: Clock;
}

/**
 * Publishes a file that carries the name of a policy or provisioning template and is none of the steps'. What is missing is
 * made: a template with the stack's provisioning role and the hook of the settings, as the fourth step makes its own.
 * `file`: relative to the folder.
 */
export async function publishFile(context: RunContext, subject: DeployedSubject, file: string, checks: FileChecks): Promise<void> {
  const text = await context.files.read(file);
  if (text === undefined) throw new FleetError(l10n.t('{0} is not in the folder.', file), { category: 'file', code: 'fileMissing' });
  await (subject.kind === 'policy' ? publishPolicyFile(context, subject.name, file, text, checks.policy) : publishTemplateFile(context, subject.name, file, text, checks));
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

async function publishTemplateFile(context: RunContext, name: string, file: string, text: string, checks: FileChecks): Promise<void> {
  const { connection, signal } = context;
  const { target } = connection;
  const problem = await checks.template(text, target);
  if (problem !== undefined) {
    throw new FleetError(l10n.t('{0} has an error in line {1}: {2}', file, lineOf(text, problem.offset), problem.message), { category: 'validation', code: 'fileHasErrors', remedies: [{ kind: 'openFile', file, offset: problem.offset }] });
  }
  const template = await connection.iot.describeProvisioningTemplate(name, { signal });
  if (template === undefined) return makeTemplate(context, name, file, text, checks);
  if (sameJson(template.templateBody, text)) return;
  await reviewTemplateVersion(context, template, text, file, []);
  await addTemplateVersion(context, name, text);
}

async function makeTemplate(context: RunContext, name: string, file: string, text: string, { hookArn, clock }: FileChecks): Promise<void> {
  const wrong = hookProblem(hookArn, context.connection.target);
  if (wrong !== undefined) throw new FleetError(wrong, { category: 'validation', code: 'invalidName' });
  const role = await neededRole(context);
  await createTemplate(context, { name, text, role, groups: await missingGroups(context, file, text), hookArn }, clock);
}
