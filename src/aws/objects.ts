import * as l10n from '@vscode/l10n';
import { FleetError } from '../core/errors';

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
/** T whose `undefined` members are left out rather than present. */
export type Defined<T> = Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };

/** Drops members that are `undefined`: the ports tell "absent" from "undefined", SDK answers do not. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}

/** The SDK declares every member of an answer optional; ours are not. Throws FleetError `service` when one is missing. */
export function required<T>(value: T | undefined, member: string, action: string): T {
  if (value !== undefined) return value;
  throw new FleetError(l10n.t('AWS answered {0} without {1}.', action, member), {
    category: 'service',
    code: 'incompleteAnswer',
    advice: l10n.t('Try again. If it stays, the endpoint may not be a complete AWS service.'),
    remedies: [{ kind: 'retry' }],
  });
}
