import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import type { fillPlaceholders, PlaceholderValues } from '../../core/policy/placeholders';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import { devicePolicyDocument } from '../../core/provisioning/devicePolicy';
import type { FleetNames, StepId, StepState } from '../../core/provisioning/steps';
import { iotArn } from '../../core/util/arn';
import { counted } from '../../core/util/counted';
import { prettyJson, sameJson } from '../../core/util/json';
import { placeholderText, refuseFaults, type PolicyCheck } from './policyCheck';
import { publishPolicy } from './policyPublisher';
import { missingStep, type RunContext, type Step, type StepContext } from './stepContext';

const file = WorkspaceFileNames.iotPolicy;

/** The policy of the devices: a workspace file, its placeholders filled from the account, published as an IoT policy. */
export class IotPolicyStep implements Step {
  readonly id = 'iotPolicy';

  constructor(private readonly check: PolicyCheck) {}

  plan(names: FleetNames): string {
    return l10n.t('IoT policy {0} for the devices, from {1}', names.iotPolicyName, file);
  }

  /** Writes the workshop's policy unless the file exists. */
  async createFile(files: WorkspaceFiles): Promise<boolean> {
    if (await files.exists(file)) return false;
    await files.write(file, devicePolicyDocument);
    return true;
  }

  async inspect({ connection, files, look, signal }: StepContext): Promise<StepState> {
    const { iotPolicyName: name } = await look.names();
    const [text, policy] = await Promise.all([files.read(file), connection.iot.getPolicy(name, { signal })]);
    const state = { id: this.id as StepId, ...(text === undefined ? {} : { file }), resources: policy === undefined ? [] : [{ kind: l10n.t('IoT policy'), name, arn: policy.arn }] };
    if (policy === undefined) {
      if (text === undefined) return { ...state, status: 'notStarted', summary: l10n.t('No file and no IoT policy {0} yet', name) };
      const { findPlaceholders } = await placeholderText();
      const open = findPlaceholders(text, { account: connection.target.account }).length;
      const summary = open === 0 ? l10n.t('File ready, IoT policy {0} not published yet', name) : counted(open, l10n.t('1 placeholder to resolve, then publish'), l10n.t('{0} placeholders to resolve, then publish', open));
      return { ...state, status: 'notStarted', summary };
    }
    if (text === undefined) return { ...state, status: 'differs', summary: l10n.t('{0} is in the account, but its file is not in this folder', name) };
    if (sameJson(text, policy.document)) return { ...state, status: 'done', summary: l10n.t('{0}, version {1}', name, policy.defaultVersionId) };
    return { ...state, status: 'differs', summary: l10n.t('The file differs from {0}, version {1}', name, policy.defaultVersionId) };
  }

  async run(context: RunContext): Promise<void> {
    const { connection, files, look, signal, progress } = context;
    progress.report(l10n.t('Looking at the IoT policy …'));
    const { iotPolicyName: name } = await look.names();
    const present = await files.exists(file);
    if (!present) {
      const deployed = await connection.iot.getPolicy(name, { signal });
      if (deployed !== undefined) {
        // The account has it already: the folder takes it over, and nothing is published.
        await files.write(file, prettyJson(deployed.document));
        return;
      }
      await this.createFile(files);
    }
    const text = (await files.read(file)) ?? '';
    const filled = await this.fill(context, text);
    refuseFaults(file, filled.text, filled.left, await this.check(filled.text, connection.target));
    await publishPolicy(context, {
      name,
      document: filled.text,
      file,
      notes: filled.notes,
      // Nobody was asked anything since.
      missing: !present && context.approved,
      agreed: async () => {
        if (filled.text !== text) await files.write(file, filled.text);
      },
    });
  }

  private async fill(context: RunContext, text: string): Promise<ReturnType<typeof fillPlaceholders> & { readonly notes: readonly string[] }> {
    const { target } = context.connection;
    const { fillPlaceholders, findPlaceholders } = await placeholderText();
    const open = findPlaceholders(text, { account: target.account });
    const kinds = new Set(open.map((placeholder) => placeholder.kind));
    const values: PlaceholderValues = {
      ...(kinds.has('accountId') ? { accountId: target.account } : {}),
      ...(kinds.has('region') ? { region: target.region } : {}),
      ...(kinds.has('roleAliasArn') ? { roleAliasArn: await this.aliasArn(context) } : {}),
    };
    const notes = open.flatMap((placeholder) => {
      const value = values[placeholder.kind];
      return value === undefined ? [] : [l10n.t('{0} becomes {1}', placeholder.text, value)];
    });
    return { ...fillPlaceholders(text, values), notes: [...new Set(notes)] };
  }

  /** The alias that the policy shall name: the one of step 2, or the person's choice when there are others. */
  private async aliasArn({ connection, look, signal, ui, approved }: RunContext): Promise<string> {
    const { roleAliasName: own } = await look.names();
    // Whoever agreed to everything agreed to this alias, which may be in the making beside this step.
    if (approved) return iotArn(connection.target, `rolealias/${own}`);
    const names: string[] = [];
    for await (const name of connection.iot.listRoleAliases({ signal })) names.push(name);
    const arn = (name: string): string => iotArn(connection.target, `rolealias/${name}`);
    if (names.includes(own) && names.length === 1) return arn(own);
    const sorted = [...names.filter((name) => name === own), ...names.filter((name) => name !== own).sort()];
    const [only] = sorted;
    if (only === undefined) throw missingStep(l10n.t('This account has no role alias in {0} that the policy could name.', connection.target.region), 'roleAlias', 'noRoleAlias');
    if (sorted.length === 1) return arn(only);
    return ui.choose({
      title: l10n.t('Which role alias may the devices use?'),
      placeholder: l10n.t('Its ARN replaces the placeholder in {0}', file),
      choices: sorted.map((name) => ({ label: name, detail: arn(name), value: arn(name), ...(name === own ? { description: l10n.t('made by step 2') } : {}) })),
    });
  }
}
