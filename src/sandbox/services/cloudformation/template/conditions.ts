import { evaluateCondition, type Scope } from './intrinsics';
import { templateFormatError, type Template } from './model';

/** Evaluates conditions on demand, each once, and refuses circles. */
export function conditionEvaluator(template: Template, scope: Omit<Scope, 'condition'>): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const open = new Set<string>();
  const condition = (name: string): boolean => {
    const value = known.get(name);
    if (value !== undefined) return value;
    const expression = template.conditions[name];
    if (expression === undefined) throw templateFormatError(`Unresolved condition dependency ${name} in the Conditions block of the template`);
    if (open.has(name)) throw templateFormatError(`Circular dependency between conditions: [${[...open].join(', ')}]`);
    open.add(name);
    const result = evaluateCondition(expression, { ...scope, condition });
    open.delete(name);
    known.set(name, result);
    return result;
  };
  return condition;
}

/** Logical ids of the resources whose condition holds. */
export function liveResources(template: Template, condition: (name: string) => boolean): Set<string> {
  return new Set(
    Object.entries(template.resources)
      .filter(([, resource]) => resource.condition === undefined || condition(resource.condition))
      .map(([name]) => name),
  );
}
