import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { FleetError } from '../../core/errors';
import type { AwsTarget } from '../../core/ports/identity';
import type { ProvisioningTemplate } from '../../core/ports/iotApi';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { TemplateProblem } from '../../core/provisioning/template/templateProblem';
import { templateFacts } from '../../core/provisioning/templateBody';
import { templateDocument } from '../../core/provisioning/templateDocument';
import type { FleetNames, StepId, StepState } from '../../core/provisioning/steps';
import type { FoundRole } from '../../core/stack/outputs';
import type { Clock } from '../../core/util/clock';
import { prettyJson, sameJson } from '../../core/util/json';
import { nameProblem } from '../../core/util/names';
import { lineOf } from './policyCheck';
import { withNewRole } from './rolePropagation';
import type { RunContext, Step, StepContext } from './stepContext';
import { createGroups, createTemplate, groupNotes, hookNotes, hookProblem, missingGroups, neededRole } from './templateCreation';
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
    const role = await neededRole(context);
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
    const groups = await this.check(context, text);
    if (template === undefined) await createTemplate(context, { name: names.templateName, text, role, groups, hookArn: this.wantedHook() }, this.clock);
    else await this.update(context, template, text, role, groups);
    if (!(await files.exists(file))) await files.write(file, text);
  }

  /** The file's text; a new file takes the deployed body where there is one. */
  private async fileText({ files }: RunContext, names: FleetNames, template: ProvisioningTemplate | undefined): Promise<string> {
    if (template !== undefined && !(await files.exists(file))) await files.write(file, prettyJson(template.templateBody));
    await this.createFile(files, names);
    return (await files.read(file)) ?? '';
  }

  /** Refuses a body that cannot work; returns the thing groups that have to be made. */
  private async check(context: RunContext, text: string): Promise<readonly string[]> {
    const problem = await this.checkTemplate(text, context.connection.target);
    if (problem !== undefined) {
      throw new FleetError(l10n.t('{0} has an error in line {1}: {2}', file, lineOf(text, problem.offset), problem.message), {
        category: 'validation',
        code: 'fileHasErrors',
        remedies: [{ kind: 'openFile', file, offset: problem.offset }],
      });
    }
    return missingGroups(context, file, text);
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
    await createGroups(context, groups);
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
}
