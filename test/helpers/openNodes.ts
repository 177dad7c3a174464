import assert from 'node:assert/strict';
import type { FleetNode } from '../../src/tree/nodes';

/** What stands below the nodes of these labels, from the root of a tree. `text`: the label of a node. */
export async function openNodes(tree: { getChildren(node?: FleetNode): Promise<readonly FleetNode[]> }, labels: readonly string[], text: (node: FleetNode) => string): Promise<readonly FleetNode[]> {
  let nodes = await tree.getChildren();
  for (const label of labels) {
    const node = nodes.find((one) => text(one) === label);
    assert.ok(node, `${label} is not among ${nodes.map(text).join(', ')}`);
    nodes = await tree.getChildren(node);
  }
  return nodes;
}
