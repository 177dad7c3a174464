import { CancelledError } from '../../src/core/errors';
import type { Choice, ConfirmRequest, Interaction } from '../../src/core/ports/interaction';

export interface Asked {
  readonly kind: 'confirm' | 'choose' | 'input' | 'reviewDiff' | 'reviewText' | 'pickFile';
  readonly title: string;
  readonly detail: string;
  readonly account?: string;
}

/** Agrees to every question unless told otherwise; a choice or an input that nobody scripted fails at once. */
export class FakeInteraction implements Interaction {
  readonly asked: Asked[] = [];
  readonly told: string[] = [];
  readonly warnings: string[] = [];
  readonly diffs: { left: string; right: string }[] = [];
  readonly markdown: string[] = [];
  /** Titles that match are cancelled. */
  refuse: RegExp | undefined;
  /** Picks the first choice whose label matches, by title. */
  choices: { title: RegExp; label: RegExp }[] = [];
  inputs: { title: RegExp; value: string }[] = [];

  titles(): readonly string[] {
    return this.asked.map((asked) => asked.title);
  }

  async confirm(request: ConfirmRequest): Promise<void> {
    this.note('confirm', request);
  }

  async choose<T>(request: { title: string; placeholder?: string; choices: readonly Choice<T>[] }): Promise<T> {
    this.note('choose', { title: request.title, action: '' });
    const script = this.choices.find((entry) => entry.title.test(request.title));
    const choice = request.choices.find((candidate) => script?.label.test(candidate.label) === true);
    if (choice === undefined) throw new Error(`unexpected choice: ${request.title}: ${request.choices.map((candidate) => candidate.label).join(' | ')}`);
    return choice.value;
  }

  async input(request: Parameters<Interaction['input']>[0]): Promise<string> {
    this.note('input', { title: request.title, action: '', detail: request.password === true ? 'password' : '' });
    const script = this.inputs.find((entry) => entry.title.test(request.title));
    if (script === undefined) throw new Error(`unexpected input: ${request.title}`);
    const problem = request.validate?.(script.value);
    if (problem !== undefined) throw new Error(problem);
    return script.value;
  }

  async pickFile(request: { title: string }): Promise<string> {
    throw new Error(`unexpected file dialog: ${request.title}`);
  }

  async saveFile(request: { title: string }): Promise<string> {
    throw new Error(`unexpected file dialog: ${request.title}`);
  }

  async reviewDiff(request: Parameters<Interaction['reviewDiff']>[0]): Promise<void> {
    this.diffs.push({ left: request.left.text, right: request.right.text });
    this.note('reviewDiff', request);
  }

  async reviewText(request: Parameters<Interaction['reviewText']>[0]): Promise<void> {
    this.markdown.push(request.markdown);
    this.note('reviewText', request);
  }

  async showText(request: { markdown: string }): Promise<void> {
    this.markdown.push(request.markdown);
  }

  inform(message: string): void {
    this.told.push(message);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  private note(kind: Asked['kind'], request: ConfirmRequest): void {
    this.asked.push({ kind, title: request.title, detail: request.detail ?? '', ...(request.target === undefined ? {} : { account: request.target.account }) });
    if (this.refuse?.test(request.title) === true) throw new CancelledError();
  }
}
