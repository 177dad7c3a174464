import type { CallContext } from '../../kernel/types';

export interface ThingGroupRecord {
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
  /** From the root down to the parent. A group never moves, so this stays true. */
  readonly ancestors: readonly string[];
  readonly description?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  readonly createdAt: string;
}

export const THING_GROUPS = 'iot.thingGroup';

/** The group, then its parent, up to the root. Empty for an unknown group. */
export async function groupAndAncestors(call: CallContext, name: string): Promise<readonly string[]> {
  const group = await call.tx.get<ThingGroupRecord>(THING_GROUPS, name);
  return group === undefined ? [] : [name, ...[...group.ancestors].reverse()];
}
