import * as l10n from '@vscode/l10n';
import { Commands, type CommandId } from '../../ids';
import { remedyLabel } from '../remedyLabel';
import type { EdgeStatus, NodeKind, RelationEdge, RelationGraph, RelationNode } from './graph';

type EdgeRemedy = NonNullable<RelationEdge['remedy']>;

export function statusText(status: EdgeStatus): string {
  switch (status) {
    case 'ok':
      return l10n.t('holds');
    case 'broken':
      return l10n.t('broken');
    case 'unknown':
      return l10n.t('not known');
  }
}

export function nodeKindText(kind: NodeKind): string {
  switch (kind) {
    case 'stack':
      return l10n.t('stack');
    case 'role':
      return l10n.t('role');
    case 'service':
      return l10n.t('service');
    case 'roleAlias':
      return l10n.t('role alias');
    case 'policy':
      return l10n.t('policy');
    case 'template':
      return l10n.t('provisioning template');
    case 'thingGroup':
      return l10n.t('thing group');
    case 'certificate':
      return l10n.t('certificate');
    case 'thing':
      return l10n.t('thing');
    case 'coreDevice':
      return l10n.t('core device');
    case 'operator':
      return l10n.t('identity');
  }
}

/** The id of a certificate has 64 digits: its first ones, as the tree of resources shows it. */
export function nodeName({ kind, name }: Pick<RelationNode, 'kind' | 'name'>): string {
  return kind === 'certificate' && /^[0-9a-f]{64}$/.test(name) ? `${name.slice(0, 12)}…` : name;
}

/** `role alias Name → role Name`; of a relation to itself only the one. */
export function edgeTitle(graph: RelationGraph, { from, to }: RelationEdge): string {
  const word = (id: string): string => {
    const node = graph.nodes.find((each) => each.id === id);
    return node === undefined ? id : `${nodeKindText(node.kind)} ${nodeName(node)}`;
  };
  return from === to ? word(from) : `${word(from)} → ${word(to)}`;
}

export function countText({ edges }: RelationGraph): string {
  return l10n.t('{0} of {1} relations hold.', edges.filter(({ status }) => status === 'ok').length, edges.length);
}

export function remedyText(remedy: EdgeRemedy): string {
  if (remedy === 'switchTemplate') return l10n.t('Enable Template');
  if (remedy === 'changeClaimCertificate') return l10n.t('Change Claim Certificate');
  if (remedy === 'revertStackDrift') return l10n.t('Revert Drift of the Roles Stack');
  return remedyLabel({ kind: 'runStep', step: remedy });
}

const commands: Readonly<Record<EdgeRemedy, CommandId>> = {
  rolesStack: Commands.deployRolesStack,
  roleAlias: Commands.createRoleAlias,
  iotPolicy: Commands.publishPolicy,
  provisioningTemplate: Commands.deployTemplate,
  claimCertificate: Commands.createClaimCertificate,
  switchTemplate: Commands.switchTemplate,
  changeClaimCertificate: Commands.changeClaimCertificate,
  revertStackDrift: Commands.revertStackDrift,
};

export const remedyCommand = (remedy: EdgeRemedy): CommandId => commands[remedy];

const marks: Readonly<Record<EdgeStatus, string>> = { ok: '✔', broken: '✘', unknown: '?' };

const worstFirst: readonly EdgeStatus[] = ['broken', 'unknown', 'ok'];

/** The relations as a text to read, what does not hold first. `lines`: for each edge the line, from 0, that tells of it. */
export function relationsReport(graph: RelationGraph, place: string): { readonly text: string; readonly lines: readonly number[] } {
  const head = [`# ${l10n.t('Preflight of {0}', place)}`, '', countText(graph), ''];
  const sorted = worstFirst.flatMap((status) => graph.edges.filter((edge) => edge.status === status));
  const rows = sorted.map((edge) => `- ${marks[edge.status]} ${statusText(edge.status)}: ${edgeTitle(graph, edge)}: ${edge.reason}`.replace(/\s*[\r\n]+\s*/g, ' '));
  return { text: `${[...head, ...rows].join('\n')}\n`, lines: graph.edges.map((edge) => head.length + sorted.indexOf(edge)) };
}
