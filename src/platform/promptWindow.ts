import * as vscode from 'vscode';
import { LiveSearch, type LiveItem, type LivePickOptions } from './liveSearch';

export type Severity = 'information' | 'warning' | 'error';

export interface AskRequest {
  readonly title: string;
  readonly detail?: string;
  readonly severity: Severity;
  /** Labels; the first is the primary one. Closing the prompt always remains possible. */
  readonly buttons: readonly string[];
}

export interface PickItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/**
 * The few ways in which the extension speaks to a person. Everything that asks goes through here, so a test can
 * answer in the person's place and an unexpected question cannot hang a run.
 */
export interface PromptWindow {
  /** A passing message; resolves with the chosen button or undefined. */
  notify(severity: Severity, text: string, buttons: readonly string[]): Promise<string | undefined>;
  /** A question in the middle of the window that must be answered. */
  askModal(request: AskRequest): Promise<string | undefined>;
  /** A question that leaves the editors readable, for when something is to be reviewed first. */
  askBeside(request: AskRequest): Promise<string | undefined>;
  pick<T>(items: readonly PickItem<T>[], options: { title: string; placeholder?: string }): Promise<T | undefined>;
  /** A list that is searched elsewhere as one types. */
  livePick<T>(options: LivePickOptions<T>): Promise<T | undefined>;
  input(options: vscode.InputBoxOptions): Promise<string | undefined>;
  openFile(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined>;
  /** The dialog itself asks before a file is replaced. */
  saveFile(options: vscode.SaveDialogOptions): Promise<vscode.Uri | undefined>;
}

/** The real window. */
export class VsCodeWindow implements PromptWindow {
  async notify(severity: Severity, text: string, buttons: readonly string[]): Promise<string | undefined> {
    if (severity === 'error') return vscode.window.showErrorMessage(text, ...buttons);
    if (severity === 'warning') return vscode.window.showWarningMessage(text, ...buttons);
    return vscode.window.showInformationMessage(text, ...buttons);
  }

  async askModal(request: AskRequest): Promise<string | undefined> {
    const options: vscode.MessageOptions = { modal: true, ...(request.detail === undefined ? {} : { detail: request.detail }) };
    return request.severity === 'information'
      ? vscode.window.showInformationMessage(request.title, options, ...request.buttons)
      : vscode.window.showWarningMessage(request.title, options, ...request.buttons);
  }

  async askBeside(request: AskRequest): Promise<string | undefined> {
    // A modal dialog would hide the diff that is to be reviewed; a notification slides away by itself.
    // The last line says where the change goes; in a list that cuts long lines it comes first.
    const lines = (request.detail ?? '').split('\n').filter((line) => line.trim() !== '').reverse();
    const items: PickItem<string | undefined>[] = request.buttons.map((label, index) => ({
      label: `$(check) ${label}`,
      value: label,
      ...(index === 0 && lines.length > 0 ? { detail: lines.join(' — ') } : {}),
    }));
    items.push({ label: `$(close) ${vscode.l10n.t('Cancel')}`, value: undefined });
    const choice = await vscode.window.showQuickPick(items, { title: request.title, ignoreFocusOut: true, placeHolder: vscode.l10n.t('Review, then choose') });
    return choice?.value;
  }

  async pick<T>(items: readonly PickItem<T>[], options: { title: string; placeholder?: string }): Promise<T | undefined> {
    const choice = await vscode.window.showQuickPick(items, {
      title: options.title,
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
      ...(options.placeholder === undefined ? {} : { placeHolder: options.placeholder }),
    });
    return choice?.value;
  }

  async livePick<T>(options: LivePickOptions<T>): Promise<T | undefined> {
    const pick = vscode.window.createQuickPick<LiveItem<T>>();
    const search = new LiveSearch(pick, options);
    Object.assign(pick, { title: options.title, placeholder: options.placeholder, value: options.value ?? '', ignoreFocusOut: true, keepScrollPosition: true });
    keepOrder(pick);
    try {
      return await new Promise<T | undefined>((resolve) => {
        pick.onDidChangeValue((text) => search.typed(text));
        pick.onDidTriggerItemButton(({ item, button }) => options.pressed(item, button));
        pick.onDidHide(() => resolve(undefined));
        pick.onDidAccept(() => {
          const [item] = pick.selectedItems;
          if (item?.fill !== undefined) {
            pick.value = item.fill;
            search.start(item.fill);
          } else if (item?.value !== undefined) resolve(item.value);
        });
        search.start(pick.value);
        pick.show();
      });
    } finally {
      search.stop();
      pick.dispose();
    }
  }

  async input(options: vscode.InputBoxOptions): Promise<string | undefined> {
    return vscode.window.showInputBox({ ignoreFocusOut: true, ...options });
  }

  async openFile(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
    const files = await vscode.window.showOpenDialog({ ...options, canSelectMany: false });
    return files?.[0];
  }

  async saveFile(options: vscode.SaveDialogOptions): Promise<vscode.Uri | undefined> {
    return vscode.window.showSaveDialog(options);
  }
}

/**
 * VS Code sorts rows by how well they match, and drops the separators then. The property that says otherwise is not in the
 * published API (https://github.com/microsoft/vscode/issues/73904): where it is refused, rows are sorted and name their kind themselves.
 */
function keepOrder(pick: vscode.QuickPick<vscode.QuickPickItem>): void {
  try {
    Reflect.set(pick, 'sortByLabel', false);
  } catch {
    // As it is, then.
  }
}
