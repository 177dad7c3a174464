import { invalidInput, limitExceeded } from './faults';
import type { Tag } from './records';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
const MAX_TAGS = 50;

/** Given tags over existing ones; keys differ in more than case. */
export function mergeTags(existing: readonly Tag[], given: readonly Tag[]): readonly Tag[] {
  const keys = given.map((tag) => tag.Key.toLowerCase());
  if (new Set(keys).size !== keys.length) throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  const reserved = given.find((tag) => tag.Key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) throw invalidInput('Tag keys starting with "aws:" are reserved for system use');
  const merged = [...existing.filter((tag) => !keys.includes(tag.Key.toLowerCase())), ...given.map(({ Key, Value }) => ({ Key, Value }))];
  if (merged.length > MAX_TAGS) throw limitExceeded(`The number of tags has reached the maximum limit of ${MAX_TAGS}.`);
  return merged;
}

export function withoutTags(existing: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const removed = new Set(keys.map((key) => key.toLowerCase()));
  return existing.filter((tag) => !removed.has(tag.Key.toLowerCase()));
}
