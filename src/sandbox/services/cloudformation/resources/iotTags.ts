import type { JsonObject } from '../template/model';
import { tagsOf, type ResourceContext } from './provider';

/** Brings an IoT resource's tags to what template and stack say. */
export async function replaceIotTags(context: ResourceContext, resourceArn: string, next: JsonObject): Promise<void> {
  const tags = tagsOf(context, next);
  const { tags: present = [] } = await context.call.invoke<{ tags?: { Key: string }[] }>('iot', 'ListTagsForResource', { resourceArn });
  const surplus = present.map((tag) => tag.Key).filter((key) => !tags.some((tag) => tag.Key === key));
  if (surplus.length > 0) await context.call.invoke('iot', 'UntagResource', { resourceArn, tagKeys: surplus });
  if (tags.length > 0) await context.call.invoke('iot', 'TagResource', { resourceArn, tags });
}
