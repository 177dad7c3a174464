import type { FleetNames } from '../provisioning/steps';
import type { AwsTarget } from '../ports/identity';
import type { RelationFacts } from './facts';
import type { EdgeStatus, RelationGraph, RelationNode } from './graph';
import { deployedText } from './places';
import type { StartFacts } from './startFacts';
import { treeOf, type RelationTree } from './branches';
import { layOut, type PicturePlan } from './layout';
import { countText, edgeTitle, nodeKindText, nodeName, remedyText, statusText } from './words';

export interface NodeView {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** Layer of the picture, from the top. */
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

/** What the relations were found by: the fleet of the settings, one resource, or both. */
export interface RelationsView {
  readonly target: AwsTarget;
  readonly names: FleetNames;
  readonly fleet?: RelationFacts;
  readonly start?: StartFacts;
}

export interface RelationsState {
  readonly title: string;
  readonly summary: string;
  readonly nodes: readonly NodeView[];
  readonly edges: readonly EdgeView[];
  readonly tree: RelationTree;
  readonly picture: PicturePlan;
  /** The node that was asked about. */
  readonly focus?: string;
}

/** The graph in words, for a page. `asked`: id of the node that was asked about. */
export function relationsState(graph: RelationGraph, view: RelationsView, asked?: string): RelationsState {
  const { account, region } = view.target;
  const focus = graph.nodes.find(({ id }) => id === asked)?.id;
  const nodes = graph.nodes.map((node) => ({ id: node.id, kind: nodeKindText(node.kind), name: nodeName(node), layer: layerOf(node, view), opens: opens(node, view) }));
  return {
    title: `${account}, ${region}`,
    summary: countText(graph),
    nodes,
    edges: graph.edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      title: edgeTitle(graph, edge),
      status: edge.status,
      statusText: statusText(edge.status),
      reason: edge.reason,
      ...(edge.remedy === undefined || edge.status === 'ok' ? {} : { fix: remedyText(edge.remedy) }),
    })),
    tree: treeOf(graph, focus),
    picture: layOut(nodes, graph.edges),
    ...(focus === undefined ? {} : { focus }),
  };
}

/** As a device meets them: claim, its policy, template, what the template gives, alias, role, who may use the role. The stack stands above the roles that it makes. */
function layerOf({ kind, name }: RelationNode, { names }: RelationsView): number {
  switch (kind) {
    case 'coreDevice':
      return -2;
    case 'thing':
      return -1;
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
    case 'stack':
      return 4;
    case 'role':
      return 5;
    case 'service':
      return 6;
  }
}

function opens({ kind, name }: RelationNode, { fleet, start }: RelationsView): boolean {
  if (kind === 'stack') return fleet?.stack.kind === 'found';
  if (kind !== 'policy' && kind !== 'template') return false;
  if (kind === 'policy' && start?.brought.has(name) === true) return false;
  const held = kind === 'policy' ? start?.policies.get(name) : start?.templates.get(name);
  return held?.kind === 'found' || (fleet !== undefined && deployedText({ kind, name }, fleet) !== undefined);
}
