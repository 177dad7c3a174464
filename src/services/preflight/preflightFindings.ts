import type { DeployedSubject } from '../../core/deployedFiles';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { RelationFacts } from '../../core/relations/facts';
import type { RelationEdge, RelationGraph } from '../../core/relations/graph';
import { deployedText, filesOf, placeIn, rangeIn, subjectOf, type TextRange } from '../../core/relations/places';
import { prettyJson } from '../../core/util/json';

/** Where one reads and mends what a finding says. */
export type FindingPlace =
  | { readonly kind: 'file'; readonly file: string; readonly range: TextRange }
  /** The read-only document, as it is shown: indented. */
  | { readonly kind: 'deployed'; readonly subject: DeployedSubject; readonly range: TextRange }
  /** Nothing in the folder or the account stands for it. */
  | { readonly kind: 'report' };

export interface PreflightFinding {
  readonly edge: RelationEdge;
  /** Index of the edge in the graph. */
  readonly index: number;
  readonly place: FindingPlace;
}

/** Every relation that is broken or not known, with the place to read it at. Reads files of the folder only. */
export async function preflightFindings({ edges }: RelationGraph, facts: RelationFacts, files: WorkspaceFiles | undefined): Promise<readonly PreflightFinding[]> {
  const found: PreflightFinding[] = [];
  for (const [index, edge] of edges.entries()) {
    if (edge.status !== 'ok') found.push({ edge, index, place: await findingPlace(edge, facts, files) });
  }
  return found;
}

async function findingPlace(edge: RelationEdge, facts: RelationFacts, files: WorkspaceFiles | undefined): Promise<FindingPlace> {
  const subject = subjectOf(edge, facts);
  if (subject === undefined) return { kind: 'report' };
  const deployed = deployedText(subject, facts);
  const at = edge.at ?? { offset: 0, length: 0 };
  for (const file of files === undefined ? [] : filesOf(subject, facts)) {
    const text = await files?.read(file);
    if (text === undefined) continue;
    // Nothing is deployed yet, or no place in it is meant: what is to be deployed is then the file itself.
    const place = deployed === undefined || edge.at === undefined ? { offset: 0, length: 0 } : placeIn(deployed, at, text);
    if (place !== undefined) return { kind: 'file', file, range: rangeIn(text, place) };
  }
  if (deployed === undefined) return { kind: 'report' };
  const shown = prettyJson(deployed);
  return { kind: 'deployed', subject, range: rangeIn(shown, placeIn(deployed, at, shown) ?? { offset: 0, length: 0 }) };
}
