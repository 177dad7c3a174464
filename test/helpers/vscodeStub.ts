/**
 * Stands in for VS Code in unit tests of what it draws: import this before the file under test. Only what view models need;
 * how VS Code itself behaves is for the tests inside of it.
 */
import Module from 'node:module';

class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: number,
  ) {}
}

class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: unknown,
  ) {}
}

class ThemeColor {
  constructor(readonly id: string) {}
}

class MarkdownString {
  isTrusted = false;
  supportHtml = false;
  constructor(readonly value: string) {}
}

class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query: string | undefined,
  ) {}

  static from({ scheme, path, query }: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(scheme, path, query);
  }

  toString(): string {
    return `${this.scheme}:${this.path}${this.query === undefined ? '' : `?${this.query}`}`;
  }
}

/** What a notification with progress was told, in order. */
export const progressReports: string[] = [];

const stub = {
  ProgressLocation: { Notification: 15 },
  window: {
    withProgress: async (_: unknown, work: (progress: { report(step: { message: string }): void }, token: unknown) => Promise<unknown>): Promise<unknown> =>
      work({ report: ({ message }) => progressReports.push(message) }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
  },
  TreeItem,
  QuickPickItemKind: { Separator: -1, Default: 0 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  ThemeIcon,
  ThemeColor,
  MarkdownString,
  EventEmitter,
  Uri,
  workspace: { isTrusted: true },
  l10n: { t: (text: string, ...values: readonly unknown[]): string => text.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)])) },
};

interface Loader {
  _load: (request: string, ...rest: readonly unknown[]) => unknown;
}

const loader = Module as unknown as Loader;
const load = loader._load;
loader._load = (request, ...rest) => (request === 'vscode' ? stub : load(request, ...rest));
