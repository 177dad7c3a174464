import * as vscode from 'vscode';
import type { Connection } from '../core/ports/connection';
import type { Choice, Interaction } from '../core/ports/interaction';
import { iotArn } from '../core/util/arn';
import type { ProgressRunner } from '../platform/progress';

/** Those that a person may look through; such a list has a filter. */
const mostOffered = 250;

type Kind = 'stack' | 'roleAlias' | 'template' | 'thingGroup';

/** What relations are asked of: the fleet of the settings, something found as one types, or the ARN of one resource of a list. */
export async function chosenStart(ui: Interaction, progress: ProgressRunner, connection: Connection): Promise<'fleet' | 'found' | { readonly arn: string } | undefined> {
  const title = vscode.l10n.t('Relations of what?');
  const kind = await ui.choose<'fleet' | 'found' | Kind>({
    title,
    choices: [
      { label: vscode.l10n.t('The fleet of the settings'), detail: vscode.l10n.t('Stack, role alias, policies, template and claims.'), value: 'fleet' },
      { label: vscode.l10n.t('A thing, core device, certificate or policy …'), detail: vscode.l10n.t('Found as you type.'), value: 'found' },
      { label: vscode.l10n.t('A provisioning template …'), value: 'template' },
      { label: vscode.l10n.t('A role alias …'), value: 'roleAlias' },
      { label: vscode.l10n.t('A thing group …'), value: 'thingGroup' },
      { label: vscode.l10n.t('A stack …'), value: 'stack' },
    ],
  });
  if (kind === 'fleet' || kind === 'found') return kind;
  const choices = await progress.run(vscode.l10n.t('Relations'), async (_, signal) => listed(connection, kind, signal));
  if (choices.length === 0) {
    ui.inform(vscode.l10n.t('There is none in account {0}, {1}.', connection.target.account, connection.target.region));
    return undefined;
  }
  return { arn: await ui.choose({ title, choices }) };
}

async function listed({ iot, stacks, target }: Connection, kind: Kind, signal: AbortSignal): Promise<readonly Choice<string>[]> {
  const call = { signal };
  switch (kind) {
    case 'stack':
      return first(stacks.listStacks(call), ({ name, id, status }) => ({ label: name, description: status, value: id }));
    case 'roleAlias':
      return first(iot.listRoleAliases(call), (name) => ({ label: name, value: iotArn(target, `rolealias/${name}`) }));
    case 'template':
      return first(iot.listProvisioningTemplates(call), ({ name }) => ({ label: name, value: iotArn(target, `provisioningtemplate/${name}`) }));
    case 'thingGroup':
      return first(iot.listThingGroups(call), ({ name }) => ({ label: name, value: iotArn(target, `thinggroup/${name}`) }));
  }
}

async function first<T>(items: AsyncIterable<T>, choice: (item: T) => Choice<string>): Promise<readonly Choice<string>[]> {
  const found: Choice<string>[] = [];
  for await (const item of items) {
    found.push(choice(item));
    if (found.length === mostOffered) break;
  }
  return found;
}
