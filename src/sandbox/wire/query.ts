/** The AWS Query protocol, server side: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Fault } from '../kernel/types';
import type { WireResponse } from './http';
import type { OperationModel, ServiceModel } from './serviceModel';
import { scalarFromText, scalarToText, unreadable } from './values';

type Traits = Readonly<Record<string, unknown>>;

/** `A.member.1.B=x` as a tree; `text` is the value at this very place. */
class Node {
  text: string | undefined;
  readonly children = new Map<string, Node>();

  at(path: readonly string[]): Node {
    let node: Node = this.orCreate(path[0] ?? '');
    for (const part of path.slice(1)) node = node.orCreate(part);
    return node;
  }

  private orCreate(name: string): Node {
    const child = this.children.get(name) ?? new Node();
    this.children.set(name, child);
    return child;
  }
}

export function decodeQuery(operation: OperationModel, form: URLSearchParams): Record<string, unknown> {
  if (!operation.input.isStructSchema()) return {};
  const root = new Node();
  for (const [key, value] of form) {
    if (key !== 'Action' && key !== 'Version') root.at(key.split('.')).text = value;
  }
  return readStruct(operation.input, root, '');
}

function readStruct(schema: NormalizedSchema, node: Node, name: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, member] of schema.structIterator()) {
    const child = node.children.get(xmlName(member, key));
    if (child !== undefined) result[key] = readValue(member, child, name === '' ? key : `${name}.${key}`);
  }
  return result;
}

function readValue(schema: NormalizedSchema, node: Node, name: string): unknown {
  if (schema.isStructSchema()) return readStruct(schema, node, name);
  if (schema.isListSchema()) return readList(schema, node, name);
  if (schema.isMapSchema()) return readMap(schema, node, name);
  if (node.text === undefined) throw unreadable(name, 'a single value');
  return scalarFromText(schema, node.text, name, 'dateTime');
}

function readList(schema: NormalizedSchema, node: Node, name: string): unknown[] {
  const member = schema.getValueSchema();
  const items = isFlat(schema) ? node : node.children.get(xmlName(member, 'member'));
  return numbered(items).map((item, index) => readValue(member, item, `${name}.${index + 1}.member`));
}

function readMap(schema: NormalizedSchema, node: Node, name: string): Record<string, unknown> {
  const entries = numbered(isFlat(schema) ? node : node.children.get('entry'));
  return Object.fromEntries(
    entries.map((entry) => {
      const key = entry.children.get(xmlName(schema.getKeySchema(), 'key'))?.text ?? '';
      const value = entry.children.get(xmlName(schema.getValueSchema(), 'value'));
      return [key, value === undefined ? undefined : readValue(schema.getValueSchema(), value, `${name}.${key}`)];
    }),
  );
}

function numbered(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return [...node.children].filter(([key]) => /^\d+$/.test(key)).sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

export function encodeQuery(model: ServiceModel, operation: OperationModel, output: unknown, requestId: string): WireResponse {
  const { name } = operation;
  const content = operation.output.isStructSchema() ? `<${name}Result>${writeMembers(operation.output, output ?? {})}</${name}Result>` : '';
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return xml(200, `<${name}Response xmlns="${model.xmlNamespace}">${content}${metadata}</${name}Response>`, requestId);
}

export function encodeQueryFault(model: ServiceModel, fault: Fault, requestId: string): WireResponse {
  const error = model.errors.get(fault.name);
  const status = error?.httpStatus ?? fault.httpStatus;
  const members = error === undefined ? '' : writeMembers(error.schema, { ...fault.members, message: undefined, Message: undefined });
  const type = status < 500 ? 'Sender' : 'Receiver';
  const code = escapeXml(error?.code ?? fault.name);
  const content = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(fault.message)}</Message>${members}</Error>`;
  return xml(status, `<ErrorResponse xmlns="${model.xmlNamespace}">${content}<RequestId>${requestId}</RequestId></ErrorResponse>`, requestId);
}

function xml(status: number, body: string, requestId: string): WireResponse {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

function writeMembers(schema: NormalizedSchema, value: unknown): string {
  const source = value as Readonly<Record<string, unknown>>;
  return [...schema.structIterator()].map(([key, member]) => writeElement(member, source[key], xmlName(member, key))).join('');
}

function writeElement(schema: NormalizedSchema, value: unknown, tag: string): string {
  if (value === undefined || value === null) return '';
  if (schema.isStructSchema()) return `<${tag}>${writeMembers(schema, value)}</${tag}>`;
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    const flat = isFlat(schema);
    const items = (value as readonly unknown[]).map((item) => writeElement(member, item, flat ? tag : xmlName(member, 'member'))).join('');
    return flat ? items : `<${tag}>${items}</${tag}>`;
  }
  if (schema.isMapSchema()) {
    const keyTag = xmlName(schema.getKeySchema(), 'key');
    const valueTag = xmlName(schema.getValueSchema(), 'value');
    const flat = isFlat(schema);
    const entryTag = flat ? tag : 'entry';
    const entries = Object.entries(value)
      .map(([key, item]) => `<${entryTag}><${keyTag}>${escapeXml(key)}</${keyTag}>${writeElement(schema.getValueSchema(), item, valueTag)}</${entryTag}>`)
      .join('');
    return flat ? entries : `<${tag}>${entries}</${tag}>`;
  }
  return `<${tag}>${escapeXml(scalarToText(schema, value, 'dateTime'))}</${tag}>`;
}

function xmlName(member: NormalizedSchema, fallback: string): string {
  const traits: Traits = member.getMergedTraits();
  return typeof traits['xmlName'] === 'string' ? traits['xmlName'] : fallback;
}

function isFlat(schema: NormalizedSchema): boolean {
  return (schema.getMergedTraits() as Traits)['xmlFlattened'] !== undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Line breaks and other controls as references, so that parsers which trim or fold keep them; XML 1.0 has no other C0 controls. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/\r/g, '&#xD;');
}
