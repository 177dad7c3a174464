import * as l10n from '@vscode/l10n';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A core that says nothing for longer than this may have gone: unless it is set otherwise it reports every 24 hours,
 * and an hour is left for one that is late.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/greengrass-nucleus-component.html (periodicStatusPublishIntervalSeconds)
 */
const silence = 25 * hour;

/** Where AWS says what a status is worth. */
export const statusPage = 'https://docs.aws.amazon.com/greengrass/v2/developerguide/device-status.html';

/** True when the report is so old that the device may have gone since; also when no time is known. */
export function isOld(reportedAt: Date | undefined, now: Date): boolean {
  return reportedAt === undefined || now.getTime() - reportedAt.getTime() > silence;
}

/** "3 min ago". The clocks of AWS and of this computer differ a little: the future is now. */
export function ageText(reportedAt: Date, now: Date): string {
  const age = now.getTime() - reportedAt.getTime();
  if (age < minute) return l10n.t('just now');
  if (age < hour) return l10n.t('{0} min ago', Math.floor(age / minute));
  if (age < 2 * day) return l10n.t('{0} h ago', Math.floor(age / hour));
  return l10n.t('{0} days ago', Math.floor(age / day));
}

/** "42 s", "3 min 5 s", "1 h 2 min". */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return l10n.t('{0} s', seconds);
  if (seconds < 3600) return l10n.t('{0} min {1} s', Math.floor(seconds / 60), seconds % 60);
  return l10n.t('{0} h {1} min', Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}
