import { iotArn } from '../util/arn';
import type { PolicyTarget } from './ruleContext';

/** The device that asks. */
export interface Caller {
  /** Of the MQTT connection; HTTPS calls have none. */
  readonly clientId?: string;
  readonly thing?: {
    readonly name: string;
    readonly type?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    /** The certificate is attached to the thing. Default true. */
    readonly attached?: boolean;
    /** Attached exclusively: then the client id need not be the thing name. */
    readonly exclusive?: boolean;
  };
  /** 64 hexadecimal digits. */
  readonly certificateId?: string;
  readonly sourceIp?: string;
  /** Further values, for example `iot:Certificate.Subject.CommonName`. */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
}

export type Question =
  | { readonly kind: 'connect'; readonly clientId: string; readonly persistent?: boolean; readonly lastWillTopic?: string }
  | { readonly kind: 'publish'; readonly topic: string; readonly retain?: boolean }
  | { readonly kind: 'subscribe'; readonly topicFilter: string }
  | { readonly kind: 'receive'; readonly topic: string }
  | { readonly kind: 'assumeRole'; readonly roleAlias: string }
  | { readonly kind: 'call'; readonly action: string; readonly resource: string };

/** One check that AWS IoT makes: an action on a resource, with what is known about the call. */
export interface AccessRequest {
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** The checks behind a question: publishing with RETAIN asks twice. */
export function requestsFor(question: Question, caller: Caller, target: PolicyTarget): readonly AccessRequest[] {
  const head = iotArn(target, '');
  const mqtt = question.kind === 'connect' || question.kind === 'publish' || question.kind === 'subscribe' || question.kind === 'receive';
  const values = callerValues(question.kind === 'connect' ? { ...caller, clientId: question.clientId } : caller, mqtt);
  const request = (action: string, resource: string): AccessRequest => ({ action, resource, values });
  switch (question.kind) {
    case 'connect': {
      const attributes = [...(question.persistent === true ? ['PersistentConnect'] : []), ...(question.lastWillTopic === undefined ? [] : ['LastWill'])];
      if (attributes.length > 0) values.set('iot:ConnectAttributes', attributes);
      if (question.lastWillTopic !== undefined) values.set('iot:LastWillTopic', [`${head}topic/${question.lastWillTopic}`]);
      return [request('iot:Connect', `${head}client/${question.clientId}`)];
    }
    case 'publish':
      return [request('iot:Publish', `${head}topic/${question.topic}`), ...(question.retain === true ? [request('iot:RetainPublish', `${head}topic/${question.topic}`)] : [])];
    case 'subscribe':
      return [request('iot:Subscribe', `${head}topicfilter/${question.topicFilter}`)];
    case 'receive':
      return [request('iot:Receive', `${head}topic/${question.topic}`)];
    case 'assumeRole':
      return [request('iot:AssumeRoleWithCertificate', `${head}rolealias/${question.roleAlias}`)];
    case 'call':
      return [request(question.action, question.resource)];
  }
}

/**
 * Thing variables have a value over MQTT only, and only if the client id is the thing name or the attachment is
 * exclusive. https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
 */
function callerValues(caller: Caller, mqtt: boolean): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  if (mqtt && caller.clientId !== undefined) values.set('iot:ClientId', [caller.clientId]);
  if (caller.certificateId !== undefined) values.set('iot:CertificateId', [caller.certificateId]);
  if (caller.sourceIp !== undefined) values.set('aws:SourceIp', [caller.sourceIp]);
  const { thing } = caller;
  const attached = thing !== undefined && thing.attached !== false;
  const known = attached && (thing.exclusive === true || thing.name === caller.clientId);
  if (mqtt) values.set('iot:Connection.Thing.IsAttached', [known ? 'true' : 'false']);
  if (mqtt && known) {
    values.set('iot:Connection.Thing.ThingName', [thing.name]);
    if (thing.type !== undefined) values.set('iot:Connection.Thing.ThingTypeName', [thing.type]);
    for (const [name, value] of Object.entries(thing.attributes ?? {})) values.set(`iot:Connection.Thing.Attributes[${name}]`, [value]);
  }
  for (const [name, value] of Object.entries(caller.values ?? {})) values.set(name, typeof value === 'string' ? [value] : value);
  return values;
}
