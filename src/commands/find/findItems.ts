import * as vscode from 'vscode';
import { ageText } from '../../core/coreDevices/words';
import type { AwsTarget } from '../../core/ports/identity';
import { completions } from '../../core/search/completions';
import { hitKinds, type FleetHit } from '../../core/search/hits';
import type { ListedKind } from '../../core/search/plan';
import type { LiveItem } from '../../platform/liveSearch';
import type { Findings } from '../../services/search/fleetSearch';
import type { RegionFindings } from '../../services/search/regionsSearch';

export interface ChosenHit {
  readonly kind: 'hit';
  readonly hit: FleetHit;
  readonly region: string;
}
export type Chosen = ChosenHit | { readonly kind: 'turnOn' } | { readonly kind: 'turnOff' };
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

/** All rows of the list for what is known now, the connected region first. The account has chosen them, so VS Code leaves none out. */
export function findItems(text: string, regions: readonly RegionFindings[], buttons: Buttons, { region: connected, isSandbox }: Pick<AwsTarget, 'region' | 'isSandbox'>): readonly FindItem[] {
  const several = regions.some(({ region }) => region !== connected);
  const items = regions.flatMap((one) => hitItems(one, buttons, isSandbox, several));
  const [first] = regions;
  const ways = first?.findings === undefined ? [] : completions(text, first.findings);
  if (ways.length > 0) {
    items.push(separator(vscode.l10n.t('search by')), ...ways.map(({ word, text: fill }): FindItem => ({ label: `$(symbol-field) ${word}`, fill, alwaysShow: true })));
  }
  const nothing = ways.length === 0 && regions.every(({ findings, problem }) => problem !== undefined || (findings?.hits.length === 0 && !findings.idle));
  const notes = [
    ...(nothing ? [note('info', regions.some(({ findings }) => findings?.more === true) ? vscode.l10n.t('Nothing found so far, in a part of the fleet only: type how the name begins.') : vscode.l10n.t('Nothing found.'))] : []),
    ...regions.flatMap((one) => notesOf(one, several, one.region === connected ? (findings) => indexingItems(text, findings, buttons) : undefined)),
  ];
  return notes.length === 0 ? items : [...items, ...(items.length === 0 ? [] : [separator('')]), ...notes];
}

function hitItems({ region, findings }: RegionFindings, buttons: Buttons, isSandbox: boolean, several: boolean): FindItem[] {
  if (findings === undefined) return [];
  const { hits, more } = findings;
  return hitKinds.flatMap((kind) => {
    const ofKind = hits.filter((hit) => hit.kind === kind);
    if (ofKind.length === 0) return [];
    return [
      separator(several ? `${region} · ${titleOf(kind)}` : titleOf(kind)),
      ...ofKind.map((hit) => hitItem({ kind: 'hit', hit, region }, buttons, isSandbox, several)),
      ...(kind === 'thing' && more ? [note('ellipsis', vscode.l10n.t('There are more: go on typing.'))] : []),
    ];
  });
}

/** What else is to be said of a region: that it is still being asked, what it refused, what was left out. */
function notesOf({ region, findings, problem }: RegionFindings, several: boolean, indexing: ((findings: Findings) => readonly FindItem[]) | undefined): readonly FindItem[] {
  const said = (icon: string, words: string): FindItem => note(icon, several ? `${region}: ${words}` : words);
  if (findings === undefined && problem === undefined) return [note('loading~spin', region)];
  const problems = [...(findings?.problems ?? []), ...(problem === undefined ? [] : [problem])];
  return [
    ...problems.map((words) => said('warning', words)),
    ...[...(findings?.partly ?? [])].map(([kind, count]) => said('info', partlyText(kind, count))),
    // It is turned on where the connection is only.
    ...(indexing !== undefined ? (findings === undefined ? [] : indexing(findings)) : findings?.needsIndexing === true ? [said('info', vscode.l10n.t('without fleet indexing, things are found by their whole name, attribute, type or group'))] : []),
  ];
}

function indexingItems(text: string, { needsIndexing, indexing }: Findings, buttons: Buttons): readonly FindItem[] {
  if (needsIndexing) return [note('info', vscode.l10n.t('Without fleet indexing, things are found by these:'), vscode.l10n.t('whole name, {0}', 'attr:NAME=VALUE, thingTypeName:TYPE, thingGroupNames:GROUP')), turnOnItem(buttons)];
  // Only what we turn on ourselves: who indexes more has a use of their own for it.
  return text.trim() === '' && indexing?.things === 'REGISTRY' && indexing.more !== true ? [turnOffItem(buttons)] : [];
}

function hitItem(value: ChosenHit, { copy, console }: Buttons, isSandbox: boolean, several: boolean): FindItem {
  const { hit, region } = value;
  const detail = detailOf(hit);
  return {
    label: `$(${icons[hit.kind]}) ${hit.name}`,
    // The region also where the separator says it: a row is read alone, and known again by its texts.
    description: [nounOf(hit.kind), ...(several ? [region] : []), ...stateOf(hit)].join(' · '),
    ...(detail === undefined ? {} : { detail }),
    buttons: isSandbox ? [copy] : [copy, console],
    alwaysShow: true,
    value,
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
