import type { StepId } from '../provisioning/steps';

export type NodeKind = 'stack' | 'role' | 'service' | 'roleAlias' | 'policy' | 'template' | 'thingGroup' | 'certificate' | 'operator' | 'thing' | 'coreDevice';

export interface RelationNode {
  /** Kind and name, for example `roleAlias:Name`. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
}

export type EdgeStatus = 'ok' | 'broken' | 'unknown';

/** What a relation says; stable, for tests and links. */
export type EdgeCode =
  | 'stackTokenExchangeRole'
  | 'stackProvisioningRole'
  | 'aliasRole'
  | 'aliasRoleTrust'
  | 'aliasRolePermissions'
  | 'aliasRoleServices'
  | 'devicePolicyAlias'
  | 'templatePolicy'
  | 'templateEnabled'
  | 'templateRole'
  | 'templateRoleTrust'
  | 'templateRolePermissions'
  | 'templateGroup'
  | 'claimCertificatePolicy'
  | 'claimCertificateActive'
  | 'claimPolicyTemplate'
  | 'operatorPermissions'
  | 'coreDeviceThing'
  | 'thingCertificate'
  | 'thingGroupMember'
  | 'thingGroupParent'
  | 'certificateActive'
  | 'certificatePolicy'
  | 'groupPolicy'
  | 'policyAlias'
  | 'policyTemplate'
  | 'alone';

export interface RelationEdge {
  readonly code: EdgeCode;
  readonly from: string;
  readonly to: string;
  readonly status: EdgeStatus;
  /** One sentence, localized. */
  readonly reason: string;
  /** What mends it. A step, or a command of this extension by the last part of its id; absent when it is not ours to mend. */
  readonly remedy?: StepId | 'switchTemplate' | 'changeClaimCertificate' | 'revertStackDrift';
  /** Document that the finding is about, with a place in the text as it is deployed. */
  readonly at?: { readonly kind: 'policy' | 'template'; readonly name: string; readonly offset: number; readonly length: number };
}

export interface RelationGraph {
  readonly nodes: readonly RelationNode[];
  readonly edges: readonly RelationEdge[];
}

/** Both graphs; of a relation that both have, the first one's verdict. */
export function joined(first: RelationGraph, second: RelationGraph): RelationGraph {
  const known = new Set(first.edges.map(({ from, to }) => `${from}>${to}`));
  const nodes = new Map([...second.nodes, ...first.nodes].map((node) => [node.id, node]));
  return { nodes: [...first.nodes, ...[...nodes.values()].filter(({ id }) => !first.nodes.some((node) => node.id === id))], edges: [...first.edges, ...second.edges.filter(({ from, to }) => !known.has(`${from}>${to}`))] };
}

export const worstStatus = (graph: RelationGraph): EdgeStatus =>
  graph.edges.some((edge) => edge.status === 'broken') ? 'broken' : graph.edges.some((edge) => edge.status === 'unknown') ? 'unknown' : 'ok';
