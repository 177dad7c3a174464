import * as vscode from 'vscode';
import { CancelledError } from '../core/errors';
import type { AwsTarget } from '../core/ports/identity';
import type { Choice, ConfirmRequest, Interaction } from '../core/ports/interaction';
import { escapeMarkdown } from '../core/stack/markdownTable';
import type { Log } from './log';
import type { AskRequest, PromptWindow } from './promptWindow';
import type { VirtualDocuments } from './virtualDocuments';

/** Which account a change reaches, in one line: the last thing a person reads before they agree. */
export function describeTarget(target: AwsTarget): string {
  return target.isSandbox
    ? vscode.l10n.t('Local sandbox · account {0} · {1}', target.account, target.region)
    : vscode.l10n.t('Profile {0} · account {1} · {2}', target.label, target.account, target.region);
}

/** Questions by VS Code's own dialogs. Dismissing any of them throws CancelledError. */
export class VsCodeInteraction implements Interaction {
  constructor(
    private readonly window: PromptWindow,
    private readonly documents: VirtualDocuments,
    private readonly log: Log,
  ) {}

  async confirm(request: ConfirmRequest): Promise<void> {
    answered(await this.window.askModal(askRequest(request)));
  }

  async choose<T>(request: { title: string; placeholder?: string; choices: readonly Choice<T>[] }): Promise<T> {
    const items = request.choices.map((choice) => ({
      label: choice.label,
      // Boxed: a choice may stand for any value, and `undefined` is how a dismissed list answers.
      value: { chosen: choice.value },
      ...(choice.description === undefined ? {} : { description: choice.description }),
      ...(choice.detail === undefined ? {} : { detail: choice.detail }),
    }));
    const options = { title: request.title, ...(request.placeholder === undefined ? {} : { placeholder: request.placeholder }) };
    return answered(await this.window.pick(items, options)).chosen;
  }

  async input(request: Parameters<Interaction['input']>[0]): Promise<string> {
    const { validate } = request;
    const options: vscode.InputBoxOptions = {
      title: request.title,
      ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
      ...(request.value === undefined ? {} : { value: request.value }),
      ...(request.placeholder === undefined ? {} : { placeHolder: request.placeholder }),
      ...(request.password === undefined ? {} : { password: request.password }),
      ...(validate === undefined ? {} : { validateInput: (value: string) => validate(value) }),
    };
    return answered(await this.window.input(options));
  }

  async pickFile(request: { title: string; filters: Readonly<Record<string, readonly string[]>> }): Promise<string> {
    const filters = Object.fromEntries(Object.entries(request.filters).map(([name, extensions]) => [name, [...extensions]]));
    return answered(await this.window.openFile({ title: request.title, filters, canSelectFiles: true, canSelectFolders: false })).fsPath;
  }

  async saveFile(request: { title: string; filters: Readonly<Record<string, readonly string[]>>; file: string }): Promise<string> {
    const filters = Object.fromEntries(Object.entries(request.filters).map(([name, extensions]) => [name, [...extensions]]));
    return answered(await this.window.saveFile({ title: request.title, filters, defaultUri: vscode.Uri.file(request.file) })).fsPath;
  }

  async reviewDiff(request: Parameters<Interaction['reviewDiff']>[0]): Promise<void> {
    const extension = request.language === 'json' ? '.json' : request.language === 'yaml' ? '.yaml' : '';
    const left = this.documents.add(`${request.left.label}${extension}`, request.left.text);
    const right = this.documents.add(`${request.right.label}${extension}`, request.right.text);
    await vscode.commands.executeCommand('vscode.diff', left, right, `${request.left.label} ↔ ${request.right.label}`, { preview: true });
    await this.askThenClose(request, [left, right]);
  }

  async reviewText(request: Parameters<Interaction['reviewText']>[0]): Promise<void> {
    // The list beside it has one line for the detail, which is cut where it is long: here it stands whole.
    const detail = (askRequest(request).detail ?? '').split('\n').filter((line) => line.trim() !== '' && !request.markdown.includes(line)).map(escapeMarkdown);
    const document = this.documents.add(`${request.documentTitle}.md`, [request.markdown.trimEnd(), ...detail].join('\n\n'));
    await this.openMarkdown(document);
    await this.askThenClose(request, [document]);
  }

  async showText(request: Parameters<Interaction['showText']>[0]): Promise<void> {
    await this.openMarkdown(this.documents.add(`${request.documentTitle}.md`, request.markdown));
  }

  inform(message: string): void {
    this.tell('information', message);
  }

  warn(message: string): void {
    this.tell('warning', message);
  }

  private tell(severity: 'information' | 'warning', message: string): void {
    this.log.info(message);
    this.window.notify(severity, message, []).catch((error: unknown) => this.log.error('a message could not be shown', error));
  }

  private async askThenClose(request: ConfirmRequest, documents: readonly vscode.Uri[]): Promise<void> {
    try {
      answered(await this.window.askBeside(askRequest(request)));
    } finally {
      await this.documents.close(documents);
    }
  }

  private async openMarkdown(uri: vscode.Uri): Promise<void> {
    // The rendered form needs VS Code's own Markdown extension, which can be switched off.
    const rendered = vscode.extensions.getExtension('vscode.markdown-language-features') !== undefined;
    if (rendered) await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor', { preview: true });
    else await vscode.window.showTextDocument(uri, { preview: true });
  }
}

function askRequest(request: ConfirmRequest): AskRequest {
  const lines = [request.detail, request.target === undefined ? undefined : describeTarget(request.target)];
  const detail = lines.filter((line) => line !== undefined && line !== '').join('\n\n');
  return { title: request.title, severity: 'warning', buttons: [request.action], ...(detail === '' ? {} : { detail }) };
}

function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw new CancelledError();
  return answer;
}
