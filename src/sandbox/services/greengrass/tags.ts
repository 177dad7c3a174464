import type { ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, TagResourceResponse, UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-greengrassv2';
import type { CallContext } from '../../kernel/types';
import type { Input } from '../iot/inputs';
import { CORE_DEVICES, TAGS, coreDeviceArn, invalid, notFound } from './records';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/greengrass/v2/developerguide/tag-resources.html */
const MAX_TAGS = 50;

export const tagHandlers = {
  async TagResource(input: Input<TagResourceRequest>, call: CallContext): Promise<TagResourceResponse> {
    const tags = { ...(await tagsOf(call, input.resourceArn)), ...input.tags };
    if (Object.keys(tags).some((key) => key.toLowerCase().startsWith('aws:'))) throw invalid('Tag keys starting with aws: are reserved for system use.');
    if (Object.keys(tags).length > MAX_TAGS) throw invalid(`A resource cannot have more than ${MAX_TAGS} tags.`);
    call.tx.put(TAGS, input.resourceArn, tags);
    return {};
  },

  async UntagResource(input: Input<UntagResourceRequest>, call: CallContext): Promise<UntagResourceResponse> {
    const tags = await tagsOf(call, input.resourceArn);
    call.tx.put(TAGS, input.resourceArn, Object.fromEntries(Object.entries(tags).filter(([key]) => !input.tagKeys.includes(key))));
    return {};
  },

  async ListTagsForResource(input: Input<ListTagsForResourceRequest>, call: CallContext): Promise<ListTagsForResourceResponse> {
    return { tags: await tagsOf(call, input.resourceArn) };
  },
};

/** Of a core device: the sandbox has no other kind. Throws ResourceNotFoundException. */
async function tagsOf(call: CallContext, arn: string): Promise<Tags> {
  const thingName = /:coreDevices:([a-zA-Z0-9:_-]{1,128})$/.exec(arn)?.[1];
  if (thingName === undefined || arn !== coreDeviceArn(call, thingName) || (await call.tx.get(CORE_DEVICES, thingName)) === undefined) throw notFound(arn);
  return (await call.tx.get<Tags>(TAGS, arn)) ?? {};
}
