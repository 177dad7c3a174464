import {
  CreateProvisioningClaimCommand,
  CreateProvisioningTemplateCommand,
  CreateProvisioningTemplateVersionCommand,
  DeleteProvisioningTemplateCommand,
  DeleteProvisioningTemplateVersionCommand,
  DescribeProvisioningTemplateCommand,
  DescribeProvisioningTemplateVersionCommand,
  ListProvisioningTemplateVersionsCommand,
  ListProvisioningTemplatesCommand,
  UpdateProvisioningTemplateCommand,
} from '@aws-sdk/client-iot';
import type { CallOptions, IotApi, ProvisioningClaim, ProvisioningTemplate, ProvisioningTemplateVersion, Tag } from '../../core/ports/iotApi';
import type { AwsClients } from '../clients';
import type { Call } from '../errorMapper';
import { defined, required } from '../objects';
import { find, pageSize, tagList } from './common';

/** https://docs.aws.amazon.com/iot/latest/apireference/API_ProvisioningHook.html */
const hookPayloadVersion = '2020-04-01';

type Calls = Pick<IotApi, 'describeProvisioningTemplate' | 'createProvisioningTemplate' | 'updateProvisioningTemplate' | 'deleteProvisioningTemplate' | 'listProvisioningTemplates' | 'listProvisioningTemplateVersions' | 'getProvisioningTemplateVersion' | 'createProvisioningTemplateVersion' | 'deleteProvisioningTemplateVersion' | 'createProvisioningClaim'>;

export function templateCalls(aws: AwsClients): Calls {
  return {
    async describeProvisioningTemplate(name: string, options?: CallOptions): Promise<ProvisioningTemplate | undefined> {
      const action = 'iot:DescribeProvisioningTemplate';
      const answer = await find(aws, { action, resource: name }, options, (http) =>
        aws.iot.send(new DescribeProvisioningTemplateCommand({ templateName: name }), http),
      );
      return (
        answer && {
          name: answer.templateName ?? name,
          arn: required(answer.templateArn, 'templateArn', action),
          enabled: answer.enabled ?? false,
          provisioningRoleArn: required(answer.provisioningRoleArn, 'provisioningRoleArn', action),
          templateBody: required(answer.templateBody, 'templateBody', action),
          defaultVersionId: required(answer.defaultVersionId, 'defaultVersionId', action),
          type: answer.type ?? 'FLEET_PROVISIONING',
          ...defined({
            description: answer.description,
            preProvisioningHook: answer.preProvisioningHook && {
              targetArn: required(answer.preProvisioningHook.targetArn, 'preProvisioningHook.targetArn', action),
              payloadVersion: answer.preProvisioningHook.payloadVersion ?? hookPayloadVersion,
            },
          }),
        }
      );
    },

    async createProvisioningTemplate(
      input: { name: string; templateBody: string; provisioningRoleArn: string; enabled: boolean; description?: string; tags?: readonly Tag[]; hookArn?: string },
      options?: CallOptions,
    ): Promise<{ arn: string }> {
      const action = 'iot:CreateProvisioningTemplate';
      const answer = await aws.call({ action, resource: input.name, passesRole: input.provisioningRoleArn }, options, (http) =>
        aws.iot.send(
          new CreateProvisioningTemplateCommand({
            templateName: input.name,
            templateBody: input.templateBody,
            provisioningRoleArn: input.provisioningRoleArn,
            enabled: input.enabled,
            description: input.description,
            tags: tagList(input.tags),
            ...(input.hookArn === undefined ? {} : { preProvisioningHook: hook(input.hookArn) }),
          }),
          http,
        ),
      );
      return { arn: required(answer.templateArn, 'templateArn', action) };
    },

    async updateProvisioningTemplate(
      input: { name: string; enabled?: boolean; provisioningRoleArn?: string; defaultVersionId?: number; description?: string; hookArn?: string | null },
      options?: CallOptions,
    ): Promise<void> {
      const { name, hookArn, ...changes } = input;
      const hookChange = hookArn === null ? { removePreProvisioningHook: true } : hookArn === undefined ? {} : { preProvisioningHook: hook(hookArn) };
      const call: Call = { action: 'iot:UpdateProvisioningTemplate', resource: name, ...defined({ passesRole: input.provisioningRoleArn }) };
      await aws.call(call, options, (http) => aws.iot.send(new UpdateProvisioningTemplateCommand({ templateName: name, ...changes, ...hookChange }), http));
    },

    async deleteProvisioningTemplate(name: string, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeleteProvisioningTemplate', resource: name }, options, (http) =>
        aws.iot.send(new DeleteProvisioningTemplateCommand({ templateName: name }), http),
      );
    },

    listProvisioningTemplates(options?: CallOptions): AsyncIterable<{ name: string; arn: string; enabled: boolean }> {
      return aws.pages({ action: 'iot:ListProvisioningTemplates' }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListProvisioningTemplatesCommand({ maxResults: pageSize, nextToken }), http);
        return {
          items: answer.templates?.map((template) => ({
            name: template.templateName ?? '',
            arn: template.templateArn ?? '',
            enabled: template.enabled ?? false,
          })),
          next: answer.nextToken,
        };
      });
    },

    listProvisioningTemplateVersions(name: string, options?: CallOptions): AsyncIterable<ProvisioningTemplateVersion> {
      return aws.pages({ action: 'iot:ListProvisioningTemplateVersions', resource: name }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListProvisioningTemplateVersionsCommand({ templateName: name, maxResults: pageSize, nextToken }), http);
        return {
          items: answer.versions?.map((version) => ({
            versionId: version.versionId ?? 0,
            isDefault: version.isDefaultVersion ?? false,
            ...defined({ createdAt: version.creationDate }),
          })),
          next: answer.nextToken,
        };
      });
    },

    async getProvisioningTemplateVersion(name: string, versionId: number, options?: CallOptions): Promise<string | undefined> {
      const answer = await find(aws, { action: 'iot:DescribeProvisioningTemplateVersion', resource: `${name}:${String(versionId)}` }, options, (http) =>
        aws.iot.send(new DescribeProvisioningTemplateVersionCommand({ templateName: name, versionId }), http),
      );
      return answer?.templateBody;
    },

    async createProvisioningTemplateVersion(
      input: { name: string; templateBody: string; setAsDefault: boolean },
      options?: CallOptions,
    ): Promise<{ versionId: number }> {
      const action = 'iot:CreateProvisioningTemplateVersion';
      const answer = await aws.call({ action, resource: input.name }, options, (http) =>
        aws.iotOnce.send(
          new CreateProvisioningTemplateVersionCommand({ templateName: input.name, templateBody: input.templateBody, setAsDefault: input.setAsDefault }),
          http,
        ),
      );
      return { versionId: required(answer.versionId, 'versionId', action) };
    },

    async deleteProvisioningTemplateVersion(name: string, versionId: number, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeleteProvisioningTemplateVersion', resource: `${name}:${String(versionId)}` }, options, (http) =>
        aws.iot.send(new DeleteProvisioningTemplateVersionCommand({ templateName: name, versionId }), http),
      );
    },

    async createProvisioningClaim(templateName: string, options?: CallOptions): Promise<ProvisioningClaim> {
      const action = 'iot:CreateProvisioningClaim';
      const answer = await aws.call({ action, resource: templateName }, options, (http) => aws.iotOnce.send(new CreateProvisioningClaimCommand({ templateName }), http));
      return {
        certificateId: required(answer.certificateId, 'certificateId', action),
        pem: required(answer.certificatePem, 'certificatePem', action),
        privateKeyPem: required(answer.keyPair?.PrivateKey, 'keyPair.PrivateKey', action),
        expiresAt: required(answer.expiration, 'expiration', action),
      };
    },
  };
}

function hook(targetArn: string): { targetArn: string; payloadVersion: string } {
  return { targetArn, payloadVersion: hookPayloadVersion };
}
