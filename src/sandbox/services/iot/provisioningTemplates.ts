import type {
  CreateProvisioningClaimRequest,
  CreateProvisioningClaimResponse,
  CreateProvisioningTemplateRequest,
  CreateProvisioningTemplateResponse,
  DeleteProvisioningTemplateRequest,
  DescribeProvisioningTemplateRequest,
  DescribeProvisioningTemplateResponse,
  ListProvisioningTemplatesRequest,
  ListProvisioningTemplatesResponse,
  ProvisioningHook,
  TemplateType,
  UpdateProvisioningTemplateRequest,
} from '@aws-sdk/client-iot';
import type { CallContext, CertificateAuthority } from '../../kernel/types';
import { arnOf } from './arns';
import { alreadyExists, invalidRequest } from './faults';
import type { Input } from './inputs';
import { readPage } from './paging';
import { addFirstVersion, deleteVersions, requireVersion } from './provisioningTemplateVersions';
import { requireAssumableRole } from './roles';
import { deleteTags, setTags } from './tags';
import { checkTemplateBody } from './templateBody';
import { TEMPLATES, requireTemplate, type ProvisioningTemplateRecord } from './templateRecords';

const CLAIMS = 'iot.provisioningClaim';
/** "expires after five minutes": https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningClaim.html */
const CLAIM_LIFETIME_MS = 5 * 60_000;
/** https://docs.aws.amazon.com/iot/latest/apireference/API_ProvisioningHook.html */
const HOOK_PAYLOAD_VERSION = '2020-04-01';

/** A claim is no certificate of the account: it is not listed, has no policies, and is good for this template until it expires. */
export interface ProvisioningClaimRecord {
  readonly certificateId: string;
  readonly templateName: string;
  readonly certificatePem: string;
  readonly expiresAt: string;
}

export function provisioningTemplateHandlers(ca: CertificateAuthority) {
  return {
    async CreateProvisioningTemplate(input: Input<CreateProvisioningTemplateRequest>, call: CallContext): Promise<CreateProvisioningTemplateResponse> {
      const arn = arnOf(call, 'provisioningtemplate', input.templateName);
      if ((await call.tx.get(TEMPLATES, input.templateName)) !== undefined) {
        throw alreadyExists(`Template with name ${input.templateName} already exists`, input.templateName, arn);
      }
      const type = input.type ?? 'FLEET_PROVISIONING';
      checkTemplateBody(input.templateBody);
      await requireAssumableRole(call, input.provisioningRoleArn, 'iot.amazonaws.com');
      const hook = checkedHook(call, type, input.preProvisioningHook);
      const now = call.now().toISOString();
      const record: ProvisioningTemplateRecord = {
        name: input.templateName,
        description: input.description ?? '',
        type,
        enabled: input.enabled ?? false,
        provisioningRoleArn: input.provisioningRoleArn,
        ...(hook === undefined ? {} : { hook }),
        defaultVersionId: 1,
        lastVersionId: 1,
        createdAt: now,
        modifiedAt: now,
      };
      call.tx.put(TEMPLATES, record.name, record);
      addFirstVersion(call, record, input.templateBody);
      setTags(call.tx, arn, input.tags);
      return { templateArn: arn, templateName: record.name, defaultVersionId: 1 };
    },

    async DescribeProvisioningTemplate(input: Input<DescribeProvisioningTemplateRequest>, call: CallContext): Promise<DescribeProvisioningTemplateResponse> {
      const record = await requireTemplate(call, input.templateName);
      const version = await requireVersion(call, record.name, record.defaultVersionId);
      return {
        ...summary(call, record),
        defaultVersionId: record.defaultVersionId,
        templateBody: version.body,
        provisioningRoleArn: record.provisioningRoleArn,
        preProvisioningHook: record.hook,
      };
    },

    /** The body is not changed here but by a new version. */
    async UpdateProvisioningTemplate(input: Input<UpdateProvisioningTemplateRequest>, call: CallContext): Promise<object> {
      const { hook: oldHook, ...old } = await requireTemplate(call, input.templateName);
      if (input.removePreProvisioningHook === true && input.preProvisioningHook !== undefined) {
        throw invalidRequest('preProvisioningHook and removePreProvisioningHook cannot be used together.'); // unverified text
      }
      if (input.provisioningRoleArn !== undefined) await requireAssumableRole(call, input.provisioningRoleArn, 'iot.amazonaws.com');
      if (input.defaultVersionId !== undefined) await requireVersion(call, old.name, input.defaultVersionId);
      const hook = input.removePreProvisioningHook === true ? undefined : (checkedHook(call, old.type, input.preProvisioningHook) ?? oldHook);
      const record: ProvisioningTemplateRecord = {
        ...old,
        ...(hook === undefined ? {} : { hook }),
        description: input.description ?? old.description,
        enabled: input.enabled ?? old.enabled,
        defaultVersionId: input.defaultVersionId ?? old.defaultVersionId,
        provisioningRoleArn: input.provisioningRoleArn ?? old.provisioningRoleArn,
        modifiedAt: call.now().toISOString(),
      };
      call.tx.put(TEMPLATES, record.name, record);
      return {};
    },

    async DeleteProvisioningTemplate(input: Input<DeleteProvisioningTemplateRequest>, call: CallContext): Promise<object> {
      const record = await requireTemplate(call, input.templateName);
      await deleteVersions(call, record.name);
      call.tx.delete(TEMPLATES, record.name);
      deleteTags(call.tx, arnOf(call, 'provisioningtemplate', record.name));
      return {};
    },

    async ListProvisioningTemplates(input: Input<ListProvisioningTemplatesRequest>, call: CallContext): Promise<ListProvisioningTemplatesResponse> {
      const page = await readPage<ProvisioningTemplateRecord>(call.tx, { list: 'provisioningTemplates', table: TEMPLATES, token: input.nextToken, size: input.maxResults });
      return { templates: page.entries.map(([, record]) => summary(call, record)), nextToken: page.nextToken };
    },

    async CreateProvisioningClaim(input: Input<CreateProvisioningClaimRequest>, call: CallContext): Promise<CreateProvisioningClaimResponse> {
      const template = await requireTemplate(call, input.templateName);
      // Claims provision by MQTT; a JITP template has no such way. unverified: the text.
      if (template.type === 'JITP') throw invalidRequest(`Template ${template.name} is not a fleet provisioning template.`);
      const now = call.now();
      const made = await ca.issueWithKeys(now, CLAIM_LIFETIME_MS);
      const expiration = new Date(now.getTime() + CLAIM_LIFETIME_MS);
      const record: ProvisioningClaimRecord = { certificateId: made.id, templateName: template.name, certificatePem: made.pem, expiresAt: expiration.toISOString() };
      call.tx.put(CLAIMS, made.id, record);
      return {
        certificateId: made.id,
        certificatePem: made.pem,
        keyPair: { PublicKey: made.publicKeyPem, PrivateKey: made.privateKeyPem },
        expiration,
      };
    },
  };
}

/** An unexpired claim by its certificate id. */
export async function findProvisioningClaim(call: CallContext, certificateId: string): Promise<ProvisioningClaimRecord | undefined> {
  const record = await call.tx.get<ProvisioningClaimRecord>(CLAIMS, certificateId);
  return record !== undefined && Date.parse(record.expiresAt) > call.now().getTime() ? record : undefined;
}

function checkedHook(call: CallContext, type: TemplateType, hook: ProvisioningHook | undefined): ProvisioningTemplateRecord['hook'] {
  if (hook === undefined) return undefined;
  // Hooks run for fleet provisioning only: https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html. The texts are unverified.
  if (type !== 'FLEET_PROVISIONING') throw invalidRequest('A pre-provisioning hook can only be used with the template type FLEET_PROVISIONING.');
  const targetArn = hook.targetArn ?? '';
  if (!new RegExp(`^arn:${call.partition}:lambda:[^:]+:\\d{12}:function:.+$`).test(targetArn)) throw invalidRequest(`Invalid pre-provisioning hook target ARN: ${targetArn}`);
  const payloadVersion = hook.payloadVersion ?? HOOK_PAYLOAD_VERSION;
  if (payloadVersion !== HOOK_PAYLOAD_VERSION) throw invalidRequest(`Invalid payloadVersion: ${payloadVersion}`);
  return { targetArn, payloadVersion };
}

function summary(call: CallContext, record: ProvisioningTemplateRecord) {
  return {
    templateArn: arnOf(call, 'provisioningtemplate', record.name),
    templateName: record.name,
    description: record.description,
    creationDate: new Date(record.createdAt),
    lastModifiedDate: new Date(record.modifiedAt),
    enabled: record.enabled,
    type: record.type,
  };
}
