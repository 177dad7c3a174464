import { maxTemplateCharacters, policyType, thingType } from '../provisioning/template/vocabulary';
import { tryParseJson } from '../util/json';
import { intrinsic, isList, rewriteText, type Json, type Part, type Rewriting } from './rewrite';

/**
 * The body of a provisioning template for a template of CloudFormation: still one text, with ARNs and the names of policies
 * and groups replaced when the stack is made. Names are put into JSON as they are: the parameters' patterns allow nothing
 * that JSON would have to escape.
 */
export function templateBodyValue(body: string, rewriting: Rewriting): Json {
  const parsed = tryParseJson(body)?.value as Json | undefined;
  if (!isObject(parsed)) return intrinsic(rewriteText(body, rewriting));
  const names = namePlaces(parsed, rewriting);
  const pretty = write(parsed, '', '\n');
  // Names may become longer than those here, so half of what AWS IoT takes is left to them.
  const parts = lengthOf(pretty) <= maxTemplateCharacters / 2 ? pretty : write(parsed, '', undefined);
  return intrinsic(parts);

  function write(value: Json, path: string, line: string | undefined): readonly Part[] {
    if (typeof value === 'string') {
      const parameter = names.get(path);
      if (parameter !== undefined) return ['"', { ref: parameter }, '"'];
      return ['"', ...rewriteText(value, rewriting).map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part)), '"'];
    }
    if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
    const inner = line === undefined ? undefined : `${line}  `;
    const colon = line === undefined ? ':' : ': ';
    const items: readonly (readonly Part[])[] = isList(value)
      ? value.map((item, index) => write(item, `${path}/${index}`, inner))
      : Object.entries(value).map(([key, member]) => [`${JSON.stringify(key)}${colon}`, ...write(member, `${path}/${pointer(key)}`, inner)]);
    const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
    if (items.length === 0) return [open + close];
    return [open, ...items.flatMap((item, index) => [`${index === 0 ? '' : ','}${inner ?? ''}`, ...item]), `${line ?? ''}${close}`];
  }
}

/** Where a text of the body is the name of a policy or of a group of the set-up: JSON pointer → parameter. */
function namePlaces(body: Readonly<Record<string, Json>>, { names }: Rewriting): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const parameters = body['Parameters'];
  const note = (value: Json | undefined, path: string, known: ReadonlyMap<string, string>): void => {
    if (typeof value === 'string') {
      const parameter = known.get(value);
      if (parameter !== undefined) places.set(path, parameter);
      return;
    }
    const target = isObject(value) ? value['Ref'] : undefined;
    if (typeof target !== 'string' || !isObject(parameters)) return;
    const definition = Object.hasOwn(parameters, target) ? parameters[target] : undefined;
    if (isObject(definition) && typeof definition['Default'] === 'string') note(definition['Default'], `/Parameters/${pointer(target)}/Default`, known);
  };
  for (const [key, resource] of Object.entries(objectOf(body['Resources']))) {
    const { Type: type, Properties: properties } = objectOf(resource);
    const path = `/Resources/${pointer(key)}/Properties`;
    if (type === policyType) note(objectOf(properties)['PolicyName'], `${path}/PolicyName`, names.policies);
    const groups = type === thingType ? objectOf(properties)['ThingGroups'] : undefined;
    if (groups !== undefined && isList(groups)) groups.forEach((group, index) => note(group, `${path}/ThingGroups/${index}`, names.thingGroups));
  }
  return places;
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : part.ref.length), 0);
}

function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !isList(value);
}

function objectOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return isObject(value) ? value : {};
}
