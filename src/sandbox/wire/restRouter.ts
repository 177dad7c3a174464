import { Fault } from '../kernel/types';
import type { OperationModel, ServiceModel } from './serviceModel';

export interface Route {
  readonly operation: OperationModel;
  readonly labels: ReadonlyMap<string, string>;
}

interface Segment {
  readonly kind: 'literal' | 'label' | 'greedy';
  readonly text: string;
}

interface Template {
  readonly operation: OperationModel;
  readonly segments: readonly Segment[];
  readonly query: readonly (readonly [string, string])[];
  readonly pattern: RegExp;
}

/** Finds the operation by method and path; of several that fit, the most specific template wins. */
export class RestRouter {
  private readonly byMethod = new Map<string, Template[]>();

  constructor(model: ServiceModel) {
    for (const operation of model.operations.values()) {
      if (operation.http === undefined) continue;
      const list = this.byMethod.get(operation.http.method) ?? [];
      list.push(parseTemplate(operation, operation.http.template));
      this.byMethod.set(operation.http.method, list);
    }
    for (const list of this.byMethod.values()) list.sort(bySpecificity);
  }

  /** `rawPath` is still percent-encoded. */
  find(method: string, rawPath: string, query: URLSearchParams): Route | undefined {
    const path = rawPath.length > 1 && rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath;
    for (const template of this.byMethod.get(method) ?? []) {
      const match = template.pattern.exec(path);
      if (match === null || !template.query.every(([name, value]) => query.get(name) === value)) continue;
      const names = template.segments.filter((segment) => segment.kind !== 'literal').map((segment) => segment.text);
      return { operation: template.operation, labels: new Map(names.map((name, index) => [name, decode(match[index + 1] ?? '')])) };
    }
    return undefined;
  }
}

function parseTemplate(operation: OperationModel, template: string): Template {
  const [path = '', search = ''] = template.split('?');
  const segments = path.split('/').filter((part) => part !== '').map(parseSegment);
  const source = segments.map((segment) => (segment.kind === 'literal' ? escapeRegExp(segment.text) : segment.kind === 'greedy' ? '(.+)' : '([^/]+)'));
  return { operation, segments, query: [...new URLSearchParams(search)], pattern: new RegExp(`^/${source.join('/')}$`) };
}

function parseSegment(text: string): Segment {
  const label = /^\{(?<name>[^}+]+)(?<greedy>\+?)\}$/.exec(text)?.groups;
  if (label === undefined) return { kind: 'literal', text };
  return { kind: label['greedy'] === '+' ? 'greedy' : 'label', text: label['name'] ?? '' };
}

const RANK = { literal: 0, label: 1, greedy: 2 } as const;

function bySpecificity(a: Template, b: Template): number {
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const left = a.segments[i];
    const right = b.segments[i];
    if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
    if (left.kind !== right.kind) return RANK[left.kind] - RANK[right.kind];
  }
  return b.query.length - a.query.length;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Fault('SerializationException', 'The path is not valid percent-encoded UTF-8.');
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
