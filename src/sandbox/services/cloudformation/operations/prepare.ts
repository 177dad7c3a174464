import { createHash } from 'node:crypto';
import type { CallContext } from '../../../kernel/types';
import { Fault } from '../../../kernel/types';
import { evaluateTemplate, type Evaluation } from '../engine/evaluation';
import { canonical } from '../engine/planner';
import type { StackContent, StackRecord } from '../engine/records';
import type { StackStore } from '../engine/stackStore';
import { neededCapabilities } from '../resources/registry';
import { validationError } from '../template/model';
import { resolveParameters, type ParameterInput } from '../template/parameters';
import { parseTemplate } from '../template/parse';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_BODY_BYTES = 51_200;

export interface TemplateInput {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
}

export interface ContentInput extends TemplateInput {
  readonly Parameters?: readonly ParameterInput[] | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
}

/** The template text of a request. Throws ValidationError. */
export function templateBody(input: TemplateInput, previous?: string): string {
  if (input.UsePreviousTemplate === true && previous !== undefined) return previous;
  if (input.TemplateBody !== undefined && input.TemplateURL !== undefined) throw validationError('Only one of TemplateBody or TemplateURL may be specified.');
  if (input.TemplateBody !== undefined) {
    if (Buffer.byteLength(input.TemplateBody) > MAX_BODY_BYTES) {
      const shown = input.TemplateBody;
      throw validationError(`1 validation error detected: Value '${shown}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`);
    }
    return input.TemplateBody;
  }
  if (input.TemplateURL === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  // The sandbox never leaves the machine, so every object in S3 is one that it may not read.
  if (!isS3Url(input.TemplateURL)) throw validationError('TemplateURL must be a supported URL.');
  throw validationError('S3 error: Access Denied\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html');
}

function isS3Url(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' && /(^|\.)s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?$/.test(hostname);
  } catch {
    return false;
  }
}

/** What the stack would hold, with everything checked that AWS checks before it answers. */
export async function prepare(
  call: CallContext,
  store: StackStore,
  stack: Pick<StackRecord, 'id' | 'name'>,
  input: ContentInput,
  previous?: StackContent,
): Promise<{ content: StackContent; evaluation: Evaluation }> {
  const body = templateBody(input, previous?.templateBody);
  const template = parseTemplate(body);
  const content: StackContent = {
    templateBody: body,
    parameters: resolveParameters(template, input.Parameters ?? [], previous?.parameters),
    tags: input.Tags === undefined ? (previous?.tags ?? []) : input.Tags.map((tag) => ({ Key: tag.Key ?? '', Value: tag.Value ?? '' })),
    capabilities: input.Capabilities ?? [],
    notificationArns: input.NotificationARNs ?? previous?.notificationArns ?? [],
  };
  checkTags(content);
  const { account, region, partition } = call;
  const evaluation = evaluateTemplate({ account, region, partition, exports: await store.exports() }, stack, content);
  checkCapabilities(evaluation, content.capabilities);
  return { content, evaluation };
}

function checkTags(content: StackContent): void {
  const keys = content.tags.map((tag) => tag.Key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw validationError(`Duplicate tag keys found: ${twice}`);
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) throw validationError('Tag keys starting with aws: are reserved for internal use');
}

function checkCapabilities(evaluation: Evaluation, given: readonly string[]): void {
  const { capabilities } = neededCapabilities(evaluation.template);
  const missing = capabilities.filter((capability) => !given.includes(capability) && !(capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')));
  if (missing.length > 0) throw new Fault('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
}

/**
 * ClientRequestToken: the same request again gives the first answer, another request with the token is refused.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
export async function once(store: StackStore, operation: string, input: { ClientRequestToken?: string | undefined }, work: () => Promise<string>): Promise<string> {
  const token = input.ClientRequestToken;
  if (token === undefined) return work();
  const fingerprint = createHash('sha256').update(`${operation}\n${canonical(withoutUndefined(input))}`).digest('hex');
  const known = await store.token(token);
  if (known !== undefined) {
    if (known.fingerprint === fingerprint) return known.stackId;
    throw new Fault('TokenAlreadyExistsException', `A client request token already exists: ${token}`);
  }
  const stackId = await work();
  store.putToken(token, { fingerprint, stackId });
  return stackId;
}

function withoutUndefined(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
