import { referencesIn } from './references';
import { validationError, type Template } from './model';

/** For each live resource, the live resources that must exist before it. */
export function dependencies(template: Template, live: ReadonlySet<string>, condition?: (name: string) => boolean): Map<string, readonly string[]> {
  return new Map([...live].map((name) => {
    const definition = template.resources[name];
    const targets = definition === undefined ? [] : [...definition.dependsOn, ...referencesIn(definition.properties, condition).map((reference) => reference.name)];
    return [name, [...new Set(targets)].filter((target) => live.has(target))];
  }));
}

/**
 * An order in which every resource comes after what it needs (template order among equals).
 * Throws ValidationError "Circular dependency between resources: [A, B]".
 */
export function topologicalOrder(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const order: string[] = [];
  const placed = new Set<string>();
  let waiting = [...graph.keys()];
  while (waiting.length > 0) {
    const ready = waiting.filter((name) => (graph.get(name) ?? []).every((target) => placed.has(target)));
    if (ready.length === 0) throw validationError(`Circular dependency between resources: [${inCycle(graph, waiting).join(', ')}]`);
    for (const name of ready) {
      placed.add(name);
      order.push(name);
    }
    waiting = waiting.filter((name) => !placed.has(name));
  }
  return order;
}

/** Of the resources that cannot be placed, those that can reach themselves. */
function inCycle(graph: ReadonlyMap<string, readonly string[]>, waiting: readonly string[]): string[] {
  return waiting.filter((start) => {
    const seen = new Set<string>();
    const stack = [...(graph.get(start) ?? [])];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === start) return true;
      if (!seen.has(next)) {
        seen.add(next);
        stack.push(...(graph.get(next) ?? []));
      }
    }
    return false;
  });
}
