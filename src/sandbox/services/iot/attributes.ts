import type { AttributePayload } from '@aws-sdk/client-iot';

export type Attributes = Readonly<Record<string, string>>;

/** The attributes of a new thing or group: empty values mean "no attribute". */
export function initialAttributes(payload: AttributePayload | undefined): Attributes {
  return withoutEmpty(payload?.attributes ?? {});
}

/**
 * "merge: if true, the attributes are merged with the stored ones; else they are overwritten. To remove an attribute, call
 * with an empty attribute value." https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html
 */
export function updatedAttributes(old: Attributes, payload: AttributePayload | undefined): Attributes {
  if (payload?.attributes === undefined) return old;
  return withoutEmpty(payload.merge === true ? { ...old, ...payload.attributes } : payload.attributes);
}

function withoutEmpty(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
}
