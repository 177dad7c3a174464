import type { Indexing } from '../ports/searchApi';

/** A way to go on typing. */
export interface Completion {
  /** The word as it would stand. */
  readonly word: string;
  /** All of the text then. */
  readonly text: string;
}

/** Names of fields that begin as the last word does. `attributes`: names of attributes that hits have had. */
export function completeFields(text: string, indexing: Indexing | undefined, attributes: Iterable<string>): readonly Completion[] {
  const indexed = indexing !== undefined && indexing.things !== 'OFF';
  const [, before = '', sign = '', last = ''] = /^(.*?)([!(-]*)([^\s!(]*)$/s.exec(text) ?? [];
  if (last === '' && before.trim() !== '') return [];
  const fields = [
    'thingName:',
    'thingGroupNames:',
    ...[...new Set(attributes)].sort().map((name) => `attributes.${name}:`),
    ...(indexed ? ['thingTypeName:', ...(indexing.connectivity ? ['connectivity.connected:true', 'connectivity.connected:false'] : [])] : ['attr:']),
  ];
  const wanted = last.toLowerCase();
  // Of a single letter every other word would be a field.
  if (wanted.length === 1) return [];
  return fields.filter((field) => field.toLowerCase().startsWith(wanted) && field !== last).map((word) => ({ word, text: `${before}${sign}${word}` }));
}
