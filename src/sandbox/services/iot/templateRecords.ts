import type { TemplateType } from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { notFound } from './faults';

export interface ProvisioningTemplateRecord {
  readonly name: string;
  readonly description: string;
  readonly type: TemplateType;
  readonly enabled: boolean;
  readonly provisioningRoleArn: string;
  readonly hook?: { readonly targetArn: string; readonly payloadVersion: string } | undefined;
  readonly defaultVersionId: number;
  readonly lastVersionId: number;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

export const TEMPLATES = 'iot.provisioningTemplate';

/** Throws ResourceNotFoundException. */
export async function requireTemplate(call: CallContext, name: string): Promise<ProvisioningTemplateRecord> {
  const record = await call.tx.get<ProvisioningTemplateRecord>(TEMPLATES, name);
  if (record === undefined) throw notFound(`Template ${name} not found.`); // unverified text
  return record;
}
