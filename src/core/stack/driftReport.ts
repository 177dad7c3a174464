import * as l10n from '@vscode/l10n';
import type { AwsTarget } from '../ports/identity';
import type { DriftDetection, ResourceDrift } from '../ports/stackApi';
import { escapeMarkdown, markdownTable } from './markdownTable';

/** Longest value that is shown whole, in characters: a policy document can have thousands. */
const longestValue = 600;

export interface DriftFindings {
  readonly stackName: string;
  readonly target: Pick<AwsTarget, 'account' | 'region'>;
  readonly detection: DriftDetection;
  readonly drifts: readonly ResourceDrift[];
}

/** Resources that are not as the template says. */
export function driftedResources(drifts: readonly ResourceDrift[]): readonly ResourceDrift[] {
  return drifts.filter((drift) => drift.status === 'MODIFIED' || drift.status === 'DELETED');
}

/** What the detection found, as a Markdown page. Localized. */
export function driftReport({ stackName, target, detection, drifts }: DriftFindings): string {
  const head = [l10n.t('Resource'), l10n.t('Type'), l10n.t('State'), l10n.t('Property'), l10n.t('The template says'), l10n.t('The account has')];
  const drifted = driftedResources(drifts);
  const paragraphs = [
    `# ${l10n.t('Drift of the stack {0}', escapeMarkdown(stackName))}`,
    l10n.t('Account {0}, {1}. {2} of {3} checked resources differ from the template.', target.account, target.region, drifted.length, drifts.length),
    ...(detection.status === 'DETECTION_FAILED' ? [l10n.t('CloudFormation could not check every resource: {0}', escapeMarkdown(detection.statusReason ?? detection.status))] : []),
    markdownTable(head, [...drifted, ...drifts.filter((drift) => !drifted.includes(drift))].flatMap(rows)),
    ...(drifted.length === 0 ? [] : [l10n.t('Deploying the same template again does not put this right: CloudFormation compares templates, not resources. “Revert Drift of the Roles Stack…” has it put back what the template sets; or change the template or its parameters to say what the account has.')]),
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    l10n.t('Only properties that the template sets are compared. What it does not mention, such as a policy attached to a role by hand, is not seen.'),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function rows(drift: ResourceDrift): readonly (readonly string[])[] {
  const name = drift.physicalId === undefined ? drift.logicalId : `${drift.logicalId} (${drift.physicalId})`;
  const state = stateText(drift.status);
  if (drift.differences.length === 0) return [[name, drift.resourceType, state, '', '', '']];
  return drift.differences.map((difference) => [name, drift.resourceType, state, pathText(difference.path), shortened(difference.expected), shortened(difference.actual)]);
}

/** `/A/B` with room to break the line: whole, it pushes the columns beside it out of sight. */
function pathText(path: string): string {
  return path.split('/').filter((part) => part !== '').join(' / ');
}

function stateText(status: string): string {
  switch (status) {
    case 'IN_SYNC':
      return l10n.t('as the template says');
    case 'MODIFIED':
      return l10n.t('changed');
    case 'DELETED':
      return l10n.t('deleted');
    default:
      return status;
  }
}

function shortened(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}
