import type { AwsTarget } from './identity';

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

export interface ConfirmRequest {
  /** A question, localized. The implementation adds profile, account and region of `target` to the detail. */
  readonly title: string;
  readonly detail?: string;
  /** Verb on the button, localized: "Create role alias", never "OK". */
  readonly action: string;
  readonly target?: AwsTarget;
}

/** Questions to the person. Dismissing any of them throws CancelledError; nothing returns undefined. */
export interface Interaction {
  confirm(request: ConfirmRequest): Promise<void>;
  choose<T>(request: { title: string; placeholder?: string; choices: readonly Choice<T>[] }): Promise<T>;
  input(request: {
    title: string;
    prompt?: string;
    value?: string;
    placeholder?: string;
    password?: boolean;
    /** Returns a localized message when the value is not acceptable. */
    validate?: (value: string) => string | undefined;
  }): Promise<string>;
  /** A file on disk, chosen in a dialog. */
  pickFile(request: { title: string; filters: Readonly<Record<string, readonly string[]>> }): Promise<string>;
  /** A path to write to, chosen in a dialog that begins with `file` (absolute, or a bare name) and asks before it replaces. */
  saveFile(request: { title: string; filters: Readonly<Record<string, readonly string[]>>; file: string }): Promise<string>;
  /** Shows two texts in the diff editor, then asks like `confirm`. */
  reviewDiff(request: ConfirmRequest & { left: { label: string; text: string }; right: { label: string; text: string }; language?: string }): Promise<void>;
  /** Shows a read-only text (for example a change set as a table in Markdown), then asks like `confirm`. */
  reviewText(request: ConfirmRequest & { documentTitle: string; markdown: string }): Promise<void>;
  /** Opens a read-only text in Markdown, to be read; asks nothing. */
  showText(request: { documentTitle: string; markdown: string }): Promise<void>;
  /** A passing notice that needs no answer. */
  inform(message: string): void;
  /** A warning that needs no answer but must be seen. */
  warn(message: string): void;
}

/** Reports what a long operation is doing. Localized. */
export interface Progress {
  report(message: string): void;
}
