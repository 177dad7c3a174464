import * as vscode from 'vscode';
import { isFleetError } from '../core/errors';
import type { StackView } from '../core/ports/services';
import type { StackEvent } from '../core/ports/stackApi';
import { usableAs } from '../core/stack/useAs';
import { Commands, type CommandId } from '../ids';
import type { EventRow, OutputRow, PageState } from './protocol';

type Output = StackView['outputs'][number];
type Meaning = Output['meaning'];

/** The next step that takes a recognised output. */
export function commandFor(meaning: Meaning): CommandId | undefined {
  switch (meaning) {
    case 'tokenExchangeRole':
    case 'createRoleAliasCommand':
    case 'roleAliasName':
      return Commands.createRoleAlias;
    case 'provisioningRole':
      return Commands.deployTemplate;
    case 'iotPolicyName':
      return Commands.publishPolicy;
    case 'other':
      return undefined;
  }
}

function useLabel(meaning: Meaning): string | undefined {
  switch (meaning) {
    case 'tokenExchangeRole':
    case 'createRoleAliasCommand':
    case 'roleAliasName':
      return vscode.l10n.t('Create role alias');
    case 'provisioningRole':
      return vscode.l10n.t('Deploy template');
    case 'iotPolicyName':
      return vscode.l10n.t('Publish policy');
    case 'other':
      return undefined;
  }
}

/** What the page shows of a stack. */
export function stackState(view: StackView, events: readonly StackEvent[]): PageState {
  const { target } = view;
  return {
    kind: 'stack',
    name: view.name,
    status: view.status,
    tone: tone(view.status),
    statusReason: view.statusReason ?? '',
    facts: [
      { label: target.isSandbox ? vscode.l10n.t('Sandbox') : vscode.l10n.t('Profile'), value: target.label },
      { label: vscode.l10n.t('Account'), value: target.account },
      { label: vscode.l10n.t('Region'), value: target.region },
    ],
    rows: view.outputs.map(row),
    events: events.map(eventRow),
  };
}

export function emptyState(stackName: string): PageState {
  return {
    kind: 'empty',
    message: vscode.l10n.t('There is no stack named {0} in this account and region yet.', stackName),
    action: vscode.l10n.t('Deploy Roles Stack'),
  };
}

export function errorState(error: unknown): PageState {
  if (isFleetError(error)) return { kind: 'error', message: error.message, advice: error.advice ?? '' };
  return { kind: 'error', message: vscode.l10n.t('The outputs could not be read.'), advice: vscode.l10n.t('The log says more.') };
}

function row(output: Output): OutputRow {
  const use = useLabel(output.meaning);
  return { key: output.key, value: output.value, description: output.description ?? '', useAs: usableAs(output.value).length > 0, ...(use === undefined ? {} : { use }) };
}

function eventRow(event: StackEvent): EventRow {
  return { time: event.timestamp.toLocaleTimeString(vscode.env.language), resource: event.logicalId, type: event.resourceType, status: event.status, tone: tone(event.status), reason: event.reason ?? '' };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (status codes): a rolled back
// stack also ends in COMPLETE.
function tone(status: string): 'good' | 'busy' | 'bad' {
  if (/ROLLBACK|FAILED|DELETE_COMPLETE/.test(status)) return 'bad';
  return status.endsWith('_COMPLETE') ? 'good' : 'busy';
}
