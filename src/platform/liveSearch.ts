import type * as vscode from 'vscode';

/** A row of a list that is searched while one types. */
export interface LiveItem<T> extends vscode.QuickPickItem {
  /** What is chosen with it; a row without it and without `fill` cannot be chosen. */
  readonly value?: T;
  /** Choosing it types this instead. */
  readonly fill?: string;
}

export interface LivePickOptions<T> {
  readonly title: string;
  readonly placeholder: string;
  /** What stands in the box at first. */
  readonly value?: string;
  /** Shows rows, as often as more is known, until it resolves. What it does after `signal` aborts is of no use any more. */
  search(text: string, show: (items: readonly LiveItem<T>[]) => void, signal: AbortSignal): Promise<void>;
  /** A button of a row was pressed. */
  pressed(item: LiveItem<T>, button: vscode.QuickInputButton): void;
  /** A search failed. */
  failed(error: unknown): void;
}

/** What the search needs of VS Code's list. */
interface List<T> {
  busy: boolean;
  items: readonly LiveItem<T>[];
  activeItems: readonly LiveItem<T>[];
}

/** Milliseconds without a key until the account is asked. */
export const settleMs = 150;

/** From keys to rows: waits until the typing pauses, ends the search before, and keeps the row that somebody went to. */
export class LiveSearch<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;

  constructor(
    private readonly list: List<T>,
    private readonly options: Pick<LivePickOptions<T>, 'search' | 'failed'>,
    private readonly settle = settleMs,
  ) {}

  /** The text has changed. */
  typed(text: string): void {
    this.stop();
    this.list.busy = true;
    this.timer = setTimeout(() => this.start(text), this.settle);
  }

  /** Searches now. */
  start(text: string): void {
    this.stop();
    const abort = new AbortController();
    this.running = abort;
    this.list.busy = true;
    this.run(text, abort).catch((error: unknown) => {
      if (!abort.signal.aborted) this.options.failed(error);
    });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = undefined;
  }

  private async run(text: string, abort: AbortController): Promise<void> {
    try {
      await this.options.search(text, (items) => !abort.signal.aborted && this.show(items), abort.signal);
    } finally {
      if (!abort.signal.aborted) this.list.busy = false;
    }
  }

  private show(items: readonly LiveItem<T>[]): void {
    const [at] = this.list.activeItems;
    const first = this.list.items.find(isRow);
    this.list.items = items;
    // VS Code goes back to the first row; who has gone further stays where they are.
    if (at === undefined || at === first) return;
    const same = items.find((item) => isRow(item) && item.label === at.label && item.description === at.description);
    if (same !== undefined) this.list.activeItems = [same];
  }
}

function isRow(item: vscode.QuickPickItem): boolean {
  // A separator is -1. The enum itself would need `vscode` as a value.
  return item.kind === undefined || item.kind.valueOf() >= 0;
}
