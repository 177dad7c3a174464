import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iot';
import type { CallOptions, IotApi, IotPolicy, IotPolicyVersion, Tag } from '../../core/ports/iotApi';
import type { AwsClients } from '../clients';
import { defined, required } from '../objects';
import { find, pageSize, policySummary, tagList } from './common';

type Calls = Pick<IotApi, 'getPolicy' | 'createPolicy' | 'listPolicies' | 'listPolicyVersions' | 'getPolicyVersion' | 'createPolicyVersion' | 'setDefaultPolicyVersion' | 'deletePolicyVersion' | 'deletePolicy'>;

export function policyCalls(aws: AwsClients): Calls {
  return {
    async getPolicy(name: string, options?: CallOptions): Promise<IotPolicy | undefined> {
      const action = 'iot:GetPolicy';
      const answer = await find(aws, { action, resource: name }, options, (http) => aws.iot.send(new GetPolicyCommand({ policyName: name }), http));
      return (
        answer && {
          name: answer.policyName ?? name,
          arn: required(answer.policyArn, 'policyArn', action),
          document: required(answer.policyDocument, 'policyDocument', action),
          defaultVersionId: required(answer.defaultVersionId, 'defaultVersionId', action),
        }
      );
    },

    async createPolicy(input: { name: string; document: string; tags?: readonly Tag[] }, options?: CallOptions): Promise<{ arn: string }> {
      const action = 'iot:CreatePolicy';
      const answer = await aws.call({ action, resource: input.name }, options, (http) =>
        aws.iot.send(new CreatePolicyCommand({ policyName: input.name, policyDocument: input.document, tags: tagList(input.tags) }), http),
      );
      return { arn: required(answer.policyArn, 'policyArn', action) };
    },

    listPolicies(options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
      return aws.pages({ action: 'iot:ListPolicies' }, options, async (marker, http) => {
        const answer = await aws.iot.send(new ListPoliciesCommand({ pageSize, marker }), http);
        return { items: answer.policies?.map(policySummary), next: answer.nextMarker };
      });
    },

    async listPolicyVersions(name: string, options?: CallOptions): Promise<readonly IotPolicyVersion[]> {
      const answer = await aws.call({ action: 'iot:ListPolicyVersions', resource: name }, options, (http) =>
        aws.iot.send(new ListPolicyVersionsCommand({ policyName: name }), http),
      );
      return (answer.policyVersions ?? []).map((version) => ({
        versionId: version.versionId ?? '',
        isDefault: version.isDefaultVersion ?? false,
        ...defined({ createdAt: version.createDate }),
      }));
    },

    async getPolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<string | undefined> {
      const answer = await find(aws, { action: 'iot:GetPolicyVersion', resource: `${name}:${versionId}` }, options, (http) =>
        aws.iot.send(new GetPolicyVersionCommand({ policyName: name, policyVersionId: versionId }), http),
      );
      return answer?.policyDocument;
    },

    async createPolicyVersion(input: { name: string; document: string; setAsDefault: boolean }, options?: CallOptions): Promise<{ versionId: string }> {
      const action = 'iot:CreatePolicyVersion';
      const answer = await aws.call({ action, resource: input.name }, options, (http) =>
        aws.iotOnce.send(
          new CreatePolicyVersionCommand({ policyName: input.name, policyDocument: input.document, setAsDefault: input.setAsDefault }),
          http,
        ),
      );
      return { versionId: required(answer.policyVersionId, 'policyVersionId', action) };
    },

    async setDefaultPolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:SetDefaultPolicyVersion', resource: `${name}:${versionId}` }, options, (http) =>
        aws.iot.send(new SetDefaultPolicyVersionCommand({ policyName: name, policyVersionId: versionId }), http),
      );
    },

    async deletePolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeletePolicyVersion', resource: `${name}:${versionId}` }, options, (http) =>
        aws.iot.send(new DeletePolicyVersionCommand({ policyName: name, policyVersionId: versionId }), http),
      );
    },

    async deletePolicy(name: string, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeletePolicy', resource: name }, options, (http) => aws.iot.send(new DeletePolicyCommand({ policyName: name }), http));
    },
  };
}
