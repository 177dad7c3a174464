import type { EdgeStatus, RelationGraph } from './graph';

/** Where a branch ends, however far the graph goes on. */
const deepest = 12;

/** A relation as a line of a tree; the first line of a tree has none. */
export interface TreeLine {
  /** Index of the node in the graph. */
  readonly node: number;
  /** Index of the edge that leads to it from the line above, or from it to that in `usedBy`. */
  readonly edge?: number;
  readonly status?: EdgeStatus;
  /** What it uses, or in `usedBy` what uses it. */
  readonly children: readonly TreeLine[];
  /** It stands with all that hangs on it further up. */
  readonly again: boolean;
}

export interface RelationTree {
  readonly uses: readonly TreeLine[];
  /** Of what was asked about; empty when nothing was. */
  readonly usedBy: readonly TreeLine[];
}

/** The graph as a tree: from what was asked about, else from all that nothing else uses. Each node is opened once. */
export function treeOf({ nodes, edges }: RelationGraph, focus?: string): RelationTree {
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  const grow = (ids: readonly string[], from: 'from' | 'to', to: 'from' | 'to'): readonly TreeLine[] => {
    const seen = new Set<string>();
    const line = (id: string, edge: number | undefined, depth: number): TreeLine => {
      const reached = edge === undefined ? {} : { edge, ...(edges[edge] === undefined ? {} : { status: edges[edge].status }) };
      const own = edge !== undefined && edges[edge]?.from === edges[edge]?.to;
      const again = own || seen.has(id) || depth > deepest;
      seen.add(id);
      const children = again ? [] : edges.flatMap((each, index) => (each[from] === id ? [line(each[to], index, depth + 1)] : []));
      return { node: indexOf.get(id) ?? 0, ...reached, children, again: again && !own && edges.some((each) => each[from] === id) };
    };
    return ids.map((id) => line(id, undefined, 0));
  };
  if (focus !== undefined && indexOf.has(focus)) {
    const users = grow([focus], 'to', 'from')[0]?.children.filter(({ edge }) => edge !== undefined && edges[edge]?.from !== edges[edge]?.to) ?? [];
    return { uses: grow([focus], 'from', 'to'), usedBy: users };
  }
  const used = new Set(edges.flatMap(({ from, to }) => (from === to ? [] : [to])));
  const tops = nodes.filter(({ id }) => !used.has(id)).map(({ id }) => id);
  return { uses: grow(tops, 'from', 'to'), usedBy: [] };
}
