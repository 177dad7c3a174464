import * as vscode from 'vscode';
import { isFleetError } from '../core/errors';
import type { StepId } from '../core/provisioning/steps';
import { consoleUrl } from '../core/util/consoleUrl';
import { Commands } from '../ids';

/** A node of either tree: a view model that VS Code draws. Ids are stable, so that expansion and selection survive a refresh. */
export interface FleetNode {
  readonly id: string;
  /** See CommandTarget: what the commands that are called on the node work with. */
  readonly step?: StepId;
  readonly copyText?: string;
  readonly name?: string;
  readonly version?: string;
  readonly consoleArn?: string;
  readonly file?: string;
  /** Region that the node is in, where that is not the connected one; the tree sets it for all that stands below a pinned region. */
  inRegion?: string;
  item(): vscode.TreeItem;
  children?(): Promise<readonly FleetNode[]>;
  /** Drops what was read below it, so that it is read again. */
  forget?(): void;
}

export interface ResourceNodeOptions {
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  /** Asked anew each time that the node is drawn, where it tells how old something is. */
  readonly description?: string | (() => string);
  /** What it is, for the tooltip and for screen readers, localized. */
  readonly kind: string;
  readonly arn?: string;
  /** Its name, where the label is another or a shorter one. */
  readonly name?: string;
  /** Of a policy or a provisioning template, whose ARN is `arn`. */
  readonly version?: string;
  /** ARN that the console's page is found by, where it is not what is copied. */
  readonly consoleArn?: string;
  readonly step?: StepId;
  /** What the menus know the kind of resource by, for example `template`. */
  readonly context?: string;
  /** Opens when the node is clicked. */
  readonly opens?: vscode.Uri;
}

/** One resource of the account: name, ARN, copy. */
export class ResourceNode implements FleetNode {
  readonly id: string;
  readonly copyText: string;
  readonly name: string;
  readonly version?: string;
  readonly consoleArn?: string;
  readonly step?: StepId;

  constructor(private readonly options: ResourceNodeOptions) {
    this.id = options.id;
    this.name = options.name ?? options.label;
    this.copyText = options.arn ?? this.name;
    const consoleArn = options.consoleArn ?? options.arn;
    if (consoleArn !== undefined && consoleUrl(consoleArn) !== undefined) this.consoleArn = consoleArn;
    if (options.version !== undefined) this.version = options.version;
    if (options.step !== undefined) this.step = options.step;
  }

  item(): vscode.TreeItem {
    const { label, icon, kind, arn, context, opens } = this.options;
    const description = typeof this.options.description === 'function' ? this.options.description() : this.options.description;
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.contextValue = ['resource', 'copy', ...(this.consoleArn === undefined ? [] : ['console']), ...(arn === undefined ? [] : ['named']), ...(context === undefined ? [] : [context])].join(';');
    const whole = arn ?? (this.name === label ? undefined : this.name);
    item.tooltip = tooltip([`**${escapeMarkdown(label)}**`, escapeMarkdown(kind), ...(whole === undefined ? [] : [code(whole)])]);
    item.accessibilityInformation = { label: [kind, label, description].filter((part) => part !== undefined).join(', ') };
    if (description !== undefined) item.description = description;
    if (opens !== undefined) item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [opens] };
    return item;
  }
}

/** Something known of a resource: its title, its value, copied by its value. */
export class FactNode implements FleetNode {
  readonly consoleArn?: string;

  constructor(
    readonly id: string,
    private readonly label: string,
    readonly copyText: string,
    private readonly icon = 'circle-small',
  ) {
    if (consoleUrl(copyText) !== undefined) this.consoleArn = copyText;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.label, vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.description = this.copyText;
    item.contextValue = this.consoleArn === undefined ? 'fact;copy' : 'fact;copy;console';
    item.tooltip = tooltip([`**${escapeMarkdown(this.label)}**`, code(this.copyText)]);
    item.accessibilityInformation = { label: `${this.label}: ${this.copyText}` };
    item.iconPath = new vscode.ThemeIcon(this.icon);
    return item;
  }
}

/** A line that says something and does nothing. */
export class MessageNode implements FleetNode {
  constructor(
    readonly id: string,
    private readonly text: string,
  ) {}

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem('', vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.description = this.text;
    item.accessibilityInformation = { label: this.text };
    return item;
  }
}

/** A failed look at a part of the account; a click tries again. The rest of the tree stays usable. */
export class ErrorNode implements FleetNode {
  constructor(
    readonly id: string,
    /** The node whose children failed: what "refresh" refreshes. */
    readonly parent: FleetNode,
    private readonly error: unknown,
  ) {}

  item(): vscode.TreeItem {
    const message = isFleetError(this.error) ? this.error.message : vscode.l10n.t('This list could not be loaded.');
    const advice = isFleetError(this.error) ? this.error.advice : undefined;
    const item = new vscode.TreeItem(message, vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
    item.description = vscode.l10n.t('click to try again');
    item.contextValue = 'error';
    item.accessibilityInformation = { label: [message, advice, vscode.l10n.t('click to try again')].filter((part) => part !== undefined).join(' ') };
    item.tooltip = tooltip([escapeMarkdown(message), ...(advice === undefined ? [] : [escapeMarkdown(advice)])]);
    item.command = { command: Commands.refresh, title: vscode.l10n.t('Try again'), arguments: [this.parent] };
    return item;
  }
}

/** The end of what was read so far; says why it goes no further, when it does not. */
export class LoadMoreNode implements FleetNode {
  constructor(
    readonly id: string,
    readonly parent: FleetNode,
    /** Of which list it is the end, and how much of it is there; for screen readers. */
    private readonly of: string,
    readonly load: () => Promise<void>,
    private readonly failure?: unknown,
  ) {}

  item(): vscode.TreeItem {
    const { failure } = this;
    const failed = failure !== undefined;
    const reason = isFleetError(failure) ? failure.message : vscode.l10n.t('This list could not be loaded.');
    const label = failed ? reason : vscode.l10n.t('Load more…');
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.iconPath = failed ? new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')) : new vscode.ThemeIcon('ellipsis');
    if (failed) item.description = vscode.l10n.t('click to try again');
    item.contextValue = 'more';
    item.tooltip = tooltip([escapeMarkdown(label), escapeMarkdown(this.of)]);
    item.accessibilityInformation = { label: [label, this.of, ...(failed ? [vscode.l10n.t('click to try again')] : [])].join(' ') };
    item.command = { command: Commands.loadMore, title: vscode.l10n.t('Load more'), arguments: [this] };
    return item;
  }
}

/** Tooltip of paragraphs of Markdown; commands and HTML in it stay dead. */
export function tooltip(paragraphs: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(paragraphs.join('\n\n'));
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}

export async function* mapped<A, B>(items: AsyncIterable<A>, by: (item: A) => B): AsyncIterable<B> {
  for await (const item of items) yield by(item);
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&');
}

export function code(text: string): string {
  return `\`${text.replaceAll('`', '´')}\``;
}
