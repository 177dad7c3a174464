import * as l10n from '@vscode/l10n';
import { escapeMarkdown, markdownTable } from '../stack/markdownTable';
import type { Staying, TeardownKind, TeardownPlan } from './actions';
import { blockersOf } from './plan';

/** Rows of one kind that are shown; the rest is counted. */
const mostRows = 50;

/** The plan as a Markdown page. Localized. */
export function teardownPage(plan: TeardownPlan): string {
  const { actions, stays, target, fieldDevices } = plan;
  const blockers = blockersOf(plan);
  const paragraphs = [
    `# ${l10n.t('What would be torn down')}`,
    target.isSandbox
      ? l10n.t('Local sandbox, account {0}, {1}. Nothing has been changed yet.', target.account, target.region)
      : l10n.t('Profile {0}, account {1}, {2}. Nothing has been changed yet.', escapeMarkdown(target.label), target.account, target.region),
    ...(blockers.length === 0 ? [] : [`## ${l10n.t('What stands in the way')}`, blockers.map((text) => `- ${escapeMarkdown(text)}`).join('\n')]),
    ...(fieldDevices === 0
      ? []
      : [`## ${l10n.t('Devices in the field: {0}', fieldDevices)}`, l10n.t('They are no test devices of this computer. Their certificates and things are not touched, but they lose what the table says. Their number has to be typed in before anything goes.')]),
    `## ${l10n.t('In this order')}`,
    table(plan),
    ...arns(plan),
    ...(stays.length === 0 ? [] : [`## ${l10n.t('What stays')}`, markdownTable([l10n.t('Resource'), l10n.t('Kind'), l10n.t('Why')], stays.map(({ name, kind, why }) => [name, kindText(kind), why]))]),
    ...(actions.some(({ kind }) => kind === 'claimCertificate') ? [l10n.t('The files of claim certificates in the folder stay; they are of no use any more once the certificates are gone.')] : []),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

export function kindText(kind: Staying['kind']): string {
  switch (kind) {
    case 'testDevice':
      return l10n.t('test device');
    case 'claimCertificate':
      return l10n.t('claim certificate');
    case 'iotPolicy':
      return l10n.t('IoT policy');
    case 'provisioningTemplate':
      return l10n.t('provisioning template');
    case 'roleAlias':
      return l10n.t('role alias');
    case 'thingGroup':
      return l10n.t('thing group');
    case 'rolePolicy':
      return l10n.t('policy attached to a role');
    case 'roleOwnPolicy':
      return l10n.t('inline policy of a role');
    case 'stack':
      return l10n.t('stack');
    case 'stackResource':
      return l10n.t('resource of the stack');
  }
}

function table({ actions }: TeardownPlan): string {
  const counts = new Map<TeardownKind, number>();
  const rows: (readonly string[])[] = [];
  actions.forEach(({ kind, name, loses }, index) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= mostRows) rows.push([String(index + 1), kindText(kind), name, loses]);
    else if (actions[index + 1]?.kind !== kind) rows.push(['…', kindText(kind), l10n.t('and {0} more', count - mostRows), '']);
  });
  return markdownTable(['', l10n.t('Kind'), l10n.t('Resource'), l10n.t('Who loses what')], rows);
}

/** Below the table: a column of them would leave no room for what is lost. */
function arns({ actions }: TeardownPlan): readonly string[] {
  const lines = actions.flatMap(({ arn }, index) => (arn === undefined || index >= mostRows ? [] : [`- ${index + 1}: ${escapeMarkdown(arn)}`]));
  return lines.length === 0 ? [] : [`## ${l10n.t('ARNs by number')}`, lines.join('\n')];
}
