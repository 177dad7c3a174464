import type { Cause, DevicePageRequest, DeviceRunView, FleetRunView, Verdict } from '../core/device/trace';

/** A run as its page is told of it. */
export type ShownRun = { readonly kind: 'device'; readonly view: DeviceRunView } | { readonly kind: 'fleet'; readonly view: FleetRunView };

/** A cause without what its buttons do: the page only needs their words, and names them by number. */
export interface PageCause {
  readonly text: string;
  readonly place?: string;
  readonly statement?: string;
  readonly mends: readonly string[];
  readonly documentation: boolean;
}

export type PageVerdict =
  | Extract<Verdict, { outcome: 'running' | 'cancelled' }>
  | { readonly outcome: 'proven'; readonly text: string; readonly warnings: readonly PageCause[] }
  | { readonly outcome: 'refused'; readonly step: string; readonly text: string; readonly cause: PageCause };

export type DevicePageView = Omit<DeviceRunView, 'verdict'> & { readonly verdict: PageVerdict };

export type FleetPageView = Omit<FleetRunView, 'causes'> & {
  readonly causes: readonly { readonly cause: PageCause; readonly title: string; readonly count: number }[];
};

/** `run` grows with each new run; `elapsed` is milliseconds since it was first shown. */
export type ToTestDevicePage = { readonly type: 'run'; readonly run: number; readonly elapsed: number } & (
  | { readonly kind: 'device'; readonly view: DevicePageView }
  | { readonly kind: 'fleet'; readonly view: FleetPageView }
);

export type FromTestDevicePage = { readonly type: 'ready' } | DevicePageRequest;

/** A message of the page, checked: a page is a different world and its word is not taken for it. */
export function parseFromTestDevicePage(message: unknown): FromTestDevicePage | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  const { type } = message;
  const cause = 'cause' in message ? index(message.cause) : undefined;
  switch (type) {
    case 'ready':
    case 'again':
    case 'cancel':
    case 'cleanUp':
      return { type };
    case 'documentation':
      return cause === undefined ? undefined : { type, cause };
    case 'mend': {
      const mend = 'mend' in message ? index(message.mend) : undefined;
      return cause === undefined || mend === undefined ? undefined : { type, cause, mend };
    }
    default:
      return undefined;
  }
}

/** What of a run goes to the page. */
export function toPage(shown: ShownRun): Pick<Extract<ToTestDevicePage, { kind: 'device' }>, 'kind' | 'view'> | Pick<Extract<ToTestDevicePage, { kind: 'fleet' }>, 'kind' | 'view'> {
  if (shown.kind === 'device') return { kind: 'device', view: { ...shown.view, verdict: pageVerdict(shown.view.verdict) } };
  const { view } = shown;
  return { kind: 'fleet', view: { ...view, causes: view.causes.map(({ cause, title, count }) => ({ cause: pageCause(cause), title, count })) } };
}

function pageVerdict(verdict: Verdict): PageVerdict {
  switch (verdict.outcome) {
    case 'running':
    case 'cancelled':
      return verdict;
    case 'proven':
      return { ...verdict, warnings: verdict.warnings.map(pageCause) };
    case 'refused':
      return { ...verdict, cause: pageCause(verdict.cause) };
  }
}

function pageCause({ text, place, statement, mends, documentation }: Cause): PageCause {
  return {
    text,
    ...(place === undefined ? {} : { place }),
    ...(statement === undefined ? {} : { statement }),
    mends: mends.map(({ label }) => label),
    documentation: documentation !== undefined,
  };
}

function index(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
