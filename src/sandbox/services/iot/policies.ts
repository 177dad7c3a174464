import { createHash } from 'node:crypto';
import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyRequest,
  DeletePolicyVersionRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
  ListPolicyVersionsRequest,
  ListPolicyVersionsResponse,
  SetDefaultPolicyVersionRequest,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { alreadyExists, deleteConflict, notFound, versionsLimitExceeded } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, nextSequence, readPage } from './paging';
import { checkPolicyDocument } from './policyDocument';
import { deleteTags, setTags } from './tags';

interface PolicyRecord {
  readonly name: string;
  /** Place in the order of creation. */
  readonly sequence: string;
  readonly defaultVersionId: number;
  /** Version ids are never given twice, also after a deletion. */
  readonly lastVersionId: number;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

interface PolicyVersionRecord {
  readonly versionId: number;
  readonly document: string;
  readonly createdAt: string;
}

const POLICIES = 'iot.policy';
const VERSIONS = 'iot.policyVersion';
const BY_CREATION = 'iot.policyByCreation';
/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicyVersion.html: "A managed policy can have up to five versions." */
const MAX_VERSIONS = 5;

export const policyHandlers = {
  async CreatePolicy(input: Input<CreatePolicyRequest>, call: CallContext): Promise<CreatePolicyResponse> {
    const arn = arnOf(call, 'policy', input.policyName);
    checkPolicyDocument(input.policyDocument);
    if ((await call.tx.get(POLICIES, input.policyName)) !== undefined) {
      throw alreadyExists(`Policy cannot be created - name already exists (name=${input.policyName})`, input.policyName, arn);
    }
    const now = call.now().toISOString();
    const record: PolicyRecord = {
      name: input.policyName,
      sequence: await nextSequence(call.tx),
      defaultVersionId: 1,
      lastVersionId: 1,
      createdAt: now,
      modifiedAt: now,
    };
    call.tx.put(POLICIES, input.policyName, record);
    call.tx.put(BY_CREATION, composite(record.sequence, input.policyName), input.policyName);
    putVersion(call, input.policyName, { versionId: 1, document: input.policyDocument, createdAt: now });
    setTags(call.tx, arn, input.tags);
    return { policyName: input.policyName, policyArn: arn, policyDocument: input.policyDocument, policyVersionId: '1' };
  },

  async GetPolicy(input: Input<GetPolicyRequest>, call: CallContext): Promise<GetPolicyResponse> {
    const policy = await requirePolicy(call, input.policyName);
    const version = await requireVersion(call, input.policyName, String(policy.defaultVersionId));
    return {
      policyName: policy.name,
      policyArn: arnOf(call, 'policy', policy.name),
      policyDocument: version.document,
      defaultVersionId: String(policy.defaultVersionId),
      creationDate: new Date(policy.createdAt),
      lastModifiedDate: new Date(policy.modifiedAt),
      generationId: generationId(version),
    };
  },

  async ListPolicies(input: Input<ListPoliciesRequest>, call: CallContext): Promise<ListPoliciesResponse> {
    // "If true, the results are returned in ascending creation order": API_ListPolicies.html
    const reverse = input.ascendingOrder !== true;
    const page = await readPage<string>(call.tx, { list: `policies ${String(reverse)}`, table: BY_CREATION, reverse, token: input.marker, size: input.pageSize });
    return { policies: page.entries.map(([, policyName]) => ({ policyName, policyArn: arnOf(call, 'policy', policyName) })), nextMarker: page.nextToken };
  },

  async DeletePolicy(input: Input<DeletePolicyRequest>, call: CallContext): Promise<object> {
    const policy = await requirePolicy(call, input.policyName);
    if ((await keysOf(call.tx, 'iot.targetByPolicy', composite(policy.name, ''), 1)).length > 0) {
      throw deleteConflict(`The policy cannot be deleted as the policy is attached to one or more principals (name=${policy.name})`);
    }
    const versions = await versionsOf(call, policy.name);
    if (versions.length > 1) {
      throw deleteConflict(`Cannot delete the policy because it has one or more policy versions attached to it (name=${policy.name})`);
    }
    for (const version of versions) call.tx.delete(VERSIONS, versionKey(policy.name, version.versionId));
    call.tx.delete(POLICIES, policy.name);
    call.tx.delete(BY_CREATION, composite(policy.sequence, policy.name));
    deleteTags(call.tx, arnOf(call, 'policy', policy.name));
    return {};
  },

  async CreatePolicyVersion(input: Input<CreatePolicyVersionRequest>, call: CallContext): Promise<CreatePolicyVersionResponse> {
    checkPolicyDocument(input.policyDocument);
    const policy = await requirePolicy(call, input.policyName);
    if ((await versionsOf(call, policy.name)).length >= MAX_VERSIONS) {
      throw versionsLimitExceeded(`The policy ${policy.name} already has the maximum number of versions (${MAX_VERSIONS})`);
    }
    const versionId = policy.lastVersionId + 1;
    const isDefaultVersion = input.setAsDefault === true;
    const now = call.now().toISOString();
    putVersion(call, policy.name, { versionId, document: input.policyDocument, createdAt: now });
    putPolicy(call, { ...policy, lastVersionId: versionId, ...(isDefaultVersion ? { defaultVersionId: versionId } : {}), modifiedAt: now });
    return { policyArn: arnOf(call, 'policy', policy.name), policyDocument: input.policyDocument, policyVersionId: String(versionId), isDefaultVersion };
  },

  async ListPolicyVersions(input: Input<ListPolicyVersionsRequest>, call: CallContext): Promise<ListPolicyVersionsResponse> {
    const policy = await requirePolicy(call, input.policyName);
    const versions = await versionsOf(call, policy.name);
    return {
      // Newest first, as the console and the CLI show them. unverified: the API reference gives no order.
      policyVersions: versions
        .map((version) => ({
          versionId: String(version.versionId),
          isDefaultVersion: version.versionId === policy.defaultVersionId,
          createDate: new Date(version.createdAt),
        }))
        .reverse(),
    };
  },

  async GetPolicyVersion(input: Input<GetPolicyVersionRequest>, call: CallContext): Promise<GetPolicyVersionResponse> {
    const policy = await requirePolicy(call, input.policyName);
    const version = await requireVersion(call, policy.name, input.policyVersionId);
    return {
      policyArn: arnOf(call, 'policy', policy.name),
      policyName: policy.name,
      policyDocument: version.document,
      policyVersionId: String(version.versionId),
      isDefaultVersion: version.versionId === policy.defaultVersionId,
      creationDate: new Date(version.createdAt),
      lastModifiedDate: new Date(version.createdAt),
      generationId: generationId(version),
    };
  },

  async SetDefaultPolicyVersion(input: Input<SetDefaultPolicyVersionRequest>, call: CallContext): Promise<object> {
    const policy = await requirePolicy(call, input.policyName);
    const version = await requireVersion(call, policy.name, input.policyVersionId);
    putPolicy(call, { ...policy, defaultVersionId: version.versionId, modifiedAt: call.now().toISOString() });
    return {};
  },

  async DeletePolicyVersion(input: Input<DeletePolicyVersionRequest>, call: CallContext): Promise<object> {
    const policy = await requirePolicy(call, input.policyName);
    const version = await requireVersion(call, policy.name, input.policyVersionId);
    if (version.versionId === policy.defaultVersionId) throw deleteConflict('Cannot delete the default version of a policy');
    call.tx.delete(VERSIONS, versionKey(policy.name, version.versionId));
    return {};
  },
};

/** Throws ResourceNotFoundException. */
export async function requirePolicy(call: CallContext, name: string): Promise<PolicyRecord> {
  const policy = await call.tx.get<PolicyRecord>(POLICIES, name);
  if (policy === undefined) throw notFound(`Policy not found (name=${name})`);
  return policy;
}

/** The default version's document. */
export async function defaultDocument(call: CallContext, name: string): Promise<string> {
  const policy = await requirePolicy(call, name);
  return (await requireVersion(call, name, String(policy.defaultVersionId))).document;
}

async function requireVersion(call: CallContext, policyName: string, versionId: string): Promise<PolicyVersionRecord> {
  const version = await call.tx.get<PolicyVersionRecord>(VERSIONS, versionKey(policyName, Number(versionId)));
  if (version === undefined) throw notFound(`Policy version not found (name=${policyName}, version=${versionId})`); // unverified text
  return version;
}

/** Oldest first. */
async function versionsOf(call: CallContext, policyName: string): Promise<readonly PolicyVersionRecord[]> {
  const versions: PolicyVersionRecord[] = [];
  for await (const [, version] of call.tx.list<PolicyVersionRecord>(VERSIONS, { prefix: composite(policyName, '') })) versions.push(version);
  return versions;
}

function putPolicy(call: CallContext, policy: PolicyRecord): void {
  call.tx.put(POLICIES, policy.name, policy);
}

function putVersion(call: CallContext, policyName: string, version: PolicyVersionRecord): void {
  call.tx.put(VERSIONS, versionKey(policyName, version.versionId), version);
}

/** Padded, so that version 10 stands after version 9. */
function versionKey(policyName: string, versionId: number): string {
  return composite(policyName, String(versionId).padStart(9, '0'));
}

/** AWS: "The generation ID of the policy." 64 hexadecimal digits there; it changes with the document. */
function generationId(version: PolicyVersionRecord): string {
  return createHash('sha256').update(`${version.createdAt} ${version.versionId} ${version.document}`).digest('hex');
}
