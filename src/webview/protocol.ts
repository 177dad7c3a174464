/**
 * What the stack outputs page and the extension say to each other. The page (media/stackOutputs.js) takes these types by
 * JSDoc. The page never receives anything but text to show, and never sends values back: only which row was meant.
 */
export type OutputAction = 'rolesStack' | 'roleAlias' | 'iotPolicy' | 'provisioningTemplate';

export interface OutputRow {
  readonly key: string;
  readonly value: string;
  readonly description: string;
  /** Label of the "use in next step" button; absent when the value was not recognised. */
  readonly use?: string;
  /** True when the value can become one of our settings. */
  readonly useAs: boolean;
}

export interface EventRow {
  /** Localized time of day. */
  readonly time: string;
  readonly resource: string;
  readonly type: string;
  readonly status: string;
  readonly tone: 'good' | 'busy' | 'bad';
  readonly reason: string;
}

export type PageState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'empty'; readonly message: string; readonly action: string }
  | { readonly kind: 'error'; readonly message: string; readonly advice: string }
  | {
      readonly kind: 'stack';
      readonly name: string;
      readonly status: string;
      /** Which of three colours the status gets. */
      readonly tone: 'good' | 'busy' | 'bad';
      readonly statusReason: string;
      readonly facts: readonly { readonly label: string; readonly value: string }[];
      readonly rows: readonly OutputRow[];
      /** Newest first. */
      readonly events: readonly EventRow[];
    };

export type ToPage = { readonly type: 'state'; readonly state: PageState } | { readonly type: 'copied'; readonly row: number } | { readonly type: 'copiedAll'; readonly format: CopyFormat };

export type CopyFormat = 'json' | 'env';

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'copy'; readonly row: number }
  | { readonly type: 'use'; readonly row: number }
  | { readonly type: 'useAs'; readonly row: number }
  | { readonly type: 'copyAll'; readonly format: CopyFormat }
  | { readonly type: 'refresh' }
  | { readonly type: 'deploy' }
  | { readonly type: 'showLog' };

/** A message of the page, checked: a page is a different world and its word is not taken for it. */
export function parseFromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  switch (message.type) {
    case 'ready':
    case 'refresh':
    case 'deploy':
    case 'showLog':
      return { type: message.type };
    case 'copy':
    case 'use':
    case 'useAs':
      return 'row' in message && typeof message.row === 'number' && Number.isInteger(message.row) && message.row >= 0
        ? { type: message.type, row: message.row }
        : undefined;
    case 'copyAll':
      return 'format' in message && (message.format === 'json' || message.format === 'env') ? { type: 'copyAll', format: message.format } : undefined;
    default:
      return undefined;
  }
}
