import * as vscode from 'vscode';
import type { StepId, StepState, StepStatus } from '../core/provisioning/steps';
import { consoleUrl } from '../core/util/consoleUrl';
import { stepTitle } from '../platform/stepTitle';
import { code, escapeMarkdown, ResourceNode, tooltip, type FleetNode } from './nodes';

/** One of the five steps: what it is about, how far it is, and the resources that it made. */
export class StepNode implements FleetNode {
  readonly id: string;
  readonly step: StepId;
  readonly copyText?: string;
  readonly name?: string;
  readonly consoleArn?: string;
  readonly file?: string;

  constructor(
    private readonly position: number,
    readonly state: StepState,
  ) {
    this.step = state.id;
    this.id = `step/${state.id}`;
    const main = state.resources[0];
    if (main !== undefined) {
      this.copyText = main.arn ?? main.name;
      this.name = main.name;
    }
    if (main?.arn !== undefined && consoleUrl(main.arn) !== undefined) this.consoleArn = main.arn;
    if (state.file !== undefined) this.file = state.file;
  }

  item(): vscode.TreeItem {
    const { state } = this;
    const title = stepTitle(state.id);
    const status = statusText(state.status);
    const collapsible = state.resources.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
    const item = new vscode.TreeItem(`${this.position}. ${title}`, collapsible);
    item.id = this.id;
    item.iconPath = statusIcon(state.status);
    item.description = description(status, state);
    item.contextValue = contextValue(state, this.consoleArn !== undefined);
    item.tooltip = stepTooltip(title, status, state);
    item.accessibilityInformation = {
      label: vscode.l10n.t('Step {0}, {1}: {2}. {3}', this.position, title, status, state.summary),
    };
    return item;
  }

  async children(): Promise<readonly FleetNode[]> {
    return this.state.resources.map(
      (resource, index) =>
        new ResourceNode({
          id: `${this.id}/${index}/${resource.arn ?? resource.name}`,
          label: resource.name,
          description: resource.kind,
          kind: resource.kind,
          icon: 'symbol-misc',
          step: this.step,
          ...(resource.arn === undefined ? {} : { arn: resource.arn }),
        }),
    );
  }
}

/** A side bar is narrow: one word where it says all, else what is the matter. The tooltip and the screen reader get both. */
function description(status: string, state: StepState): string {
  if (state.status === 'notStarted' || state.status === 'done' || state.summary === '') return status;
  return state.summary;
}

export function statusText(status: StepStatus): string {
  switch (status) {
    case 'notStarted':
      return vscode.l10n.t('not started');
    case 'running':
      return vscode.l10n.t('running');
    case 'done':
      return vscode.l10n.t('done');
    case 'differs':
      return vscode.l10n.t('differs');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'unknown':
      return vscode.l10n.t('unknown');
  }
}

// State is shape as well as colour: a filled check, a triangle, a cross, an empty circle.
function statusIcon(status: StepStatus): vscode.ThemeIcon {
  switch (status) {
    case 'notStarted':
      return new vscode.ThemeIcon('circle-large-outline');
    case 'running':
      return new vscode.ThemeIcon('sync~spin');
    case 'done':
      return new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed'));
    case 'differs':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
    case 'unknown':
      return new vscode.ThemeIcon('question');
  }
}

/** Flags that the manifest's menus match by `viewItem =~ /\bflag\b/`. */
function contextValue(state: StepState, hasPage: boolean): string {
  const flags = [`step:${state.id}`, `status:${state.status}`];
  if (state.file !== undefined) flags.push('hasFile');
  if (state.resources.length > 0) flags.push('hasResource', 'copy', 'named', ...(hasPage ? ['console'] : []));
  return flags.join(';');
}

function stepTooltip(title: string, status: string, state: StepState): vscode.MarkdownString {
  const paragraphs = [`**${escapeMarkdown(title)}** — ${escapeMarkdown(status)}`];
  if (state.summary !== '') paragraphs.push(escapeMarkdown(state.summary));
  if (state.detail !== undefined && state.detail !== state.summary) paragraphs.push(escapeMarkdown(state.detail));
  for (const resource of state.resources) paragraphs.push(`${escapeMarkdown(resource.kind)}: ${code(resource.arn ?? resource.name)}`);
  if (state.file !== undefined) paragraphs.push(vscode.l10n.t('File: {0}', code(state.file)));
  return tooltip(paragraphs);
}
