import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-iot';
import type { CallContext, Transaction } from '../../kernel/types';
import { isLocal, parseIotArn } from './arns';
import { invalidRequest, limitExceeded, notFound } from './faults';
import type { Input } from './inputs';
import { pageOf } from './paging';

const TABLE = 'iot.tags';
/** https://docs.aws.amazon.com/iot/latest/developerguide/tagging-iot.html (restrictions) */
const MAX_TAGS = 50;
const TAGS_PER_PAGE = 50;

/** The table that holds each taggable kind, by name. Things and certificates cannot be tagged (same page). */
const TABLE_BY_KIND: Readonly<Record<string, string>> = {
  rolealias: 'iot.roleAlias',
  policy: 'iot.policy',
  thinggroup: 'iot.thingGroup',
  thingtype: 'iot.thingType',
  provisioningtemplate: 'iot.provisioningTemplate',
};

type Tags = Readonly<Record<string, string>>;

export const tagHandlers = {
  async TagResource(input: Input<TagResourceRequest>, call: CallContext): Promise<TagResourceResponse> {
    await requireTaggable(call, input.resourceArn);
    const old = (await call.tx.get<Tags>(TABLE, input.resourceArn)) ?? {};
    call.tx.put(TABLE, input.resourceArn, checked({ ...old, ...fromList(input.tags) }));
    return {};
  },

  async UntagResource(input: Input<UntagResourceRequest>, call: CallContext): Promise<UntagResourceResponse> {
    await requireTaggable(call, input.resourceArn);
    const old = (await call.tx.get<Tags>(TABLE, input.resourceArn)) ?? {};
    call.tx.put(TABLE, input.resourceArn, Object.fromEntries(Object.entries(old).filter(([key]) => !input.tagKeys.includes(key))));
    return {};
  },

  async ListTagsForResource(input: Input<ListTagsForResourceRequest>, call: CallContext): Promise<ListTagsForResourceResponse> {
    await requireTaggable(call, input.resourceArn);
    const tags = Object.entries((await call.tx.get<Tags>(TABLE, input.resourceArn)) ?? {}).map(([Key, Value]) => ({ Key, Value }));
    const page = pageOf(tags, `tags ${input.resourceArn}`, input.nextToken, TAGS_PER_PAGE);
    return { tags: [...page.items], nextToken: page.nextToken };
  },
};

/** Stores the tags that a create call brought along. Throws LimitExceededException and InvalidRequestException. */
export function setTags(tx: Transaction, arn: string, tags: readonly Tag[] | undefined): void {
  if (tags !== undefined && tags.length > 0) tx.put(TABLE, arn, checked(fromList(tags)));
}

export function deleteTags(tx: Transaction, arn: string): void {
  tx.delete(TABLE, arn);
}

function fromList(tags: readonly Tag[]): Tags {
  return Object.fromEntries(tags.map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

function checked(tags: Tags): Tags {
  // "Do not use the aws: prefix": https://docs.aws.amazon.com/iot/latest/developerguide/tagging-iot.html. The texts are unverified.
  if (Object.keys(tags).some((key) => key.toLowerCase().startsWith('aws:'))) throw invalidRequest('Tag keys starting with aws: are reserved for system use.');
  if (Object.keys(tags).length > MAX_TAGS) throw limitExceeded(`A resource cannot have more than ${MAX_TAGS} tags.`);
  return tags;
}

async function requireTaggable(call: CallContext, arn: string): Promise<void> {
  const parsed = parseIotArn(arn);
  const table = parsed === undefined ? undefined : TABLE_BY_KIND[parsed.kind];
  if (parsed === undefined || table === undefined) throw invalidRequest(`Invalid resource ARN: ${arn}`); // unverified text
  if (!isLocal(parsed, call) || (await call.tx.get(table, parsed.name)) === undefined) throw notFound();
}
