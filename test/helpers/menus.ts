import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
}

/** The commands that a menu of the manifest offers while these context keys hold. Understands the `when` clauses that the manifest uses. */
export function offered(menu: string, keys: Readonly<Record<string, string | boolean | undefined>>): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { contributes: { menus: Record<string, readonly MenuEntry[]> } };
  const entries = manifest.contributes.menus[menu] ?? [];
  return [...new Set(entries.filter(({ when }) => when === undefined || holds(when, keys)).map(({ command }) => command))].sort();
}

type Keys = Parameters<typeof offered>[1];

function holds(when: string, keys: Keys): boolean {
  return when.split(' || ').some((part) => part.split(' && ').every((term) => isTrue(term.trim(), keys)));
}

function isTrue(term: string, keys: Keys): boolean {
  const not = /^!\((.*)\)$/.exec(term)?.[1];
  if (not !== undefined) return !isTrue(not, keys);
  const match = /^([\w.]+) =~ \/(.*)\/$/.exec(term);
  if (match !== null) return new RegExp(match[2] ?? '').test(String(keys[match[1] ?? ''] ?? ''));
  const plain = /^(!?)([\w.]+)(?: (==|!=) '?([\w.]+)'?)?$/.exec(term);
  if (plain === null) throw new Error(`this part of a when clause is not understood: ${term}`);
  const [, bang, key = '', sign, value] = plain;
  if (sign === undefined) return Boolean(keys[key]) !== (bang === '!');
  return (String(keys[key]) === value) === (sign === '==');
}
