/** Where nodes and lines of the picture stand, in pixels. */
export interface PicturePlan {
  readonly width: number;
  readonly height: number;
  /** Size of each node. */
  readonly node: { readonly width: number; readonly height: number };
  /** Upper left corner of each node, by its index. */
  readonly places: readonly Point[];
  /** Lines by the index of the edge: from the first point to the last, where the arrow is. An edge to itself has none. */
  readonly lines: readonly { readonly edge: number; readonly points: readonly Point[] }[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const nodeSize = { width: 190, height: 54 } as const;

const gap = { x: 18, y: 38 } as const;
const margin = 12;
/** A line that passes a row needs so much room in it. */
const passage = 14;
/** Nodes side by side; a layer with more takes more rows. */
const mostInRow = 4;
/** Lines to and fro between two nodes stand so far apart. */
const aside = 12;
const sweeps = 4;

/** What stands in a row: a node, or a place where a line passes. */
interface Slot {
  readonly node?: number;
  readonly width: number;
  /** Slots of the rows above and below that it is joined to. */
  readonly above: Slot[];
  readonly below: Slot[];
  x: number;
}

/**
 * Layers as rows from top to bottom, so that it fits beside a list, with lines led around the nodes of the rows between. Rows
 * are ordered by where their neighbours stand (https://en.wikipedia.org/wiki/Layered_graph_drawing), which keeps most lines
 * from crossing. No empty rows.
 */
export function layOut(nodes: readonly { readonly id: string; readonly layer: number }[], edges: readonly { readonly from: string; readonly to: string }[]): PicturePlan {
  const rows = rowsOf(nodes);
  const slots = new Map<string, { readonly slot: Slot; readonly row: number }>();
  rows.forEach((row, index) => row.forEach((slot) => slots.set(nodes[slot.node ?? 0]?.id ?? '', { slot, row: index })));
  const paths = new Map<string, readonly Slot[]>();
  for (const { from, to } of edges) {
    const [a, b] = [slots.get(from), slots.get(to)];
    if (a === undefined || b === undefined || a === b || paths.has(pair(from, to))) continue;
    paths.set(pair(from, to), a.row <= b.row ? lead(rows, a, b) : lead(rows, b, a));
  }
  order(rows);
  const width = place(rows);
  const rowOf = new Map(rows.flatMap((row, index) => row.map((slot) => [slot, index] as const)));
  const yOf = (slot: Slot): number => margin + (rowOf.get(slot) ?? 0) * (nodeSize.height + gap.y);
  const lines = edges.flatMap(({ from, to }, edge) => {
    const path = paths.get(pair(from, to));
    if (path === undefined || from === to) return [];
    const both = edges.some((other) => other.from === to && other.to === from);
    const shift = both ? (from < to ? -aside : aside) : 0;
    const down = path[0] === slots.get(from)?.slot;
    const points = pointsOf(path, yOf, shift);
    return [{ edge, points: down ? points : [...points].reverse() }];
  });
  const places = new Map(rows.flat().flatMap((slot) => (slot.node === undefined ? [] : [[slot.node, { x: slot.x - slot.width / 2, y: yOf(slot) }] as const])));
  return { width, height: 2 * margin + rows.length * nodeSize.height + Math.max(0, rows.length - 1) * gap.y, node: nodeSize, places: nodes.map((_, index) => places.get(index) ?? { x: 0, y: 0 }), lines };
}

const pair = (a: string, b: string): string => (a < b ? `${a}\n${b}` : `${b}\n${a}`);

function rowsOf(nodes: readonly { readonly layer: number }[]): Slot[][] {
  const layers = [...new Set(nodes.map(({ layer }) => layer))].sort((a, b) => a - b);
  return layers.flatMap((layer) => {
    const all = nodes.flatMap((node, index): Slot[] => (node.layer === layer ? [{ node: index, width: nodeSize.width, above: [], below: [], x: 0 }] : []));
    const rows: Slot[][] = [];
    for (let from = 0; from < all.length; from += mostInRow) rows.push(all.slice(from, from + mostInRow));
    return rows;
  });
}

/** A line from an upper slot to a lower one, with a passage in each row between. */
function lead(rows: Slot[][], upper: { readonly slot: Slot; readonly row: number }, lower: { readonly slot: Slot; readonly row: number }): readonly Slot[] {
  const path: Slot[] = [upper.slot];
  for (let row = upper.row + 1; row < lower.row; row += 1) {
    const slot: Slot = { width: passage, above: [], below: [], x: 0 };
    rows[row]?.push(slot);
    path.push(slot);
  }
  path.push(lower.slot);
  if (upper.row === lower.row) return path;
  path.forEach((slot, index) => {
    const next = path[index + 1];
    if (next === undefined) return;
    slot.below.push(next);
    next.above.push(slot);
  });
  return path;
}

/** Down and up again, each row by the mean position of its neighbours. */
function order(rows: Slot[][]): void {
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const positions = new Map(rows.flatMap((each) => each.map((slot, index) => [slot, (index + 0.5) / each.length] as const)));
      const mean = new Map(
        row.map((slot) => {
          const neighbours = down ? slot.above : slot.below;
          const sum = neighbours.reduce((total, each) => total + (positions.get(each) ?? 0), 0);
          return [slot, neighbours.length === 0 ? (positions.get(slot) ?? 0) : sum / neighbours.length] as const;
        }),
      );
      row.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
    }
  }
}

/** Gives each slot its middle; answers the width of all. */
function place(rows: readonly (readonly Slot[])[]): number {
  // Lines may pass close to each other.
  const gapBefore = (row: readonly Slot[], index: number): number => (index === 0 ? 0 : row[index]?.node === undefined && row[index - 1]?.node === undefined ? 0 : gap.x);
  const widthOf = (row: readonly Slot[]): number => row.reduce((sum, slot, index) => sum + gapBefore(row, index) + slot.width, 0);
  const widest = Math.max(0, ...rows.map(widthOf));
  for (const row of rows) {
    let x = margin + (widest - widthOf(row)) / 2;
    row.forEach((slot, index) => {
      x += gapBefore(row, index);
      slot.x = x + slot.width / 2;
      x += slot.width;
    });
  }
  return widest + 2 * margin;
}

/** From the lower edge of the upper node to the upper edge of the lower one; side by side: from side to side. */
function pointsOf(path: readonly Slot[], yOf: (slot: Slot) => number, shift: number): readonly Point[] {
  const [first, last] = [path[0], path.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (path.length === 2 && yOf(first) === yOf(last)) {
    const y = yOf(first) + nodeSize.height / 2 + shift;
    const right = Math.sign(last.x - first.x);
    return [{ x: first.x + (right * first.width) / 2, y }, { x: last.x - (right * last.width) / 2, y }];
  }
  return path.flatMap((slot) => {
    const top = { x: slot.x + shift, y: yOf(slot) };
    const bottom = { x: slot.x + shift, y: yOf(slot) + nodeSize.height };
    return slot === first ? [bottom] : slot === last ? [top] : [top, bottom];
  });
}
