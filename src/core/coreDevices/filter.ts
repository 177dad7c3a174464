import * as l10n from '@vscode/l10n';
import type { CoreDeviceStatus, CoreDeviceSummary } from '../ports/greengrassApi';
import { isOld } from './words';

/** What AWS can filter by, and what only the time of the last report tells. */
export const coreDeviceFilters = ['HEALTHY', 'UNHEALTHY', 'silent'] as const;
export type CoreDeviceFilter = (typeof coreDeviceFilters)[number];

/** The part of the filter that AWS does: it can list by status, not by age. */
export function statusOf(filter: CoreDeviceFilter | undefined): { status?: CoreDeviceStatus } {
  return filter === undefined || filter === 'silent' ? {} : { status: filter };
}

/** The part that is left to do with what AWS has listed. */
export function isWanted(filter: CoreDeviceFilter | undefined, device: CoreDeviceSummary, now: Date): boolean {
  return filter !== 'silent' || isOld(device.reportedAt, now);
}

/** As AWS writes a status; else in words. */
export function filterText(filter: CoreDeviceFilter): string {
  return filter === 'silent' ? l10n.t('without a report for more than a day') : filter;
}
