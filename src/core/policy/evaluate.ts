import { wildcardMatch } from './arn';
import { conditionHolds } from './conditionMatch';
import { parsePolicy, type PolicyDocument, type Statement } from './model';
import { requestsFor, type AccessRequest, type Caller, type Question } from './request';
import type { PolicyTarget } from './ruleContext';
import { escapes, variableUses } from './variables';

export interface NamedPolicy {
  readonly name: string;
  readonly text: string;
}

export interface Decision {
  readonly outcome: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** The check that decided: of several the one that failed. */
  readonly request: AccessRequest;
  /** The statement that allowed or denied. */
  readonly by: { readonly policy: string; readonly statement: number; readonly offset: number; readonly length: number; readonly sid?: string } | undefined;
  /** For an implicit denial: the least that would have allowed the check. */
  readonly smallest: { readonly Effect: 'Allow'; readonly Action: string; readonly Resource: string } | undefined;
}

/** Wildcards of a pattern after its variables are replaced; private-use characters no ARN contains. */
const anyRun = '\ue000';
const oneCharacter = '\ue001';

interface ReadPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
  readonly variables: boolean;
}

/**
 * Replaces variables; wildcards become private characters so that a `*` from a value stays a plain character.
 * Undefined when a variable has no value: then nothing matches. https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html
 * ("no substitution is made and authorization fails"; values with * $ + ? # are not substituted for certificate variables.)
 */
function resolve(pattern: string, request: AccessRequest, variables: boolean): string | undefined {
  const wild = (text: string): string => text.replaceAll('*', anyRun).replaceAll('?', oneCharacter);
  if (!variables || !pattern.includes('${')) return wild(pattern);
  let result = '';
  let last = 0;
  for (const use of variableUses(pattern)) {
    if (use.at < last) continue;
    if (!use.closed) return undefined;
    result += wild(pattern.slice(last, use.at));
    if (escapes.has(use.name)) result += use.name;
    else {
      const value = valueOf(use.name, request);
      if (value === undefined || (use.name.startsWith('iot:Certificate.') && /[*$+?#]/.test(value))) return undefined;
      result += value;
    }
    last = use.at + use.length;
  }
  return result + wild(pattern.slice(last));
}

function valueOf(name: string, request: AccessRequest): string | undefined {
  const exact = request.values.get(name);
  if (exact !== undefined) return exact[0];
  // A one-based index: `.1` is the second value.
  const index = /^(.+)\.([0-4])$/.exec(name);
  return index?.[1] === undefined ? undefined : request.values.get(index[1])?.[Number(index[2])];
}

function keyValues(name: string, request: AccessRequest): readonly string[] | undefined {
  const exact = request.values.get(name);
  if (exact !== undefined) return name.startsWith('iot:Certificate.') && name !== 'iot:Certificate.AvailableKeys' ? exact.slice(0, 1) : exact;
  if (name.endsWith('.List')) return request.values.get(name.slice(0, -'.List'.length));
  const value = valueOf(name, request);
  return value === undefined ? undefined : [value];
}

const matches = (pattern: string, text: string): boolean => wildcardMatch(pattern, text, anyRun, oneCharacter);

/** Does the statement speak of this action at all? */
function concerns(statement: Statement, request: AccessRequest): boolean {
  const named = (item: { readonly value: string }): boolean => wildcardMatch(item.value, request.action);
  return statement.notActions.length > 0 ? !statement.notActions.some(named) : statement.actions.some(named);
}

function applies(statement: Statement, request: AccessRequest, variables: boolean): boolean {
  if (!concerns(statement, request)) return false;
  const covered = (item: { readonly value: string }): boolean => {
    const pattern = resolve(item.value, request, variables);
    // An exception that cannot be read must not widen what is allowed. For a denial it covers nothing (unverified).
    if (pattern === undefined) return statement.notResources.length > 0 && statement.effect?.value === 'Allow';
    return matches(pattern, request.resource);
  };
  if (statement.notResources.length > 0 ? statement.notResources.some(covered) : !statement.resources.some(covered)) return false;
  const block = statement.members.get('Condition');
  if (block !== undefined && block.value?.type !== 'object') return false;
  return statement.conditions.every((entry) => {
    const resolved = entry.values.map((value) => resolve(value.value, request, variables));
    // "Is none of these" cannot be said of a value that is not known.
    if (resolved.includes(undefined) && /Not/.test(entry.operator.value)) return false;
    const wanted = [
      ...resolved,
      ...entry.otherValues.map((node) => (node.type === 'boolean' || node.type === 'number' ? String(node.value) : undefined)),
    ].filter((value) => value !== undefined);
    const plain = wanted.map((value) => value.replaceAll(anyRun, '*').replaceAll(oneCharacter, '?'));
    const likes = /Like|^Arn|:Arn/.test(entry.operator.value);
    return conditionHolds(entry.operator.value, likes ? wanted : plain, keyValues(entry.key.value, request), matches);
  });
}

function read(policies: readonly NamedPolicy[]): readonly ReadPolicy[] {
  return policies.flatMap(({ name, text }) => {
    const parsed = parsePolicy(text);
    return parsed.kind === 'policy' ? [{ name, document: parsed.policy, variables: parsed.policy.version?.value === '2012-10-17' }] : [];
  });
}

function decide(policies: readonly ReadPolicy[], request: AccessRequest): Decision {
  let allowed: Decision['by'];
  for (const { name, document, variables } of policies) {
    for (const statement of document.statements) {
      const effect = statement.effect?.value;
      if ((effect !== 'Allow' && effect !== 'Deny') || (effect === 'Allow' && allowed !== undefined)) continue;
      if (!applies(statement, request, variables)) continue;
      const by = {
        policy: name,
        statement: statement.index,
        offset: statement.node.offset,
        length: statement.node.length,
        ...(statement.sid === undefined ? {} : { sid: statement.sid.value }),
      };
      if (effect === 'Deny') return { outcome: 'explicitDeny', request, by, smallest: undefined };
      allowed = by;
    }
  }
  if (allowed !== undefined) return { outcome: 'allowed', request, by: allowed, smallest: undefined };
  return { outcome: 'implicitDeny', request, by: undefined, smallest: { Effect: 'Allow', Action: request.action, Resource: escapeWildcards(request.resource) } };
}

/** A topic may hold * or ? as plain characters; in a policy they are written `${*}` and `${?}`. */
function escapeWildcards(resource: string): string {
  return resource === '*' ? resource : resource.replaceAll('${', '${$}{').replaceAll(/[*?]/g, (character) => `\${${character}}`);
}

/** A set of policies, read once, that answers many questions. */
export class PolicyEvaluator {
  private readonly policies: readonly ReadPolicy[];

  constructor(policies: readonly NamedPolicy[]) {
    this.policies = read(policies);
  }

  /** Default deny; any explicit denial wins; all attached policies count together. */
  check(request: AccessRequest): Decision {
    return decide(this.policies, request);
  }

  /** True when a statement allows the action on something, whatever that is and under whatever conditions. */
  mayAllow(action: string): boolean {
    const request = { action, resource: '*', values: new Map() };
    return this.policies.some(({ document }) => document.statements.some((statement) => statement.effect?.value === 'Allow' && concerns(statement, request)));
  }

  /**
   * Variables and condition keys that statements on this action ask for and that have no value here, in the order of
   * the policies: mostly why a statement that looks right does not apply.
   */
  missing(request: AccessRequest): readonly string[] {
    const names = new Set<string>();
    for (const { document, variables } of this.policies) {
      for (const statement of document.statements) {
        if (!concerns(statement, request)) continue;
        const texts = [...statement.resources, ...statement.notResources, ...statement.conditions.flatMap((entry) => entry.values)];
        for (const use of variables ? texts.flatMap((text) => variableUses(text.value)) : []) {
          if (use.closed && !escapes.has(use.name) && valueOf(use.name, request) === undefined) names.add(use.name);
        }
        for (const { key, operator } of statement.conditions) {
          if (!/^Null$|IfExists$|^ForAllValues:/.test(operator.value) && keyValues(key.value, request) === undefined) names.add(key.value);
        }
      }
    }
    return [...names];
  }

  /** May the device do this? Of several checks the first that fails decides. */
  ask(question: Question, caller: Caller, target: PolicyTarget): Decision {
    const decisions = requestsFor(question, caller, target).map((request) => this.check(request));
    const failed = decisions.find((decision) => decision.outcome !== 'allowed');
    const first = failed ?? decisions[0];
    if (first === undefined) throw new Error('a question has at least one check');
    return first;
  }
}
