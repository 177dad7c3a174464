import type { RelationFacts } from './facts';
import type { EdgeStatus, RelationGraph, RelationNode } from './graph';
import { deployedText } from './places';
import { countText, edgeTitle, nodeKindText, remedyText, statusText } from './words';

export interface NodeView {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** Column of the picture, from the left. */
  readonly layer: number;
  /** It has something to be read: a document, or the outputs of the stack. */
  readonly opens: boolean;
}

export interface EdgeView {
  readonly from: string;
  readonly to: string;
  readonly title: string;
  readonly status: EdgeStatus;
  readonly statusText: string;
  readonly reason: string;
  /** Words of the button that mends it. */
  readonly fix?: string;
}

export interface RelationsState {
  readonly title: string;
  readonly summary: string;
  readonly nodes: readonly NodeView[];
  readonly edges: readonly EdgeView[];
  /** The node that was asked about. */
  readonly focus?: string;
}

/** The graph in words, for a page. `name`: of the resource that was asked about. */
export function relationsState(graph: RelationGraph, facts: RelationFacts, name?: string): RelationsState {
  const { account, region } = facts.target;
  const focus = name === undefined ? undefined : graph.nodes.find((node) => node.name === name)?.id;
  return {
    title: `${account}, ${region}`,
    summary: countText(graph),
    nodes: graph.nodes.map((node) => ({ id: node.id, kind: nodeKindText(node.kind), name: node.name, layer: layerOf(node, facts), opens: opens(node, facts) })),
    edges: graph.edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      title: edgeTitle(graph, edge),
      status: edge.status,
      statusText: statusText(edge.status),
      reason: edge.reason,
      ...(edge.remedy === undefined || edge.status === 'ok' ? {} : { fix: remedyText(edge.remedy) }),
    })),
    ...(focus === undefined ? {} : { focus }),
  };
}

/** As a device meets them: claim, its policy, template, what the template gives, alias, role, who may use the role. */
function layerOf({ kind, name }: RelationNode, { names }: RelationFacts): number {
  switch (kind) {
    case 'stack':
    case 'certificate':
    case 'operator':
      return 0;
    case 'policy':
      return name === names.claimPolicyName ? 1 : 3;
    case 'template':
      return 2;
    case 'thingGroup':
      return 3;
    case 'roleAlias':
      return 4;
    case 'role':
      return 5;
    case 'service':
      return 6;
  }
}

function opens({ kind, name }: RelationNode, facts: RelationFacts): boolean {
  if (kind === 'stack') return facts.stack.kind === 'found';
  return (kind === 'policy' || kind === 'template') && deployedText({ kind, name }, facts) !== undefined;
}
