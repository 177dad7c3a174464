import type { PreviewState } from '../core/provisioning/template/preview';

/** What the preview page (media/templatePreview.js) and the extension say to each other. Nothing in it is secret. */
export interface ToPreview {
  readonly type: 'state';
  readonly state: PreviewState;
}

export type FromPreview = { readonly type: 'ready' } | { readonly type: 'set'; readonly name: string; readonly value: string } | { readonly type: 'reveal'; readonly problem: number };

/** No parameter is longer; https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterThing.html sets no limit of its own. */
const maxValue = 4096;

/** A message of the page, checked: a page is a different world and its word is not taken for it. */
export function parseFromPreview(message: unknown): FromPreview | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'ready') return { type: 'ready' };
  if (message.type === 'set' && 'name' in message && 'value' in message && typeof message.name === 'string' && typeof message.value === 'string' && message.value.length <= maxValue) {
    return { type: 'set', name: message.name, value: message.value };
  }
  if (message.type === 'reveal' && 'problem' in message && typeof message.problem === 'number' && Number.isInteger(message.problem) && message.problem >= 0) {
    return { type: 'reveal', problem: message.problem };
  }
  return undefined;
}

/** Values that were typed, by file and parameter. */
export type PreviewMemory = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What an older version stored may look different. */
export function isPreviewMemory(value: unknown): value is PreviewMemory {
  const isRecord = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one);
  return isRecord(value) && Object.values(value).every((file) => isRecord(file) && Object.values(file).every((text) => typeof text === 'string'));
}
