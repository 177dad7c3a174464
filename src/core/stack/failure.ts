import * as l10n from '@vscode/l10n';
import type { StackEvent } from '../ports/stackApi';

/**
 * The event that made a stack operation fail: the first `*_FAILED` in time that is not merely the echo of another
 * one ("Resource creation cancelled"). Events in any order. The stack's own summary event counts only when nothing
 * else tells. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
export function firstCause(events: readonly StackEvent[]): StackEvent | undefined {
  // CloudFormation lists newest first; a stable sort keeps that order inside one millisecond, so turn it first.
  const inTime = [...events].reverse().sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
  const failed = inTime.filter((event) => event.status.endsWith('_FAILED') && !/cancell?ed/i.test(event.reason ?? ''));
  const own = (event: StackEvent): boolean => event.resourceType === 'AWS::CloudFormation::Stack';
  return failed.find((event) => !own(event)) ?? failed.find(own) ?? inTime.find((event) => own(event) && /ROLLBACK/.test(event.status) && event.reason !== undefined);
}

/** What to do about a cause; undefined when its own words must do. Localized. */
export function causeAdvice(cause: StackEvent): string | undefined {
  const reason = cause.reason ?? '';
  if (/already exists/i.test(reason) && cause.resourceType === 'AWS::IAM::Role') {
    return l10n.t('IAM roles are shared by all regions: a stack in another region may own this name. Let CloudFormation make the name, or put the region into it.');
  }
  if (/already exists/i.test(reason)) return l10n.t('Another stack or a person made it. Choose another name in the template\'s parameters, or delete the old one first.');
  if (/not authorized|access ?denied/i.test(reason)) return l10n.t('Ask for the permission that the message names; CloudFormation acts with your own permissions.');
  if (/unrecognized resource type/i.test(reason)) return l10n.t('This region does not offer that resource type.');
  if (/limit|quota/i.test(reason)) return l10n.t('The account is at a quota. Delete what is unused, or ask for a higher one in Service Quotas.');
  return undefined;
}
