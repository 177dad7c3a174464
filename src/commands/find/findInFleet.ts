import * as vscode from 'vscode';
import { CancelledError, FleetError } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Choice } from '../../core/ports/interaction';
import { Commands, type CommandId } from '../../ids';
import { deployedUri } from '../../platform/deployedUri';
import { RegionsSearch } from '../../services/search/regionsSearch';
import type { FindCommandsDeps } from '../findCommands';
import { findItems, makeButtons, nounOf, type Chosen, type ChosenHit } from './findItems';

const prices = 'https://aws.amazon.com/iot-device-management/pricing/';

/** Finds something as one types, then asks what to do with it. Closing either list ends it. */
export async function findInFleet(deps: FindCommandsDeps, start: string): Promise<void> {
  const connection = await deps.session.connection();
  let text = start;
  for (;;) {
    const chosen = await choose(deps, connection, text, (typed) => (text = typed));
    if (chosen === undefined) throw new CancelledError();
    if (chosen.kind === 'hit') return act(deps, connection, chosen);
    await (chosen.kind === 'turnOn' ? turnOn(deps, connection) : turnOff(deps, connection));
  }
}

async function choose({ window, ui, registry, regions }: FindCommandsDeps, connection: Connection, start: string, typed: (text: string) => void): Promise<Chosen | undefined> {
  const search = new RegionsSearch(connection, regions);
  const buttons = makeButtons();
  const { target } = connection;
  const run = (id: CommandId, copyText: string): void => void registry.run(id, { copyText });
  try {
    return await window.livePick<Chosen>({
      title: vscode.l10n.t('Find in the Fleet'),
      placeholder: vscode.l10n.t('Name, ARN or certificate ID of a thing, core device, certificate or policy · {0}, {1}', target.account, target.region),
      value: start,
      async search(text, show, signal) {
        typed(text);
        await search.search(text, (found) => show(findItems(text, found, buttons, target)), signal);
      },
      pressed(item, button) {
        if (button === buttons.prices) void vscode.env.openExternal(vscode.Uri.parse(prices, true));
        if (item.value?.kind !== 'hit') return;
        if (button === buttons.copy) run(Commands.copyValue, item.value.hit.arn);
        if (button === buttons.console) run(Commands.openInConsole, item.value.hit.arn);
      },
      failed: (error) => ui.warn(error instanceof Error ? error.message : String(error)),
    });
  } finally {
    search.dispose();
  }
}

/**
 * What is in another region than the connected one is shown after a switch there. The guard of all commands refuses the rest
 * and offers the same switch: the same name here is another resource.
 */
async function act({ ui, registry, reveal }: FindCommandsDeps, { target }: Connection, { hit, region }: ChosenHit): Promise<void> {
  const run = (id: CommandId, copyText: string) => async (): Promise<unknown> => registry.run(id, { copyText });
  const elsewhere = region !== target.region;
  const show = async (): Promise<void> => {
    if (!elsewhere || (await registry.run(Commands.switchRegion, region)) === 'done') await reveal(hit);
  };
  const choices: Choice<() => Promise<unknown>>[] = [
    ...(hit.kind === 'policy' ? [{ label: vscode.l10n.t('Open Document'), value: async () => vscode.window.showTextDocument(deployedUri('policy', { ...target, region }, hit.name), { preview: true }) }] : []),
    { label: vscode.l10n.t('Show among the Resources'), description: elsewhere ? vscode.l10n.t('switches to {0}', region) : vscode.l10n.t('with all that hangs on it'), value: show },
    { label: vscode.l10n.t('Show Relations'), description: vscode.l10n.t('what it uses, and what uses it'), value: run(Commands.showRelations, hit.arn) },
    { label: vscode.l10n.t('Copy ARN'), description: hit.arn, value: run(Commands.copyValue, hit.arn) },
    { label: hit.kind === 'certificate' ? vscode.l10n.t('Copy ID') : vscode.l10n.t('Copy Name'), description: hit.name, value: run(Commands.copyValue, hit.name) },
    ...(hit.kind === 'thing' || hit.kind === 'coreDevice' ? [{ label: vscode.l10n.t('Watch the Core Device'), value: run(Commands.watchCoreDevice, hit.arn) }] : []),
    ...(target.isSandbox ? [] : [{ label: vscode.l10n.t('Open in AWS Console'), value: run(Commands.openInConsole, hit.arn) }]),
  ];
  const title = [`${nounOf(hit.kind)} ${hit.name}`, ...(elsewhere ? [region] : [])].join(' · ');
  const action = await ui.choose({ title, choices });
  await action();
}

async function turnOn({ ui }: FindCommandsDeps, { iot, target }: Connection): Promise<void> {
  await ui.confirm({
    title: vscode.l10n.t('Turn on fleet indexing?'),
    detail: vscode.l10n.t('AWS IoT then indexes the registry and the connectivity of all things of this account and region. AWS bills each update of the index and each query, for as long as it is on: {0}', prices),
    action: vscode.l10n.t('Turn On'),
    target,
  });
  // Somebody may have turned it on meanwhile, with shadows.
  const { things } = await iot.getIndexing();
  await iot.updateIndexing({ things: things === 'OFF' ? 'REGISTRY' : things, connectivity: true });
  const ready = (await iot.describeThingIndex()) === 'ACTIVE';
  ui.inform(ready ? vscode.l10n.t('Fleet indexing is on.') : vscode.l10n.t('Fleet indexing is on. AWS reads all things once, which takes minutes for a large fleet.'));
}

async function turnOff({ ui }: FindCommandsDeps, { iot, target }: Connection): Promise<void> {
  await ui.confirm({
    title: vscode.l10n.t('Turn off fleet indexing?'),
    detail: vscode.l10n.t('AWS IoT deletes the index of this account and region. Whatever else uses it stops working: dynamic thing groups, fleet metrics, queries of other programs.'),
    action: vscode.l10n.t('Turn Off'),
    target,
  });
  const now = await iot.getIndexing();
  if (now.more === true || now.things === 'REGISTRY_AND_SHADOW') {
    throw new FleetError(vscode.l10n.t('Fleet indexing now covers shadows, custom fields or Device Defender as well, which somebody has set up.'), {
      category: 'conflict',
      code: 'indexingCoversMore',
      advice: vscode.l10n.t('It was left on. Turn it off in the settings of AWS IoT in the console if nobody needs it.'),
    });
  }
  await iot.updateIndexing({ things: 'OFF', connectivity: false });
  ui.inform(vscode.l10n.t('Fleet indexing is off.'));
}
