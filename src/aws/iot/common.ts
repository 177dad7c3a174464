import type { CallOptions, Tag } from '../../core/ports/iotApi';
import type { AwsClients, HttpOptions } from '../clients';
import type { Call } from '../errorMapper';
import { undefinedIfNotFound } from '../notFound';

/** The most that every list call of AWS IoT gives at once: https://docs.aws.amazon.com/iot/latest/apireference/API_ListPolicies.html */
export const pageSize = 250;

/** One call whose "not found" is the answer `undefined`. */
export function find<T>(aws: AwsClients, call: Call, options: CallOptions | undefined, send: (http: HttpOptions) => Promise<T>): Promise<T | undefined> {
  return undefinedIfNotFound(aws.call(call, options, send));
}

export function tagList(tags: readonly Tag[] | undefined): { Key: string; Value: string }[] | undefined {
  return tags?.map((tag) => ({ Key: tag.key, Value: tag.value }));
}

export function policySummary(policy: { policyName?: string | undefined; policyArn?: string | undefined }): { name: string; arn: string } {
  return { name: policy.policyName ?? '', arn: policy.policyArn ?? '' };
}
