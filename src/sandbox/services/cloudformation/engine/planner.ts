import { isUnknown, UNKNOWN, type Value } from '../template/intrinsics';
import { Fault } from '../../../kernel/types';
import { checkedProperties, providerOf } from '../resources/registry';
import type { JsonObject } from '../template/model';
import type { Evaluation, ResolveResource } from './evaluation';
import type { ResourceRecord, StackContent, StackRecord } from './records';

/** One entry of a change set, as DescribeChangeSet shows it (ResourceChange). */
export interface PlannedChange {
  readonly Action: 'Add' | 'Modify' | 'Remove';
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly Replacement?: 'True' | 'False' | 'Conditional';
  readonly Scope: readonly string[];
  readonly Details: readonly object[];
  readonly PolicyAction?: string;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** False: AWS answers "No updates are to be performed." */
  readonly hasChanges: boolean;
}

/** JSON text with sorted keys: order of members is no difference. */
export function canonical(value: unknown): string {
  if (value === UNKNOWN) return '"\u0000"';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Properties whose value differs, with what the change means for the physical resource. */
export function propertyChanges(type: string, next: Readonly<Record<string, Value>>, previous: JsonObject): { name: string; recreation: 'Never' | 'Conditionally' | 'Always' }[] {
  const rules = providerOf(type).properties;
  return [...new Set([...Object.keys(next), ...Object.keys(previous)])]
    .filter((name) => canonical(next[name] ?? null) !== canonical(previous[name] ?? null))
    .map((name) => ({
      name,
      recreation: rules[name]?.createOnly !== true ? 'Never' : next[name] !== undefined && isUnknown(next[name]) ? 'Conditionally' : 'Always',
    }));
}

/** True when stack tags reach this type's resources. */
export function takesTags(type: string): boolean {
  return providerOf(type).properties['Tags'] !== undefined;
}

/** What moving from the present resources to the new content would do, without doing it. */
export function planChanges(evaluation: Evaluation, next: StackContent, stack: StackRecord, existing: ReadonlyMap<string, ResourceRecord>): Plan {
  const present = new Map([...existing].filter(([, record]) => record.status !== 'DELETE_COMPLETE'));
  /** New or replaced: their identity is not known. */
  const uncertain = new Set<string>();
  const resolve: ResolveResource = (name) => (uncertain.has(name) ? undefined : present.get(name));
  const tagsDiffer = canonical(next.tags) !== canonical(stack.tags);
  const changes: PlannedChange[] = [];
  for (const logicalId of evaluation.order) {
    const definition = evaluation.template.resources[logicalId];
    if (definition === undefined) continue;
    const record = present.get(logicalId);
    if (record === undefined || record.physicalId === undefined) {
      uncertain.add(logicalId);
      changes.push({ Action: 'Add', LogicalResourceId: logicalId, ResourceType: definition.type, Scope: [], Details: [] });
      continue;
    }
    const change = modification(logicalId, definition.type, record, normalised(definition.type, logicalId, evaluation.properties(logicalId, resolve)), tagsDiffer);
    if (change === undefined) continue;
    if (change.Replacement !== 'False') uncertain.add(logicalId);
    changes.push(definition.updateReplacePolicy === 'Retain' && change.Replacement !== 'False' ? { ...change, PolicyAction: 'ReplaceAndRetain' } : change);
  }
  const removed = [...present.values()].filter((record) => !evaluation.order.includes(record.logicalId));
  for (const record of removed) {
    changes.push({
      Action: 'Remove', LogicalResourceId: record.logicalId, ResourceType: record.type, Scope: [], Details: [],
      ...(record.physicalId === undefined ? {} : { PhysicalResourceId: record.physicalId }),
      PolicyAction: record.deletionPolicy === 'Delete' ? 'Delete' : 'Retain',
    });
  }
  const outputsDiffer = evaluation.outputPreview(resolve) !== JSON.stringify(stack.outputs.map((output) => [output.key, output.value, output.description, output.exportName ?? '']));
  const notificationsDiffer = canonical(next.notificationArns) !== canonical(stack.notificationArns);
  return { changes, hasChanges: changes.length > 0 || outputsDiffer || tagsDiffer || notificationsDiffer };
}

function modification(logicalId: string, type: string, record: ResourceRecord, next: Readonly<Record<string, Value>>, tagsDiffer: boolean): PlannedChange | undefined {
  const physical = { LogicalResourceId: logicalId, PhysicalResourceId: record.physicalId ?? '', ResourceType: type };
  if (type !== record.type) return { Action: 'Modify', ...physical, Replacement: 'True', Scope: ['Properties'], Details: [] };
  const differing = propertyChanges(type, next, record.properties);
  const withTags = tagsDiffer && takesTags(type) && !differing.some((change) => change.name === 'Tags');
  if (differing.length === 0 && !withTags) return undefined;
  const properties = differing.filter((change) => change.name !== 'Tags');
  const scope = [...(properties.length > 0 ? ['Properties'] : []), ...(properties.length < differing.length || withTags ? ['Tags'] : [])];
  return {
    Action: 'Modify', ...physical,
    Replacement: differing.some((change) => change.recreation === 'Always') ? 'True' : differing.some((change) => change.recreation === 'Conditionally') ? 'Conditional' : 'False',
    Scope: scope,
    Details: [
      ...differing.map((change) => ({
        Target: change.name === 'Tags' ? { Attribute: 'Tags', RequiresRecreation: 'Never' } : { Attribute: 'Properties', Name: change.name, RequiresRecreation: change.recreation },
        Evaluation: next[change.name] !== undefined && isUnknown(next[change.name] as Value) ? 'Dynamic' : 'Static',
        ChangeSource: 'DirectModification',
      })),
      ...(withTags ? [{ Target: { Attribute: 'Tags', RequiresRecreation: 'Never' }, Evaluation: 'Static', ChangeSource: 'DirectModification' }] : []),
    ],
  };
}

/** As it would be stored, where everything is known and valid; an invalid one is for the update itself to refuse. */
function normalised(type: string, logicalId: string, value: Value): Readonly<Record<string, Value>> {
  if (!isUnknown(value)) {
    try {
      return checkedProperties(type, logicalId, value as JsonObject);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
