import * as l10n from '@vscode/l10n';
import type { ChangeSetChange } from '../ports/stackApi';
import { markdownTable } from './markdownTable';

/** Characters of a cell: names and ids of others can be thousands long. */
const longestCell = 160;

/**
 * A change set as a Markdown table, in words: what is added, changed, replaced or removed; what loses most comes first. Names
 * from the template cannot break out of their cell.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
 */
export function changeTable(changes: readonly ChangeSetChange[]): string {
  const head = [l10n.t('Change'), l10n.t('Resource'), l10n.t('Type'), l10n.t('Replaced'), l10n.t('What')];
  const rows = [...changes]
    .sort((a, b) => weight(a) - weight(b))
    .map((change) => [
      changeText(change),
      change.physicalId === undefined ? change.logicalId : `${cut(change.logicalId)} (${change.physicalId})`,
      change.resourceType,
      replacementText(change),
      (change.properties ?? change.scope).join(', '),
    ]);
  return markdownTable(head, rows.map((cells) => cells.map(cut)));
}

/** For example `1 added, 2 changed, 1 replaced`. */
export function changeCounts(changes: readonly ChangeSetChange[]): string {
  const count = (wanted: (change: ChangeSetChange) => boolean): number => changes.filter(wanted).length;
  const replaced = count((change) => change.replacement === 'True');
  const parts: readonly (readonly [number, (n: number) => string])[] = [
    [replaced, (n) => l10n.t('{0} replaced', n)],
    [count(({ action }) => action === 'Remove'), (n) => l10n.t('{0} removed', n)],
    [count(({ action, replacement }) => action === 'Modify' && replacement !== 'True'), (n) => l10n.t('{0} changed', n)],
    [count(({ action }) => action === 'Add'), (n) => l10n.t('{0} added', n)],
    [count(({ action, replacement }) => !['Add', 'Modify', 'Remove'].includes(action) && replacement !== 'True'), (n) => l10n.t('{0} other', n)],
  ];
  return parts.flatMap(([n, text]) => (n === 0 ? [] : [text(n)])).join(', ');
}

function changeText({ action, replacement }: ChangeSetChange): string {
  if (replacement === 'True') return `❗ ${l10n.t('Replaced')}`;
  switch (action) {
    case 'Add':
      return l10n.t('Added');
    case 'Modify':
      return l10n.t('Changed');
    case 'Remove':
      return `❗ ${l10n.t('Removed')}`;
    case 'Import':
      return l10n.t('Imported');
    default:
      return action;
  }
}

/** Replaced: another one is made, then the old one is deleted, and its name or ARN is another. */
function replacementText({ action, replacement }: ChangeSetChange): string {
  if (replacement === 'True') return l10n.t('Yes: deleted and made anew, whatever refers to it must follow');
  if (replacement === 'Conditional') return l10n.t('Perhaps: CloudFormation finds out when it updates');
  return action === 'Modify' ? l10n.t('No: changed where it is') : '';
}

function weight({ action, replacement }: ChangeSetChange): number {
  if (replacement === 'True') return 0;
  if (action === 'Remove') return 1;
  return replacement === 'Conditional' ? 2 : action === 'Modify' ? 3 : 4;
}

const cut = (text: string): string => (text.length > longestCell ? `${text.slice(0, longestCell)}…` : text);
