import type {
  CreateProvisioningTemplateVersionRequest,
  CreateProvisioningTemplateVersionResponse,
  DeleteProvisioningTemplateVersionRequest,
  DescribeProvisioningTemplateVersionRequest,
  DescribeProvisioningTemplateVersionResponse,
  ListProvisioningTemplateVersionsRequest,
  ListProvisioningTemplateVersionsResponse,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { deleteConflict, notFound, versionsLimitExceeded } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, readPage } from './paging';
import { checkTemplateBody } from './templateBody';
import { TEMPLATES, requireTemplate, type ProvisioningTemplateRecord } from './templateRecords';

interface TemplateVersionRecord {
  readonly versionId: number;
  readonly body: string;
  readonly createdAt: string;
}

const VERSIONS = 'iot.provisioningTemplateVersion';
/** https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html (fleet provisioning quotas): 5 versions per template */
const MAX_VERSIONS = 5;

export const provisioningTemplateVersionHandlers = {
  async CreateProvisioningTemplateVersion(input: Input<CreateProvisioningTemplateVersionRequest>, call: CallContext): Promise<CreateProvisioningTemplateVersionResponse> {
    const template = await requireTemplate(call, input.templateName);
    checkTemplateBody(input.templateBody);
    // unverified text, after the one for policies
    if ((await keysOf(call.tx, VERSIONS, composite(template.name, ''))).length >= MAX_VERSIONS) throw versionsLimitExceeded(`The provisioning template ${template.name} already has the maximum number of versions (${MAX_VERSIONS})`);
    const versionId = template.lastVersionId + 1;
    const isDefaultVersion = input.setAsDefault === true;
    const now = call.now().toISOString();
    putVersion(call, template.name, { versionId, body: input.templateBody, createdAt: now });
    const record: ProvisioningTemplateRecord = { ...template, lastVersionId: versionId, ...(isDefaultVersion ? { defaultVersionId: versionId } : {}), modifiedAt: now };
    call.tx.put(TEMPLATES, template.name, record);
    return { templateArn: arnOf(call, 'provisioningtemplate', template.name), templateName: template.name, versionId, isDefaultVersion };
  },

  async DescribeProvisioningTemplateVersion(input: Input<DescribeProvisioningTemplateVersionRequest>, call: CallContext): Promise<DescribeProvisioningTemplateVersionResponse> {
    const template = await requireTemplate(call, input.templateName);
    const version = await requireVersion(call, template.name, input.versionId);
    return {
      versionId: version.versionId,
      creationDate: new Date(version.createdAt),
      templateBody: version.body,
      isDefaultVersion: version.versionId === template.defaultVersionId,
    };
  },

  async ListProvisioningTemplateVersions(input: Input<ListProvisioningTemplateVersionsRequest>, call: CallContext): Promise<ListProvisioningTemplateVersionsResponse> {
    const template = await requireTemplate(call, input.templateName);
    const page = await readPage<TemplateVersionRecord>(call.tx, {
      list: `templateVersions ${template.name}`,
      table: VERSIONS,
      prefix: composite(template.name, ''),
      reverse: true, // newest first; unverified: the API reference gives no order
      token: input.nextToken,
      size: input.maxResults,
    });
    return {
      versions: page.entries.map(([, version]) => ({
        versionId: version.versionId,
        creationDate: new Date(version.createdAt),
        isDefaultVersion: version.versionId === template.defaultVersionId,
      })),
      nextToken: page.nextToken,
    };
  },

  async DeleteProvisioningTemplateVersion(input: Input<DeleteProvisioningTemplateVersionRequest>, call: CallContext): Promise<object> {
    const template = await requireTemplate(call, input.templateName);
    const version = await requireVersion(call, template.name, input.versionId);
    if (version.versionId === template.defaultVersionId) throw deleteConflict('Cannot delete the default version of a provisioning template'); // unverified text
    call.tx.delete(VERSIONS, versionKey(template.name, version.versionId));
    return {};
  },
};

export function addFirstVersion(call: CallContext, template: ProvisioningTemplateRecord, body: string): void {
  putVersion(call, template.name, { versionId: 1, body, createdAt: template.createdAt });
}

export async function deleteVersions(call: CallContext, templateName: string): Promise<void> {
  for (const key of await keysOf(call.tx, VERSIONS, composite(templateName, ''))) call.tx.delete(VERSIONS, key);
}

/** Throws ResourceNotFoundException. */
export async function requireVersion(call: CallContext, templateName: string, versionId: number): Promise<TemplateVersionRecord> {
  const version = await call.tx.get<TemplateVersionRecord>(VERSIONS, versionKey(templateName, versionId));
  if (version === undefined) throw notFound(`Version ${versionId} of template ${templateName} not found.`); // unverified text
  return version;
}

function putVersion(call: CallContext, templateName: string, version: TemplateVersionRecord): void {
  call.tx.put(VERSIONS, versionKey(templateName, version.versionId), version);
}

/** Padded, so that version 10 stands after version 9. */
function versionKey(templateName: string, versionId: number): string {
  return composite(templateName, String(versionId).padStart(9, '0'));
}
