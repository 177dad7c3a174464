import * as vscode from 'vscode';
import { ageText } from '../../core/coreDevices/words';
import { completions } from '../../core/search/completions';
import { hitKinds, type FleetHit } from '../../core/search/hits';
import type { ListedKind } from '../../core/search/plan';
import type { LiveItem } from '../../platform/liveSearch';
import type { Findings } from '../../services/search/fleetSearch';

export type Chosen = { readonly kind: 'hit'; readonly hit: FleetHit } | { readonly kind: 'turnOn' } | { readonly kind: 'turnOff' };
export type FindItem = LiveItem<Chosen>;

export interface Buttons {
  readonly copy: vscode.QuickInputButton;
  readonly console: vscode.QuickInputButton;
  readonly prices: vscode.QuickInputButton;
}

export function makeButtons(): Buttons {
  return {
    copy: { iconPath: new vscode.ThemeIcon('copy'), tooltip: vscode.l10n.t('Copy ARN') },
    console: { iconPath: new vscode.ThemeIcon('link-external'), tooltip: vscode.l10n.t('Open in AWS Console') },
    prices: { iconPath: new vscode.ThemeIcon('link-external'), tooltip: vscode.l10n.t('Prices of fleet indexing') },
  };
}

const icons: Readonly<Record<FleetHit['kind'], string>> = { thing: 'circuit-board', coreDevice: 'server-environment', certificate: 'verified', policy: 'shield' };

/** All rows of the list for what is known now. The account has chosen them, so VS Code leaves none out. */
export function findItems(text: string, findings: Findings, buttons: Buttons, isSandbox: boolean): readonly FindItem[] {
  const { hits, indexing, needsIndexing, more, partly, problems, idle, values, attributes } = findings;
  const items: FindItem[] = [];
  for (const kind of hitKinds) {
    const ofKind = hits.filter((hit) => hit.kind === kind);
    if (ofKind.length === 0) continue;
    items.push(separator(titleOf(kind)), ...ofKind.map((hit) => hitItem(hit, buttons, isSandbox)));
    if (kind === 'thing' && more) items.push(note('ellipsis', vscode.l10n.t('There are more: go on typing.')));
  }
  const ways = completions(text, { indexing, attributes, values });
  if (ways.length > 0) {
    items.push(separator(vscode.l10n.t('search by')), ...ways.map(({ word, text: fill }): FindItem => ({ label: `$(symbol-field) ${word}`, fill, alwaysShow: true })));
  }
  // Only what we turn on ourselves: who indexes more has a use of their own for it.
  const ours = text.trim() === '' && indexing?.things === 'REGISTRY' && indexing.more !== true;
  const notes = [
    ...problems.map((problem) => note('warning', problem)),
    ...(hits.length === 0 && !idle && completions.length === 0 ? [note('info', more ? vscode.l10n.t('Nothing found so far, in a part of the fleet only: type how the name begins.') : vscode.l10n.t('Nothing found.'))] : []),
    ...[...partly].map(([kind, count]) => note('info', partlyText(kind, count))),
    ...(needsIndexing ? [note('info', vscode.l10n.t('Without fleet indexing, things are found by these:'), vscode.l10n.t('whole name, {0}', 'attr:NAME=VALUE, thingTypeName:TYPE, thingGroupNames:GROUP')), turnOnItem(buttons)] : []),
    ...(ours ? [turnOffItem(buttons)] : []),
  ];
  return notes.length === 0 ? items : [...items, ...(items.length === 0 ? [] : [separator('')]), ...notes];
}

function hitItem(hit: FleetHit, { copy, console }: Buttons, isSandbox: boolean): FindItem {
  const detail = detailOf(hit);
  return {
    label: `$(${icons[hit.kind]}) ${hit.name}`,
    description: [nounOf(hit.kind), ...stateOf(hit)].join(' · '),
    ...(detail === undefined ? {} : { detail }),
    buttons: isSandbox ? [copy] : [copy, console],
    alwaysShow: true,
    value: { kind: 'hit', hit },
  };
}

function turnOnItem({ prices }: Buttons): FindItem {
  return { label: `$(search) ${vscode.l10n.t('Turn on fleet indexing (costs money)…')}`, detail: vscode.l10n.t('Finds things by parts of names, attributes, groups and connectivity.'), buttons: [prices], alwaysShow: true, value: { kind: 'turnOn' } };
}

function turnOffItem({ prices }: Buttons): FindItem {
  return { label: `$(circle-slash) ${vscode.l10n.t('Turn off fleet indexing…')}`, detail: vscode.l10n.t('It costs money for as long as it is on.'), buttons: [prices], alwaysShow: true, value: { kind: 'turnOff' } };
}

/** A row that says something and cannot be chosen. */
function note(icon: string, label: string, detail?: string): FindItem {
  return { label: `$(${icon}) ${label}`, ...(detail === undefined ? {} : { detail }), alwaysShow: true };
}

function separator(label: string): FindItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function partlyText(kind: ListedKind, count: number): string {
  const texts = {
    policy: vscode.l10n.t('Only the first {0} policies were looked through; a whole name finds the others.', count),
    coreDevice: vscode.l10n.t('Only the first {0} core devices were looked through; a whole name finds the others.', count),
    certificate: vscode.l10n.t('Only the newest {0} certificates were looked through; a whole ID finds the others.', count),
  };
  return texts[kind];
}

function titleOf(kind: FleetHit['kind']): string {
  const titles = { thing: vscode.l10n.t('things'), coreDevice: vscode.l10n.t('core devices'), certificate: vscode.l10n.t('certificates'), policy: vscode.l10n.t('policies') };
  return titles[kind];
}

export function nounOf(kind: FleetHit['kind']): string {
  const nouns = { thing: vscode.l10n.t('thing'), coreDevice: vscode.l10n.t('Greengrass core device'), certificate: vscode.l10n.t('certificate'), policy: vscode.l10n.t('IoT policy') };
  return nouns[kind];
}

function stateOf(hit: FleetHit): readonly string[] {
  switch (hit.kind) {
    case 'thing':
      return [...(hit.typeName === undefined ? [] : [hit.typeName]), ...(hit.connected === undefined ? [] : [hit.connected ? vscode.l10n.t('connected') : vscode.l10n.t('not connected')])];
    case 'coreDevice':
      return [hit.status, ...(hit.reportedAt === undefined ? [] : [ageText(hit.reportedAt, new Date())])];
    case 'certificate':
      return [hit.status];
    case 'policy':
      return [];
  }
}

function detailOf(hit: FleetHit): string | undefined {
  if (hit.kind !== 'thing') return undefined;
  const parts = [...hit.groups, ...Object.entries(hit.attributes).map(([name, value]) => `${name}=${value}`)];
  return parts.length === 0 ? undefined : parts.join(' · ');
}
