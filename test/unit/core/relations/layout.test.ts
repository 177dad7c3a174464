import assert from 'node:assert/strict';
import { layOut, type PicturePlan } from '../../../../src/core/relations/layout';

const node = (id: string, layer: number) => ({ id, layer });
const edge = (from: string, to: string) => ({ from, to });

/** Whether the straight between two points of a line, both on edges of rows, runs through a node. */
function covered({ places, lines, node: size }: PicturePlan): readonly string[] {
  return lines.flatMap(({ edge: index, points }) =>
    points.slice(1).flatMap((b, at) => {
      const a = points[at];
      if (a === undefined) return [];
      return places.flatMap((place, which) => {
        const [left, right, top, bottom] = [Math.min(a.x, b.x), Math.max(a.x, b.x), Math.min(a.y, b.y), Math.max(a.y, b.y)];
        const inside = right > place.x && left < place.x + size.width && bottom > place.y + 1 && top < place.y + size.height - 1;
        return inside ? [`line ${index} through node ${which}`] : [];
      });
    }),
  );
}

describe('the layout of the picture of relations', () => {
  it('layers are rows without gaps, in order; an edge that spans rows is led around their nodes; the arrow is at its end', () => {
    const nodes = [node('claim', 0), node('template', 2), node('policy', 3), node('group', 3), node('alias', 4), node('role', 5)];
    const edges = [edge('claim', 'template'), edge('template', 'policy'), edge('template', 'group'), edge('template', 'role'), edge('policy', 'alias'), edge('alias', 'role'), edge('role', 'alias'), edge('claim', 'claim')];
    const plan = layOut(nodes, edges);
    const rows = [...new Set(plan.places.map(({ y }) => y))];
    assert.equal(rows.length, 5);
    assert.deepEqual([...rows].sort((a, b) => a - b), rows, 'from top to bottom');
    assert.deepEqual(covered(plan), []);
    assert.deepEqual(plan.lines.map((line) => line.edge), [0, 1, 2, 3, 4, 5, 6], 'the edge to itself has no line');
    const [down, up] = [plan.lines[5]?.points, plan.lines[6]?.points];
    assert.ok((down?.[0]?.y ?? 0) < (down?.[1]?.y ?? 0) && (up?.[0]?.y ?? 0) > (up?.[1]?.y ?? 0));
    assert.notEqual(down?.[0]?.x, up?.[0]?.x, 'to and fro stand apart');
    for (const { x, y } of plan.places) assert.ok(x >= 0 && y >= 0 && x + plan.node.width <= plan.width && y + plan.node.height <= plan.height);
  });

  it('neighbours stand under each other, so that lines need not cross', () => {
    const plan = layOut([node('a', 0), node('b', 0), node('c', 1), node('d', 1)], [edge('a', 'd'), edge('b', 'c')]);
    const x = (index: number): number => plan.places[index]?.x ?? 0;
    assert.equal(x(0) < x(1), x(3) < x(2));
  });

  it('a layer of many takes several rows; nodes never cover each other', () => {
    const many = Array.from({ length: 22 }, (_, index) => node(`n${index}`, 1));
    const plan = layOut([node('top', 0), ...many], many.map(({ id }) => edge('top', id)));
    assert.ok(plan.width < 1200, `${plan.width} pixels wide`);
    assert.equal(plan.lines.length, 22);
    assert.deepEqual(covered(plan), []);
    const spots = new Set(plan.places.map(({ x, y }) => `${x} ${y}`));
    assert.equal(spots.size, 23);
  });

  it('nothing at all, a node alone, and an edge to what is not there', () => {
    assert.deepEqual(layOut([], []).lines, []);
    assert.deepEqual(layOut([node('a', 0)], [edge('a', 'gone')]).lines, []);
    assert.deepEqual(layOut([node('a', 0), node('b', 0)], [edge('a', 'b')]).lines[0]?.points.length, 2);
  });
});
