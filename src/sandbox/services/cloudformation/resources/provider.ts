import type { CallContext } from '../../../kernel/types';
import type { Json, JsonObject } from '../template/model';

export type PropertyKind = 'string' | 'integer' | 'boolean' | 'array' | 'object' | 'document';

export interface PropertyRule {
  readonly kind: PropertyKind;
  readonly required?: true;
  /** A change means a new physical resource. */
  readonly createOnly?: true;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface ResourceContext {
  readonly call: CallContext;
  readonly stackName: string;
  readonly logicalId: string;
  /** Tags of the stack, given to every resource that takes tags. */
  readonly stackTags: readonly Tag[];
}

export interface Created {
  /** What Ref gives. */
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * One resource type. All work goes through `context.call.invoke`, so the service's own checks hold, and everything a
 * method does is one transaction: either all of it is done or nothing.
 */
export interface ResourceProvider {
  readonly type: string;
  readonly service: 'iam' | 'iot';
  readonly properties: Readonly<Record<string, PropertyRule>>;
  /** Attributes that Fn::GetAtt accepts. */
  readonly attributes: readonly string[];
  /** The property that sets the physical name; without it the name is generated. */
  readonly nameProperty?: string;
  /** IAM resources must be acknowledged; `named`: a name of one's own needs the stronger capability. */
  readonly capability?: { readonly named: boolean };
  create(context: ResourceContext, properties: JsonObject): Promise<Created>;
  /** Present attributes, undefined when the resource is gone. */
  read(context: ResourceContext, physicalId: string, properties: JsonObject): Promise<Created['attributes'] | undefined>;
  /**
   * For drift detection: the properties as the account has them, written as the template writes them; at least those of
   * `expected`. Undefined when the resource is gone. Without this the type is not checked.
   */
  actual?(context: ResourceContext, physicalId: string, expected: JsonObject): Promise<JsonObject | undefined>;
  update(context: ResourceContext, physicalId: string, next: JsonObject, previous: JsonObject): Promise<Created['attributes']>;
  delete(context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void>;
}

export function text(properties: JsonObject, name: string): string | undefined {
  const value = properties[name];
  return typeof value === 'string' ? value : undefined;
}

export function list(properties: JsonObject, name: string): readonly Json[] {
  const value = properties[name];
  return Array.isArray(value) ? value : [];
}

export function strings(properties: JsonObject, name: string): readonly string[] {
  return list(properties, name).filter((item): item is string => typeof item === 'string');
}

/** A policy document as the API takes it: objects become JSON text, text stays as it is. */
export function documentText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}

/** The template's tags over the stack's. */
export function tagsOf(context: ResourceContext, properties: JsonObject): Tag[] {
  const tags = new Map(context.stackTags.map((tag) => [tag.Key, tag.Value]));
  for (const item of list(properties, 'Tags')) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) continue;
    const { Key: key, Value: value } = item;
    if (typeof key === 'string' && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) tags.set(key, String(value));
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Drops members without value: the APIs take absence, not undefined. */
export function present<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && ['NoSuchEntity', 'NoSuchEntityException', 'ResourceNotFoundException'].includes(error.name);
}

/** Runs a call and takes "does not exist" as done. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A document as the service keeps it (IAM: URL-encoded), as a value. */
export function documentValue(text: string): Json {
  return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text) as Json;
}
