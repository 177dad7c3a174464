import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { FleetError } from '../../core/errors';
import type { AwsTarget } from '../../core/ports/identity';
import type { ProvisioningTemplate } from '../../core/ports/iotApi';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { TemplateProblem } from '../../core/provisioning/template/templateProblem';
import { compactTemplate, templateFacts } from '../../core/provisioning/templateBody';
import { templateDocument } from '../../core/provisioning/templateDocument';
import type { FleetNames, StepId, StepState } from '../../core/provisioning/steps';
import type { FoundRole } from '../../core/stack/outputs';
import type { Clock } from '../../core/util/clock';
import { parseArn } from '../../core/util/arn';
import { prettyJson, sameJson } from '../../core/util/json';
import { nameProblem } from '../../core/util/names';
import { lineOf } from './policyCheck';
import { withNewRole } from './rolePropagation';
import { confirmCreation, missingStep, type RunContext, type Step, type StepContext } from './stepContext';
import { addTemplateVersion, reviewTemplateVersion } from './templateVersion';

const file = WorkspaceFileNames.provisioningTemplate;

/** Finds the first error of a template that goes to the account. */
export type TemplateCheck = (text: string, target: AwsTarget) => Promise<TemplateProblem | undefined>;

/** With the severities that the rules have of themselves. Loaded on first use: it brings the whole analysis. */
export const plainTemplateCheck: TemplateCheck = async (text, { partition, region, account }) => {
  const { templateProblem } = await import(/* webpackChunkName: "policy" */ '../../core/provisioning/template/templateProblem');
  return templateProblem(text, { target: { partition, region, account } });
};

/** The recipe by which AWS IoT makes a thing of a claiming device, and the thing groups that the recipe names. */
export class ProvisioningTemplateStep implements Step {
  readonly id = 'provisioningTemplate';

  constructor(
    private readonly clock: Clock,
    private readonly checkTemplate: TemplateCheck = plainTemplateCheck,
    /** ARN of the pre-provisioning hook that the settings name; empty: a hook of the template is left as it is. */
    private readonly wantedHook: () => string = () => '',
  ) {}

  plan(names: FleetNames): string {
    return l10n.t('Provisioning template {0}, enabled, with thing group {1}', names.templateName, names.thingGroupName);
  }

  /** Writes the template for Greengrass core devices unless the file exists. */
  async createFile(files: WorkspaceFiles, names: FleetNames): Promise<boolean> {
    if (await files.exists(file)) return false;
    await files.write(file, templateDocument(names));
    return true;
  }

  async inspect({ connection, files, look, signal }: StepContext): Promise<StepState> {
    const { templateName: name } = await look.names();
    const [text, template] = await Promise.all([files.read(file), connection.iot.describeProvisioningTemplate(name, { signal })]);
    const state = { id: this.id as StepId, ...(text === undefined ? {} : { file }) };
    if (template === undefined) {
      const summary = text === undefined ? l10n.t('No file and no provisioning template {0} yet', name) : l10n.t('File ready, provisioning template {0} not created yet', name);
      return { ...state, status: 'notStarted', summary, resources: [] };
    }
    const groups = await Promise.all(templateFacts(template.templateBody).thingGroups.map(async (group) => ({ group, found: await connection.iot.describeThingGroup(group, { signal }) })));
    const resources = [
      { kind: l10n.t('provisioning template'), name, arn: template.arn },
      ...groups.flatMap(({ found }) => (found === undefined ? [] : [{ kind: l10n.t('thing group'), name: found.name, arn: found.arn }])),
    ];
    const missing = groups.find(({ found }) => found === undefined)?.group;
    const role = await look.meaning().then((meaning) => meaning?.provisioningRole, () => undefined);
    const differs = (summary: string): StepState => ({ ...state, status: 'differs', summary, resources });
    if (!template.enabled) return differs(l10n.t('{0} is disabled: devices are refused', name));
    if (missing !== undefined) return differs(l10n.t('The thing group {0} that {1} names is missing', missing, name));
    if (role !== undefined && role.arn !== template.provisioningRoleArn) return differs(l10n.t('{0} uses another provisioning role', name));
    const hook = template.preProvisioningHook;
    if (this.wantsOtherHook(template)) return differs(hook === undefined ? l10n.t('{0} has no pre-provisioning hook', name) : l10n.t('{0} has another pre-provisioning hook', name));
    if (text === undefined) return differs(l10n.t('{0} is in the account, but its file is not in this folder', name));
    if (!sameJson(text, template.templateBody)) return differs(l10n.t('The file differs from {0}, version {1}', name, template.defaultVersionId));
    const detail = [l10n.t('Provisioning role: {0}', template.provisioningRoleArn), ...(hook === undefined ? [] : [l10n.t('Pre-provisioning hook: {0}, payload {1}', hook.targetArn, hook.payloadVersion)])];
    return { ...state, status: 'done', summary: l10n.t('{0}, version {1}, enabled', name, template.defaultVersionId), detail: detail.join('\n'), resources };
  }

  async run(context: RunContext): Promise<void> {
    const { connection, files, look, signal, progress } = context;
    progress.report(l10n.t('Looking at the provisioning template …'));
    const names = await look.names();
    const role = (await look.meaning())?.provisioningRole;
    if (role === undefined) {
      const message = l10n.t('There is no provisioning role yet: the stack {0} does not exist, is not ready, or has no output that names the role.', names.stackName);
      throw missingStep(message, 'rolesStack', 'noProvisioningRole');
    }
    const problem = nameProblem('template', names.templateName) ?? hookProblem(this.wantedHook(), connection.target);
    if (problem !== undefined) throw new FleetError(problem, { category: 'validation', code: 'invalidName' });
    const template = await connection.iot.describeProvisioningTemplate(names.templateName, { signal });
    if (template !== undefined && template.type !== 'FLEET_PROVISIONING') {
      throw new FleetError(l10n.t('{0} is a template of type {1}, which cannot become a fleet provisioning template.', names.templateName, template.type), {
        category: 'conflict',
        code: 'otherTemplateType',
        advice: l10n.t('Choose another template name in the settings.'),
      });
    }
    const text = await this.fileText(context, names, template);
    const missingGroups = await this.check(context, text);
    if (template === undefined) await this.create(context, names.templateName, text, role, missingGroups);
    else await this.update(context, template, text, role, missingGroups);
    if (!(await files.exists(file))) await files.write(file, text);
  }

  /** The file's text; a new file takes the deployed body where there is one. */
  private async fileText({ files }: RunContext, names: FleetNames, template: ProvisioningTemplate | undefined): Promise<string> {
    if (template !== undefined && !(await files.exists(file))) await files.write(file, prettyJson(template.templateBody));
    await this.createFile(files, names);
    return (await files.read(file)) ?? '';
  }

  /** Refuses a body that cannot work; returns the thing groups that have to be made. */
  private async check({ connection, signal }: RunContext, text: string): Promise<readonly string[]> {
    const problem = await this.checkTemplate(text, connection.target);
    if (problem !== undefined) {
      throw new FleetError(l10n.t('{0} has an error in line {1}: {2}', file, lineOf(text, problem.offset), problem.message), {
        category: 'validation',
        code: 'fileHasErrors',
        remedies: [{ kind: 'openFile', file, offset: problem.offset }],
      });
    }
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

  private async create(context: RunContext, name: string, text: string, role: FoundRole, groups: readonly string[]): Promise<void> {
    const hookArn = this.wantedHook();
    await confirmCreation(context, {
      title: l10n.t('Create the provisioning template {0}?', name),
      detail: [...groupNotes(groups), l10n.t('It is enabled at once, with the role {0}.', role.arn), ...hookNotes(hookArn)].join('\n'),
      action: l10n.t('Create Template'),
    });
    await this.createGroups(context, groups);
    const { connection, signal, progress } = context;
    progress.report(l10n.t('Creating the provisioning template {0} …', name));
    const input = { name, templateBody: compactTemplate(text), provisioningRoleArn: role.arn, enabled: true, ...(hookArn === '' ? {} : { hookArn }) };
    await withNewRole(() => connection.iot.createProvisioningTemplate(input, { signal }), { role, clock: this.clock, progress, signal });
  }

  private async update(context: RunContext, template: ProvisioningTemplate, text: string, role: FoundRole, groups: readonly string[]): Promise<void> {
    const { connection, signal, progress, ui } = context;
    const { name } = template;
    const newBody = !sameJson(template.templateBody, text);
    const newRole = template.provisioningRoleArn !== role.arn;
    const newHook = this.wantsOtherHook(template);
    const notes = [
      ...groupNotes(groups),
      ...(newRole ? [l10n.t('Role: {0} becomes {1}', template.provisioningRoleArn, role.arn)] : []),
      ...(newHook ? hookNotes(this.wantedHook()) : []),
      ...(template.enabled ? [] : [l10n.t('The template is disabled and gets enabled.')]),
    ];
    if (!newBody && notes.length === 0) return;
    if (newBody) await reviewTemplateVersion(context, template, text, file, notes);
    else await ui.confirm({ detail: notes.join('\n'), target: connection.target, title: l10n.t('Update the provisioning template {0}?', name), action: l10n.t('Update Template') });
    await this.createGroups(context, groups);
    if (newBody) await addTemplateVersion(context, name, text);
    if (newRole || newHook || !template.enabled) {
      const input = { name, ...(newHook ? { hookArn: this.wantedHook() } : {}), ...(newRole ? { provisioningRoleArn: role.arn } : {}), ...(template.enabled ? {} : { enabled: true }) };
      await withNewRole(() => connection.iot.updateProvisioningTemplate(input, { signal }), { role, clock: this.clock, progress, signal });
    }
  }

  private wantsOtherHook(template: ProvisioningTemplate): boolean {
    const wanted = this.wantedHook();
    return wanted !== '' && wanted !== template.preProvisioningHook?.targetArn;
  }

  private async createGroups({ connection, signal, progress }: RunContext, groups: readonly string[]): Promise<void> {
    await Promise.all(
      groups.map(async (name) => {
        progress.report(l10n.t('Creating the thing group {0} …', name));
        await connection.iot.createThingGroup({ name }, { signal });
      }),
    );
  }
}

function hookNotes(hookArn: string): readonly string[] {
  return hookArn === '' ? [] : [l10n.t('Pre-provisioning hook: {0} is asked about each device.', hookArn)];
}

/** "This Lambda function must exist in your account": https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
function hookProblem(hookArn: string, target: AwsTarget): string | undefined {
  if (hookArn === '') return undefined;
  const arn = parseArn(hookArn);
  if (arn?.service !== 'lambda' || !/^function:[\w-]+(:[\w$-]+)?$/.test(arn.resource)) return l10n.t('The pre-provisioning hook {0} is not the ARN of a Lambda function.', hookArn);
  if (arn.account !== target.account) return l10n.t('The pre-provisioning hook {0} is not in the connected account {1}.', hookArn, target.account);
  return undefined;
}

function groupNotes(groups: readonly string[]): readonly string[] {
  return groups.map((group) => l10n.t('The thing group {0} is created too.', group));
}
