import { findNodeAtLocation, findNodeAtOffset, getNodePath, parseTree } from 'jsonc-parser';
import { deployedFiles, type DeployedSubject } from '../deployedFiles';
import { sameJson } from '../util/json';
import type { RelationFacts } from './facts';
import type { RelationEdge } from './graph';

/** UTF-16 code units, as VS Code counts them. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

export interface TextRange {
  /** Lines and characters from 0. */
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

const top: Place = { offset: 0, length: 0 };

/**
 * Where a place of the deployed text is in another text: at the same value when both mean the same, else where the same
 * string stands. Undefined: it is not there.
 */
export function placeIn(deployed: string, at: Place, shown: string): Place | undefined {
  if (sameJson(deployed, shown)) return samePlace(deployed, at, shown) ?? top;
  const literal = deployed.slice(at.offset, at.offset + at.length);
  const found = at.length > 1 ? shown.indexOf(`"${literal}"`) : -1;
  return found < 0 ? undefined : { offset: found + 1, length: literal.length };
}

function samePlace(deployed: string, at: Place, shown: string): Place | undefined {
  // The parser stops at a byte order mark.
  const mark = /^\uFEFF/.exec(shown)?.[0].length ?? 0;
  const from = parseTree(deployed);
  const to = parseTree(shown.slice(mark));
  const node = from === undefined || at.length <= 1 ? undefined : findNodeAtOffset(from, at.offset, true);
  const found = node === undefined || to === undefined ? undefined : findNodeAtLocation(to, getNodePath(node));
  if (found === undefined) return undefined;
  const quote = found.type === 'string' ? 1 : 0;
  return { offset: mark + found.offset + quote, length: found.length - 2 * quote };
}

export function rangeIn(text: string, { offset, length }: Place): TextRange {
  const position = (to: number): TextRange['start'] => {
    const lines = text.slice(0, to).split(/\r\n|\r|\n/);
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  };
  return { start: position(offset), end: position(offset + length) };
}

/** The policy or template that a finding is about: the one that it names, or the one that its remedy would write. */
export function subjectOf({ at, remedy }: RelationEdge, { names }: RelationFacts): DeployedSubject | undefined {
  if (at !== undefined) return { kind: at.kind, name: at.name };
  const step = remedy === 'switchTemplate' ? 'provisioningTemplate' : remedy;
  const own = deployedFiles.find((entry) => entry.step === step);
  return own && { kind: own.kind, name: own.name(names) };
}

/** Files at the root of the folder that may hold it, the likelier first. */
export function filesOf({ kind, name }: DeployedSubject, { names }: RelationFacts): readonly string[] {
  const own = deployedFiles.filter((entry) => entry.kind === kind && entry.name(names) === name).map(({ file }) => file);
  return [...own, `${name}.${kind === 'policy' ? 'iot-policy' : 'provisioning-template'}.json`];
}

/** Its text as it stands in the account; undefined when it is not there or was not read. */
export function deployedText({ kind, name }: DeployedSubject, facts: RelationFacts): string | undefined {
  if (kind === 'template') return facts.template.kind === 'found' && facts.template.value.name === name ? facts.template.value.templateBody : undefined;
  const policies = [facts.devicePolicy, facts.claimPolicy, ...facts.templatePolicies.values()];
  return policies.flatMap((policy) => (policy.kind === 'found' && policy.value.name === name ? [policy.value.document] : []))[0];
}
