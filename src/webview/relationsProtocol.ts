import type { RelationsState } from '../core/relations/view';

/** What the page of relations (media/relations.js) and the extension say to each other. Nothing in it is secret. */
export interface ToRelations {
  readonly type: 'state';
  readonly state: RelationsState;
}

export type FromRelations = { readonly type: 'ready' | 'refresh' } | { readonly type: 'open'; readonly node: number } | { readonly type: 'fix'; readonly edge: number };

/** A message of the page, checked: a page is a different world and its word is not taken for it. */
export function parseFromRelations(message: unknown): FromRelations | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'ready' || message.type === 'refresh') return { type: message.type };
  if (message.type === 'open' && 'node' in message && isIndex(message.node)) return { type: 'open', node: message.node };
  if (message.type === 'fix' && 'edge' in message && isIndex(message.edge)) return { type: 'fix', edge: message.edge };
  return undefined;
}

const isIndex = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
