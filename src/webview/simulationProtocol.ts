import type { SimulationRequest, SimulationView } from '../core/policy/simulateView';

/** What the simulation page and the extension say to each other; the page names rows, never texts or places. */
export type ToSimulationPage = { readonly type: 'view'; readonly view: SimulationView };

export type FromSimulationPage = { readonly type: 'ready' } | SimulationRequest;

/** A message of the page, checked: a page is a different world and its word is not taken for it. */
export function parseFromSimulationPage(message: unknown): FromSimulationPage | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  switch (message.type) {
    case 'ready':
    case 'compare':
    case 'again':
      return { type: message.type };
    case 'show':
    case 'insert':
      return 'row' in message && typeof message.row === 'number' && Number.isInteger(message.row) && message.row >= 0 ? { type: message.type, row: message.row } : undefined;
    default:
      return undefined;
  }
}
