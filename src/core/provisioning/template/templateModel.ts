import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { maxNesting } from '../../policy/limits';
import { membersOf, textOf, type Member, type Text } from '../../policy/model';
import { survey, type Survey } from '../../policy/survey';

/** Many times the 10,240 characters that AWS takes; longer files are not taken apart. */
export const maxTemplateFile = 404_600;

export interface ParameterDeclaration {
  readonly name: Text;
  readonly node: Node | undefined;
  readonly type: Text | undefined;
  readonly typeNode: Node | undefined;
  readonly defaultNode: Node | undefined;
}

export interface TemplateResource {
  readonly name: Text;
  readonly node: Node | undefined;
  readonly members: ReadonlyMap<string, Member>;
  readonly type: Text | undefined;
  readonly propertiesNode: Node | undefined;
  readonly properties: ReadonlyMap<string, Member>;
  readonly overridesNode: Node | undefined;
  readonly overrides: ReadonlyMap<string, Member>;
}

export interface TemplateModel {
  /** The text that the nodes' offsets refer to. */
  readonly source: string;
  readonly root: Node;
  readonly members: ReadonlyMap<string, Member>;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: Node | undefined;
  readonly resources: readonly TemplateResource[];
  readonly deviceConfiguration: Node | undefined;
}

export type ParsedTemplate =
  | { readonly kind: 'unread'; readonly reason: 'empty' | 'tooLong' | 'tooDeep'; readonly survey: Survey }
  | { readonly kind: 'notObject'; readonly survey: Survey; readonly errors: readonly ParseError[]; readonly root: Node | undefined }
  | { readonly kind: 'template'; readonly survey: Survey; readonly errors: readonly ParseError[]; readonly template: TemplateModel };

const nothing: ReadonlyMap<string, Member> = new Map();

/** Members of an object; none for anything else. */
export function membersIn(node: Node | undefined, source: string): ReadonlyMap<string, Member> {
  return node?.type === 'object' ? membersOf(node, source) : nothing;
}

function parameterOf(member: Member, source: string): ParameterDeclaration {
  const inner = membersIn(member.value, source);
  const typeNode = inner.get('Type')?.value;
  return { name: member.name, node: member.value, type: textOf(typeNode, source), typeNode, defaultNode: inner.get('Default')?.value };
}

function resourceOf(member: Member, source: string): TemplateResource {
  const members = membersIn(member.value, source);
  const propertiesNode = members.get('Properties')?.value;
  const overridesNode = members.get('OverrideSettings')?.value;
  return {
    name: member.name,
    node: member.value,
    members,
    type: textOf(members.get('Type')?.value, source),
    propertiesNode,
    properties: membersIn(propertiesNode, source),
    overridesNode,
    overrides: membersIn(overridesNode, source),
  };
}

/** Reads a provisioning template as far as it can be read. Never throws; offsets are those of `text`. */
export function parseTemplate(text: string): ParsedTemplate {
  const facts = survey(text);
  if (text.length > maxTemplateFile) return { kind: 'unread', reason: 'tooLong', survey: facts };
  if (facts.nonBlank === 0) return { kind: 'unread', reason: 'empty', survey: facts };
  if (facts.depth > maxNesting) return { kind: 'unread', reason: 'tooDeep', survey: facts };
  // A blank in place of the byte order mark keeps every offset.
  const source = facts.byteOrderMark ? ` ${text.slice(1)}` : text;
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  if (root?.type !== 'object') return { kind: 'notObject', survey: facts, errors, root };
  const members = membersOf(root, source);
  const section = (name: string): Node | undefined => members.get(name)?.value;
  const parameters = [...membersIn(section('Parameters'), source).values()].map((member) => parameterOf(member, source));
  return {
    kind: 'template',
    survey: facts,
    errors,
    template: {
      source,
      root,
      members,
      parameters: new Map(parameters.map((parameter) => [parameter.name.value, parameter])),
      mappings: section('Mappings'),
      resources: [...membersIn(section('Resources'), source).values()].map((member) => resourceOf(member, source)),
      deviceConfiguration: section('DeviceConfiguration'),
    },
  };
}
