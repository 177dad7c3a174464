import type {
  AttachThingPrincipalRequest,
  DetachThingPrincipalRequest,
  ListPrincipalThingsRequest,
  ListPrincipalThingsResponse,
  ListPrincipalThingsV2Request,
  ListPrincipalThingsV2Response,
  ListThingPrincipalsRequest,
  ListThingPrincipalsResponse,
  ListThingPrincipalsV2Request,
  ListThingPrincipalsV2Response,
  ThingPrincipalType,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { invalidRequest, notFound } from './faults';
import type { Input } from './inputs';
import { composite, lastPart, readPage, type Page } from './paging';
import { requirePrincipal } from './principals';
import { requireThing } from './things';

/** Both directions: `<thing> <principal>` and `<principal> <thing>`, each with the kind of attachment. */
const BY_THING = 'iot.principalByThing';
const BY_PRINCIPAL = 'iot.thingByPrincipal';

export const thingPrincipalHandlers = {
  /**
   * EXCLUSIVE_THING: the principal serves this thing alone. https://docs.aws.amazon.com/iot/latest/developerguide/exclusive-thing.html
   * unverified: the error when it does not, and that attaching again with another type changes the type.
   */
  async AttachThingPrincipal(input: Input<AttachThingPrincipalRequest>, call: CallContext): Promise<object> {
    await requireThing(call, input.thingName);
    await requirePrincipal(call, input.principal, ['cert']);
    const type = input.thingPrincipalType ?? 'NON_EXCLUSIVE_THING';
    for await (const [key, otherType] of call.tx.list<ThingPrincipalType>(BY_PRINCIPAL, { prefix: composite(input.principal, '') })) {
      const other = lastPart(key);
      if (other === input.thingName) continue;
      if (otherType === 'EXCLUSIVE_THING' || type === 'EXCLUSIVE_THING') {
        throw invalidRequest(`Principal ${input.principal} is already attached to thing ${other}, and one of the attachments is exclusive.`);
      }
      break; // the others are non-exclusive as well: an exclusive attachment is always the only one
    }
    call.tx.put(BY_THING, composite(input.thingName, input.principal), type);
    call.tx.put(BY_PRINCIPAL, composite(input.principal, input.thingName), type);
    return {};
  },

  /** AWS detaches some seconds later; here it is done when the call returns. */
  async DetachThingPrincipal(input: Input<DetachThingPrincipalRequest>, call: CallContext): Promise<object> {
    await requireThing(call, input.thingName);
    await requirePrincipal(call, input.principal, ['cert']);
    if ((await call.tx.get(BY_THING, composite(input.thingName, input.principal))) === undefined) throw notFound();
    call.tx.delete(BY_THING, composite(input.thingName, input.principal));
    call.tx.delete(BY_PRINCIPAL, composite(input.principal, input.thingName));
    return {};
  },

  async ListThingPrincipals(input: Input<ListThingPrincipalsRequest>, call: CallContext): Promise<ListThingPrincipalsResponse> {
    const page = await principalsOf(call, 'thingPrincipals', input);
    return { principals: page.entries.map(([key]) => lastPart(key)), nextToken: page.nextToken };
  },

  async ListThingPrincipalsV2(input: Input<ListThingPrincipalsV2Request>, call: CallContext): Promise<ListThingPrincipalsV2Response> {
    const page = await principalsOf(call, 'thingPrincipalsV2', input, input.thingPrincipalType);
    return { thingPrincipalObjects: page.entries.map(([key, thingPrincipalType]) => ({ principal: lastPart(key), thingPrincipalType })), nextToken: page.nextToken };
  },

  async ListPrincipalThings(input: Input<ListPrincipalThingsRequest>, call: CallContext): Promise<ListPrincipalThingsResponse> {
    const page = await thingsOf(call, 'principalThings', input);
    return { things: page.entries.map(([key]) => lastPart(key)), nextToken: page.nextToken };
  },

  async ListPrincipalThingsV2(input: Input<ListPrincipalThingsV2Request>, call: CallContext): Promise<ListPrincipalThingsV2Response> {
    const page = await thingsOf(call, 'principalThingsV2', input, input.thingPrincipalType);
    return { principalThingObjects: page.entries.map(([key, thingPrincipalType]) => ({ thingName: lastPart(key), thingPrincipalType })), nextToken: page.nextToken };
  },
};

async function principalsOf(call: CallContext, list: string, input: Input<ListThingPrincipalsRequest>, type?: ThingPrincipalType): Promise<Page<ThingPrincipalType>> {
  if ((await call.tx.get('iot.thing', input.thingName)) === undefined) {
    throw notFound(`Failed to list principals for thing ${input.thingName} because the thing does not exist in your account`);
  }
  return attachments(call, list, BY_THING, input.thingName, input, type);
}

async function thingsOf(call: CallContext, list: string, input: Input<ListPrincipalThingsRequest>, type?: ThingPrincipalType): Promise<Page<ThingPrincipalType>> {
  await requirePrincipal(call, input.principal, ['cert']);
  return attachments(call, list, BY_PRINCIPAL, input.principal, input, type);
}

function attachments(
  call: CallContext,
  list: string,
  table: string,
  owner: string,
  input: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
  type: ThingPrincipalType | undefined,
): Promise<Page<ThingPrincipalType>> {
  return readPage<ThingPrincipalType>(call.tx, {
    list: `${list} ${owner} ${type ?? ''}`,
    table,
    prefix: composite(owner, ''),
    token: input.nextToken,
    size: input.maxResults,
    ...(type === undefined ? {} : { accept: (_, value) => value === type }),
  });
}
