import { nearest } from '../../core/policy/nearest';
import { isRecord } from '../../core/util/json';
import type { Call } from '../kernel/kernel';
import type { ServiceName } from '../kernel/types';
import { faultKinds, type CallFaults, type Trouble } from './injection';

/** One rule: which calls, and what happens to them. */
export interface FaultRule extends Trouble {
  readonly service?: ServiceName;
  readonly operation?: string;
  /** Which of the calls that fit, counted from 1; none of the three: all of them. */
  readonly occurrence?: number;
  /** This one and all after it. */
  readonly from?: number;
  /** Each n-th. */
  readonly every?: number;
}

/** A plan that cannot be used; the message is one line that says where. */
export class FaultPlanError extends Error {}

/** As the SDK names them: readModels(). */
export type KnownOperations = Readonly<Record<ServiceName, { readonly operations: ReadonlyMap<string, unknown> }>>;

const counting = ['occurrence', 'from', 'every'] as const;
const keys = ['service', 'operation', ...counting, 'fault', 'latencyMs'] as const;
const longestLatency = 60_000;

/** Reads `{ "rules": [ … ] }`. Throws FaultPlanError, naming the rule; `file` is how the person called it. */
export function readFaultPlan(text: string, file: string, known: KnownOperations): readonly FaultRule[] {
  const plan = parsed(text, file);
  if (!isRecord(plan) || !Array.isArray(plan['rules'])) throw new FaultPlanError(`${file} must be an object with a list of rules: {"rules": [{"operation": "CreatePolicy", "fault": "throttled"}]}.`);
  const odd = Object.keys(plan).find((key) => key !== 'rules' && key !== '$schema');
  if (odd !== undefined) throw new FaultPlanError(`${file}: unknown key '${odd}'; a plan has only 'rules'.`);
  return (plan['rules'] as readonly unknown[]).map((rule, index) => readRule(rule, `${file}, rule ${String(index + 1)}`, known));
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new FaultPlanError(`${file} is not JSON: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')}`);
  }
}

function readRule(rule: unknown, where: string, known: KnownOperations): FaultRule {
  if (!isRecord(rule)) throw new FaultPlanError(`${where} must be an object.`);
  for (const key of Object.keys(rule)) if (!includes(keys, key)) throw new FaultPlanError(`${where}: unknown key '${key}'${meant(key, keys)}`);
  const service = oneOf(rule, 'service', Object.keys(known) as ServiceName[], where);
  const operation = operationOf(rule, service, known, where);
  const fault = oneOf(rule, 'fault', faultKinds, where);
  const latencyMs = wholeNumber(rule, 'latencyMs', 0, longestLatency, where);
  if (fault === undefined && latencyMs === undefined) throw new FaultPlanError(`${where} needs 'fault' or 'latencyMs'.`);
  const counts = counting.filter((key) => rule[key] !== undefined);
  if (counts.length > 1) throw new FaultPlanError(`${where} has '${counts.join("' and '")}': one of them at most.`);
  const [count] = counts;
  const number = count === undefined ? undefined : wholeNumber(rule, count, 1, Number.MAX_SAFE_INTEGER, where);
  return {
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { operation }),
    ...(count === undefined || number === undefined ? {} : { [count]: number }),
    ...(fault === undefined ? {} : { fault }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  };
}

function operationOf(rule: Readonly<Record<string, unknown>>, service: ServiceName | undefined, known: KnownOperations, where: string): string | undefined {
  const { operation } = rule;
  if (operation === undefined) return undefined;
  const services = service === undefined ? (Object.keys(known) as ServiceName[]) : [service];
  const operations = services.flatMap((name) => [...known[name].operations.keys()]);
  if (typeof operation === 'string' && operations.includes(operation)) return operation;
  const who = service === undefined ? 'no service here has' : `${service} has no`;
  throw new FaultPlanError(`${where}: ${who}${service === undefined ? ' an' : ''} operation ${shown(operation)}${meant(operation, operations)}`);
}

function oneOf<T extends string>(rule: Readonly<Record<string, unknown>>, key: string, allowed: readonly T[], where: string): T | undefined {
  const value = rule[key];
  if (value === undefined) return undefined;
  if (includes(allowed, value)) return value;
  throw new FaultPlanError(`${where}: '${key}' must be one of ${allowed.join(', ')}, not ${shown(value)}.`);
}

function wholeNumber(rule: Readonly<Record<string, unknown>>, key: string, min: number, max: number, where: string): number | undefined {
  const value = rule[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new FaultPlanError(`${where}: '${key}' must be a whole number from ${String(min)}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${String(max)}`}, not ${shown(value)}.`);
}

/** The end of the sentence, and what was meant perhaps. */
function meant(given: unknown, known: readonly string[]): string {
  const suggestion = typeof given === 'string' ? nearest(given, known) : undefined;
  return suggestion === undefined ? '.' : `. Did you mean '${suggestion}'?`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));
const includes = <T extends string>(list: readonly T[], value: unknown): value is T => (list as readonly unknown[]).includes(value);

/** Counts the calls of each rule; the first rule that applies to a call decides. */
export class PlannedFaults implements CallFaults {
  private readonly counts: number[] = [];

  constructor(private readonly rules: readonly FaultRule[]) {}

  next({ service, operation }: Pick<Call, 'service' | 'operation'>): Trouble | undefined {
    let first: FaultRule | undefined;
    for (const [index, rule] of this.rules.entries()) {
      if ((rule.service ?? service) !== service || (rule.operation ?? operation) !== operation) continue;
      const count = (this.counts[index] ?? 0) + 1;
      this.counts[index] = count;
      if (applies(rule, count)) first ??= rule;
    }
    return first;
  }

  reset(): void {
    this.counts.length = 0;
  }
}

function applies({ occurrence, from, every }: FaultRule, count: number): boolean {
  if (occurrence !== undefined) return count === occurrence;
  if (from !== undefined) return count >= from;
  return every === undefined || count % every === 0;
}
