import type * as vscode from 'vscode';
import type { LiveItem, LivePickOptions } from './liveSearch';
import type { AskRequest, PickItem, PromptWindow, Severity } from './promptWindow';

export type PromptKind = 'notify' | 'modal' | 'beside' | 'pick' | 'live' | 'input' | 'openFile' | 'saveFile';

export interface ShownPrompt {
  readonly kind: PromptKind;
  readonly severity?: Severity;
  readonly title: string;
  readonly detail?: string;
  /** Button labels or the labels of the pick's items. */
  readonly options: readonly string[];
}

/** The other texts of a pick: they are shown, but nothing is chosen by them. */
const notesOf = (items: readonly PickItem<unknown>[]): readonly string[] => items.flatMap(({ description, detail }) => [description, detail]).filter((text) => text !== undefined);

/**
 * One answer in the person's place. `match` is held against title and detail; `answer` is a button label, the label of an
 * item (or a part of it), the text to type, or a path. `undefined` dismisses the prompt.
 */
export interface ScriptedAnswer {
  readonly match: RegExp | string;
  readonly answer: string | undefined;
  /** What is typed first into a list that is searched as one types. */
  readonly typed?: string;
}

/**
 * Answers prompts from a queue. A question that nothing in the queue answers fails the command at once, instead of
 * hanging until the test times out. Notifications need no answer and are only recorded.
 */
export class ScriptedWindow implements PromptWindow {
  readonly shown: ShownPrompt[] = [];
  readonly problems: string[] = [];
  /** How the test reads each text that is shown; a test in another language translates it back here. */
  read: (text: string) => string = (text) => text;
  private queue: ScriptedAnswer[] = [];

  expect(...answers: readonly ScriptedAnswer[]): void {
    this.queue.push(...answers);
  }

  /** Forgets everything and returns what was wrong: unexpected prompts and answers nobody asked for. */
  reset(): readonly string[] {
    const left = this.queue.map((answer) => `never asked: ${String(answer.match)}`);
    const problems = [...this.problems, ...left];
    this.shown.length = 0;
    this.problems.length = 0;
    this.queue = [];
    return problems;
  }

  async notify(severity: Severity, shown: string, buttons: readonly string[]): Promise<string | undefined> {
    const text = this.read(shown);
    this.shown.push({ kind: 'notify', severity, title: text, options: buttons.map((button) => this.read(button)) });
    const next = this.queue[0];
    if (next === undefined || !matches(next.match, text)) return undefined;
    this.queue.shift();
    if (next.answer === undefined) return undefined;
    return this.oneOf(buttons, next.answer, text);
  }

  async askModal(request: AskRequest): Promise<string | undefined> {
    return this.ask('modal', request);
  }

  async askBeside(request: AskRequest): Promise<string | undefined> {
    return this.ask('beside', request);
  }

  async pick<T>(items: readonly PickItem<T>[], options: { title: string; placeholder?: string }): Promise<T | undefined> {
    const labels = items.map((item) => item.label);
    notesOf(items).forEach((note) => this.read(note));
    const answer = this.next({ kind: 'pick', title: options.title, options: labels, ...(options.placeholder === undefined ? {} : { detail: options.placeholder }) });
    if (answer === undefined) return undefined;
    const label = this.oneOf(labels, answer, options.title);
    return items.find((item) => item.label === label)?.value;
  }

  /** Types, waits until the search is over, and takes a row. A row that fills in text searches again and wants the next answer. */
  async livePick<T>(options: LivePickOptions<T>): Promise<T | undefined> {
    let text = options.value ?? '';
    for (;;) {
      text = this.queue[0]?.typed ?? text;
      let items: readonly LiveItem<T>[] = [];
      await options.search(text, (shown) => (items = shown), new AbortController().signal);
      const labels = items.map((item) => item.label);
      const answer = this.next({ kind: 'live', title: options.title, detail: text, options: labels });
      if (answer === undefined) return undefined;
      const label = this.oneOf(labels, answer, options.title);
      const item = items.find((candidate) => candidate.label === label);
      if (item?.fill === undefined) return item?.value;
      text = item.fill;
    }
  }

  async input(options: vscode.InputBoxOptions): Promise<string | undefined> {
    const title = options.title ?? options.prompt ?? '';
    const answer = this.next({ kind: 'input', title, options: [], ...(options.prompt === undefined ? {} : { detail: options.prompt }) });
    if (answer === undefined) return undefined;
    if (options.placeHolder !== undefined) this.read(options.placeHolder);
    const complaint = await options.validateInput?.(answer);
    if (complaint !== undefined && complaint !== null && complaint !== '') {
      this.fail(`input "${this.read(title)}" refuses "${answer}": ${this.read(typeof complaint === 'string' ? complaint : complaint.message)}`);
    }
    return answer;
  }

  async openFile(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
    const answer = this.next({ kind: 'openFile', title: options.title ?? '', options: [] });
    if (answer === undefined) return undefined;
    const { Uri } = await import('vscode');
    return Uri.file(answer);
  }

  async saveFile(options: vscode.SaveDialogOptions): Promise<vscode.Uri | undefined> {
    const answer = this.next({ kind: 'saveFile', title: options.title ?? '', options: [], ...(options.defaultUri === undefined ? {} : { detail: options.defaultUri.fsPath }) });
    if (answer === undefined) return undefined;
    const { Uri } = await import('vscode');
    return Uri.file(answer);
  }

  private ask(kind: PromptKind, request: AskRequest): string | undefined {
    const answer = this.next({
      kind,
      severity: request.severity,
      title: request.title,
      options: request.buttons,
      ...(request.detail === undefined ? {} : { detail: request.detail }),
    });
    return answer === undefined ? undefined : this.oneOf(request.buttons, answer, request.title);
  }

  private next(shown: ShownPrompt): string | undefined {
    const prompt = { ...shown, title: this.read(shown.title), options: shown.options.map((option) => this.read(option)), ...(shown.detail === undefined ? {} : { detail: this.read(shown.detail) }) };
    this.shown.push(prompt);
    const answer = this.queue.shift();
    if (answer === undefined) this.fail(`unexpected ${prompt.kind}: "${prompt.title}" [${prompt.options.join(' | ')}]`);
    const text = `${prompt.title}\n${prompt.detail ?? ''}`;
    if (!matches(answer.match, text)) this.fail(`expected ${String(answer.match)}, but was asked (${prompt.kind}): "${text.trim()}"`);
    return answer.answer;
  }

  private oneOf(labels: readonly string[], answer: string, title: string): string {
    const found = labels.find((label) => this.read(label) === answer) ?? labels.find((label) => this.read(label).includes(answer));
    if (found === undefined) this.fail(`"${this.read(title)}" offers [${labels.map((label) => this.read(label)).join(' | ')}], not "${answer}"`);
    return found;
  }

  private fail(problem: string): never {
    this.problems.push(problem);
    throw new Error(problem);
  }
}

function matches(match: RegExp | string, text: string): boolean {
  return typeof match === 'string' ? text.includes(match) : match.test(text);
}
