import * as l10n from '@vscode/l10n';
import type { ChangeSetChange } from '../ports/stackApi';
import { markdownTable } from './markdownTable';

/** A change set as a Markdown table. Names from the template cannot break out of their cell. */
export function changeTable(changes: readonly ChangeSetChange[]): string {
  const head = [l10n.t('Change'), l10n.t('Resource'), l10n.t('Type'), l10n.t('Replaced'), l10n.t('What')];
  const rows = changes.map((change) => [
    change.action,
    change.physicalId === undefined ? change.logicalId : `${change.logicalId} (${change.physicalId})`,
    change.resourceType,
    change.replacement ?? '',
    change.scope.join(', '),
  ]);
  return markdownTable(head, rows);
}
