import type { ThingPrincipalType } from '@aws-sdk/client-iot';
import type { NamedPolicy } from '../../../core/policy/evaluate';
import type { Caller } from '../../../core/policy/request';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { certificateValues } from './certificateValues';
import type { CertificateRecord } from './certificates';
import { notFound } from './faults';
import { composite, keysOf, lastPart } from './paging';
import { defaultDocument } from './policies';
import { policiesOf } from './policyTargets';
import { groupAndAncestors } from './thingGroupTree';
import { requireThing } from './things';

export interface DeviceAuthority {
  /** All that apply to MQTT: those of the certificate, then those of the thing's groups. Without doubles. */
  readonly policies: readonly NamedPolicy[];
  /**
   * Those attached to the certificate itself. "Thing group policies don't allow access to AWS IoT Greengrass data plane
   * operations": https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html. Such calls ask these alone.
   */
  readonly certificatePolicies: readonly NamedPolicy[];
  readonly caller: Caller;
  /** ACTIVE, INACTIVE, REVOKED … Only an ACTIVE certificate may connect. */
  readonly status: string;
}

/**
 * What a device with this certificate may do, as it stands in this transaction.
 *
 * `clientId` is that of the MQTT connection: a certificate may serve several things, and the thing whose name it is
 * is the one that connects, unless the attachment is exclusive.
 * https://docs.aws.amazon.com/iot/latest/developerguide/exclusive-thing.html. Without a client id (HTTPS) only an
 * exclusive thing, or the only one, is named in `caller`. Policies of thing groups count when it is certain which thing
 * asks: an exclusive one, or the one whose name the client id is.
 *
 * Throws ResourceNotFoundException for a certificate that is not registered here.
 */
export async function deviceAuthority(call: CallContext, certificateId: string, clientId?: string): Promise<DeviceAuthority> {
  const record = await call.tx.get<CertificateRecord>('iot.certificate', certificateId);
  if (record === undefined) throw notFound(`Certificate not found (id= ${certificateId})`);
  const arn = arnOf(call, 'cert', certificateId);
  const attached = await attachedThing(call, arn, clientId);
  const own = await policiesOf(call, arn);
  const counts = attached !== undefined && (attached.exclusive || attached.name === clientId);
  const names = new Set([...own, ...(counts ? await groupPolicies(call, attached.name) : [])]);
  const policies = await namedPolicies(call, [...names]);
  return {
    policies,
    certificatePolicies: policies.slice(0, own.length),
    caller: {
      ...(clientId === undefined ? {} : { clientId }),
      ...(attached === undefined ? {} : { thing: await thingFacts(call, attached) }),
      certificateId,
      values: certificateValues(record.pem),
    },
    status: record.status,
  };
}

/** The default versions of these policies. Throws ResourceNotFoundException. */
export async function namedPolicies(call: CallContext, names: readonly string[]): Promise<readonly NamedPolicy[]> {
  return Promise.all(names.map(async (name) => ({ name, text: await defaultDocument(call, name) })));
}

/** The policies of the groups that a thing is in, and of their parents. */
export async function groupPolicies(call: CallContext, thingName: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const key of await keysOf(call.tx, 'iot.groupByThing', composite(thingName, ''))) {
    for (const group of await groupAndAncestors(call, lastPart(key))) {
      for (const name of await policiesOf(call, arnOf(call, 'thinggroup', group))) names.add(name);
    }
  }
  return [...names];
}

interface Attached {
  readonly name: string;
  readonly exclusive: boolean;
}

async function attachedThing(call: CallContext, certificateArn: string, clientId: string | undefined): Promise<Attached | undefined> {
  if (clientId !== undefined) {
    // One look instead of a walk over all things of a shared certificate. A name with a space is no thing's.
    const type = clientId.includes(' ') ? undefined : await call.tx.get<ThingPrincipalType>('iot.thingByPrincipal', composite(certificateArn, clientId));
    if (type !== undefined) return { name: clientId, exclusive: type === 'EXCLUSIVE_THING' };
  }
  const rows: Attached[] = [];
  for await (const [key, type] of call.tx.list<ThingPrincipalType>('iot.thingByPrincipal', { prefix: composite(certificateArn, ''), limit: 2 })) {
    rows.push({ name: lastPart(key), exclusive: type === 'EXCLUSIVE_THING' });
  }
  const [first, second] = rows;
  return second === undefined ? first : undefined;
}

async function thingFacts(call: CallContext, { name, exclusive }: Attached): Promise<NonNullable<Caller['thing']>> {
  const thing = await requireThing(call, name);
  return { name, ...(thing.typeName === undefined ? {} : { type: thing.typeName }), attributes: thing.attributes, attached: true, exclusive };
}
