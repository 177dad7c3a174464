import {
  AttachPolicyCommand,
  CreateCertificateFromCsrCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateProvisioningTemplateCommand,
  CreateProvisioningTemplateVersionCommand,
  CreateRoleAliasCommand,
  CreateThingGroupCommand,
  DeleteCertificateCommand,
  DeletePolicyVersionCommand,
  DeleteProvisioningTemplateVersionCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  DescribeProvisioningTemplateCommand,
  DescribeProvisioningTemplateVersionCommand,
  DescribeRoleAliasCommand,
  DescribeThingGroupCommand,
  DetachPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedPoliciesCommand,
  ListCertificatesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListProvisioningTemplatesCommand,
  ListProvisioningTemplateVersionsCommand,
  ListRoleAliasesCommand,
  ListTargetsForPolicyCommand,
  ListThingGroupsCommand,
  ListThingsCommand,
  TestAuthorizationCommand,
  UpdateCertificateCommand,
  UpdateProvisioningTemplateCommand,
  UpdateRoleAliasCommand,
} from '@aws-sdk/client-iot';
import type {
  AuthorizationAnswer,
  AuthorizationQuestion,
  CallOptions,
  Certificate,
  CertificateStatus,
  CertificateSummary,
  EndpointType,
  IotApi,
  IotPolicy,
  IotPolicyVersion,
  ProvisioningTemplate,
  ProvisioningTemplateVersion,
  RoleAlias,
  Tag,
  ThingGroup,
} from '../core/ports/iotApi';
import type { AwsClients, HttpOptions } from './clients';
import type { Call } from './errorMapper';
import { undefinedIfNotFound } from './notFound';
import { defined, required } from './objects';

/** The most that every list call of AWS IoT gives at once: https://docs.aws.amazon.com/iot/latest/apireference/API_ListPolicies.html */
const pageSize = 250;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_TestAuthorization.html: "Array Members: … Maximum number of 10 items." */
const questionsPerTest = 10;

export class AwsIotApi implements IotApi {
  constructor(private readonly aws: AwsClients) {}

  async describeRoleAlias(name: string, options?: CallOptions): Promise<RoleAlias | undefined> {
    const action = 'iot:DescribeRoleAlias';
    const answer = await this.find({ action, resource: name }, options, (http) =>
      this.aws.iot.send(new DescribeRoleAliasCommand({ roleAlias: name }), http),
    );
    if (!answer) return undefined;
    const alias = required(answer.roleAliasDescription, 'roleAliasDescription', action);
    return {
      name: alias.roleAlias ?? name,
      arn: required(alias.roleAliasArn, 'roleAliasArn', action),
      roleArn: required(alias.roleArn, 'roleArn', action),
      // One hour unless set otherwise: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html
      credentialDurationSeconds: alias.credentialDurationSeconds ?? 3600,
    };
  }

  async createRoleAlias(
    input: { name: string; roleArn: string; credentialDurationSeconds?: number; tags?: readonly Tag[] },
    options?: CallOptions,
  ): Promise<{ name: string; arn: string }> {
    const action = 'iot:CreateRoleAlias';
    const answer = await this.aws.call({ action, resource: input.name, passesRole: input.roleArn }, options, (http) =>
      this.aws.iot.send(
        new CreateRoleAliasCommand({
          roleAlias: input.name,
          roleArn: input.roleArn,
          credentialDurationSeconds: input.credentialDurationSeconds,
          tags: tagList(input.tags),
        }),
        http,
      ),
    );
    return { name: answer.roleAlias ?? input.name, arn: required(answer.roleAliasArn, 'roleAliasArn', action) };
  }

  async updateRoleAlias(input: { name: string; roleArn: string }, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:UpdateRoleAlias', resource: input.name, passesRole: input.roleArn }, options, (http) =>
      this.aws.iot.send(new UpdateRoleAliasCommand({ roleAlias: input.name, roleArn: input.roleArn }), http),
    );
  }

  listRoleAliases(options?: CallOptions): AsyncIterable<string> {
    return this.aws.pages({ action: 'iot:ListRoleAliases' }, options, async (marker, http) => {
      const answer = await this.aws.iot.send(new ListRoleAliasesCommand({ pageSize, marker }), http);
      return { items: answer.roleAliases, next: answer.nextMarker };
    });
  }

  async getPolicy(name: string, options?: CallOptions): Promise<IotPolicy | undefined> {
    const action = 'iot:GetPolicy';
    const answer = await this.find({ action, resource: name }, options, (http) => this.aws.iot.send(new GetPolicyCommand({ policyName: name }), http));
    return (
      answer && {
        name: answer.policyName ?? name,
        arn: required(answer.policyArn, 'policyArn', action),
        document: required(answer.policyDocument, 'policyDocument', action),
        defaultVersionId: required(answer.defaultVersionId, 'defaultVersionId', action),
      }
    );
  }

  async createPolicy(input: { name: string; document: string; tags?: readonly Tag[] }, options?: CallOptions): Promise<{ arn: string }> {
    const action = 'iot:CreatePolicy';
    const answer = await this.aws.call({ action, resource: input.name }, options, (http) =>
      this.aws.iot.send(new CreatePolicyCommand({ policyName: input.name, policyDocument: input.document, tags: tagList(input.tags) }), http),
    );
    return { arn: required(answer.policyArn, 'policyArn', action) };
  }

  listPolicies(options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
    return this.aws.pages({ action: 'iot:ListPolicies' }, options, async (marker, http) => {
      const answer = await this.aws.iot.send(new ListPoliciesCommand({ pageSize, marker }), http);
      return { items: answer.policies?.map(policySummary), next: answer.nextMarker };
    });
  }

  async listPolicyVersions(name: string, options?: CallOptions): Promise<readonly IotPolicyVersion[]> {
    const answer = await this.aws.call({ action: 'iot:ListPolicyVersions', resource: name }, options, (http) =>
      this.aws.iot.send(new ListPolicyVersionsCommand({ policyName: name }), http),
    );
    return (answer.policyVersions ?? []).map((version) => ({
      versionId: version.versionId ?? '',
      isDefault: version.isDefaultVersion ?? false,
      ...defined({ createdAt: version.createDate }),
    }));
  }

  async getPolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<string | undefined> {
    const answer = await this.find({ action: 'iot:GetPolicyVersion', resource: `${name}:${versionId}` }, options, (http) =>
      this.aws.iot.send(new GetPolicyVersionCommand({ policyName: name, policyVersionId: versionId }), http),
    );
    return answer?.policyDocument;
  }

  async createPolicyVersion(input: { name: string; document: string; setAsDefault: boolean }, options?: CallOptions): Promise<{ versionId: string }> {
    const action = 'iot:CreatePolicyVersion';
    const answer = await this.aws.call({ action, resource: input.name }, options, (http) =>
      this.aws.iotOnce.send(
        new CreatePolicyVersionCommand({ policyName: input.name, policyDocument: input.document, setAsDefault: input.setAsDefault }),
        http,
      ),
    );
    return { versionId: required(answer.policyVersionId, 'policyVersionId', action) };
  }

  async deletePolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:DeletePolicyVersion', resource: `${name}:${versionId}` }, options, (http) =>
      this.aws.iot.send(new DeletePolicyVersionCommand({ policyName: name, policyVersionId: versionId }), http),
    );
  }

  async attachPolicy(input: { policyName: string; target: string }, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:AttachPolicy', resource: input.target }, options, (http) => this.aws.iot.send(new AttachPolicyCommand(input), http));
  }

  async detachPolicy(input: { policyName: string; target: string }, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:DetachPolicy', resource: input.target }, options, (http) => this.aws.iot.send(new DetachPolicyCommand(input), http));
  }

  listAttachedPolicies(target: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
    return this.aws.pages({ action: 'iot:ListAttachedPolicies', resource: target }, options, async (marker, http) => {
      const answer = await this.aws.iot.send(new ListAttachedPoliciesCommand({ target, recursive: false, pageSize, marker }), http);
      return { items: answer.policies?.map(policySummary), next: answer.nextMarker };
    });
  }

  listTargetsForPolicy(policyName: string, options?: CallOptions): AsyncIterable<string> {
    return this.aws.pages({ action: 'iot:ListTargetsForPolicy', resource: policyName }, options, async (marker, http) => {
      const answer = await this.aws.iot.send(new ListTargetsForPolicyCommand({ policyName, pageSize, marker }), http);
      return { items: answer.targets, next: answer.nextMarker };
    });
  }

  async testAuthorization(
    input: { principal: string; clientId?: string; questions: readonly AuthorizationQuestion[]; addPolicies?: readonly string[]; skipPolicies?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly AuthorizationAnswer[]> {
    const action = 'iot:TestAuthorization';
    const answers: AuthorizationAnswer[] = [];
    for (let from = 0; from < input.questions.length; from += questionsPerTest) {
      const questions = input.questions.slice(from, from + questionsPerTest);
      const answer = await this.aws.call({ action, resource: input.principal }, options, (http) =>
        this.aws.iot.send(
          new TestAuthorizationCommand({
            principal: input.principal,
            clientId: input.clientId,
            policyNamesToAdd: listOrNothing(input.addPolicies),
            policyNamesToSkip: listOrNothing(input.skipPolicies),
            authInfos: questions.map((question) => ({ actionType: question.action, resources: [question.resource] })),
          }),
          http,
        ),
      );
      const results = required(answer.authResults, 'authResults', action);
      questions.forEach((_, index) => {
        const result = required(results[index], `authResults[${index}]`, action);
        const by = result.authDecision === 'ALLOWED' ? result.allowed?.policies : result.denied?.explicitDeny?.policies;
        answers.push({
          decision: required(result.authDecision, 'authDecision', action),
          policies: (by ?? []).flatMap((policy) => policy.policyName ?? []),
          missing: result.missingContextValues ?? [],
        });
      });
    }
    return answers;
  }

  async describeThingGroup(name: string, options?: CallOptions): Promise<ThingGroup | undefined> {
    const action = 'iot:DescribeThingGroup';
    const answer = await this.find({ action, resource: name }, options, (http) =>
      this.aws.iot.send(new DescribeThingGroupCommand({ thingGroupName: name }), http),
    );
    return answer && { name: answer.thingGroupName ?? name, arn: required(answer.thingGroupArn, 'thingGroupArn', action) };
  }

  async createThingGroup(input: { name: string; tags?: readonly Tag[] }, options?: CallOptions): Promise<ThingGroup> {
    const action = 'iot:CreateThingGroup';
    const answer = await this.aws.call({ action, resource: input.name }, options, (http) =>
      this.aws.iot.send(new CreateThingGroupCommand({ thingGroupName: input.name, tags: tagList(input.tags) }), http),
    );
    return { name: answer.thingGroupName ?? input.name, arn: required(answer.thingGroupArn, 'thingGroupArn', action) };
  }

  listThingGroups(options?: CallOptions): AsyncIterable<ThingGroup> {
    return this.aws.pages({ action: 'iot:ListThingGroups' }, options, async (nextToken, http) => {
      const answer = await this.aws.iot.send(new ListThingGroupsCommand({ maxResults: pageSize, nextToken }), http);
      return { items: answer.thingGroups?.map((group) => ({ name: group.groupName ?? '', arn: group.groupArn ?? '' })), next: answer.nextToken };
    });
  }

  listThings(options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
    return this.aws.pages({ action: 'iot:ListThings' }, options, async (nextToken, http) => {
      const answer = await this.aws.iot.send(new ListThingsCommand({ maxResults: pageSize, nextToken }), http);
      return { items: answer.things?.map((thing) => ({ name: thing.thingName ?? '', arn: thing.thingArn ?? '' })), next: answer.nextToken };
    });
  }

  async describeProvisioningTemplate(name: string, options?: CallOptions): Promise<ProvisioningTemplate | undefined> {
    const action = 'iot:DescribeProvisioningTemplate';
    const answer = await this.find({ action, resource: name }, options, (http) =>
      this.aws.iot.send(new DescribeProvisioningTemplateCommand({ templateName: name }), http),
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
        ...defined({ description: answer.description }),
      }
    );
  }

  async createProvisioningTemplate(
    input: { name: string; templateBody: string; provisioningRoleArn: string; enabled: boolean; description?: string; tags?: readonly Tag[] },
    options?: CallOptions,
  ): Promise<{ arn: string }> {
    const action = 'iot:CreateProvisioningTemplate';
    const answer = await this.aws.call({ action, resource: input.name, passesRole: input.provisioningRoleArn }, options, (http) =>
      this.aws.iot.send(
        new CreateProvisioningTemplateCommand({
          templateName: input.name,
          templateBody: input.templateBody,
          provisioningRoleArn: input.provisioningRoleArn,
          enabled: input.enabled,
          description: input.description,
          tags: tagList(input.tags),
        }),
        http,
      ),
    );
    return { arn: required(answer.templateArn, 'templateArn', action) };
  }

  async updateProvisioningTemplate(
    input: { name: string; enabled?: boolean; provisioningRoleArn?: string; defaultVersionId?: number; description?: string },
    options?: CallOptions,
  ): Promise<void> {
    const { name, ...changes } = input;
    const call: Call = { action: 'iot:UpdateProvisioningTemplate', resource: name, ...defined({ passesRole: input.provisioningRoleArn }) };
    await this.aws.call(call, options, (http) => this.aws.iot.send(new UpdateProvisioningTemplateCommand({ templateName: name, ...changes }), http));
  }

  listProvisioningTemplates(options?: CallOptions): AsyncIterable<{ name: string; arn: string; enabled: boolean }> {
    return this.aws.pages({ action: 'iot:ListProvisioningTemplates' }, options, async (nextToken, http) => {
      const answer = await this.aws.iot.send(new ListProvisioningTemplatesCommand({ maxResults: pageSize, nextToken }), http);
      return {
        items: answer.templates?.map((template) => ({
          name: template.templateName ?? '',
          arn: template.templateArn ?? '',
          enabled: template.enabled ?? false,
        })),
        next: answer.nextToken,
      };
    });
  }

  listProvisioningTemplateVersions(name: string, options?: CallOptions): AsyncIterable<ProvisioningTemplateVersion> {
    return this.aws.pages({ action: 'iot:ListProvisioningTemplateVersions', resource: name }, options, async (nextToken, http) => {
      const answer = await this.aws.iot.send(new ListProvisioningTemplateVersionsCommand({ templateName: name, maxResults: pageSize, nextToken }), http);
      return {
        items: answer.versions?.map((version) => ({
          versionId: version.versionId ?? 0,
          isDefault: version.isDefaultVersion ?? false,
          ...defined({ createdAt: version.creationDate }),
        })),
        next: answer.nextToken,
      };
    });
  }

  async createProvisioningTemplateVersion(
    input: { name: string; templateBody: string; setAsDefault: boolean },
    options?: CallOptions,
  ): Promise<{ versionId: number }> {
    const action = 'iot:CreateProvisioningTemplateVersion';
    const answer = await this.aws.call({ action, resource: input.name }, options, (http) =>
      this.aws.iotOnce.send(
        new CreateProvisioningTemplateVersionCommand({ templateName: input.name, templateBody: input.templateBody, setAsDefault: input.setAsDefault }),
        http,
      ),
    );
    return { versionId: required(answer.versionId, 'versionId', action) };
  }

  async getProvisioningTemplateVersion(name: string, versionId: number, options?: CallOptions): Promise<string | undefined> {
    const answer = await this.find({ action: 'iot:DescribeProvisioningTemplateVersion', resource: `${name}:${String(versionId)}` }, options, (http) =>
      this.aws.iot.send(new DescribeProvisioningTemplateVersionCommand({ templateName: name, versionId }), http),
    );
    return answer?.templateBody;
  }

  async deleteProvisioningTemplateVersion(name: string, versionId: number, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:DeleteProvisioningTemplateVersion', resource: `${name}:${String(versionId)}` }, options, (http) =>
      this.aws.iot.send(new DeleteProvisioningTemplateVersionCommand({ templateName: name, versionId }), http),
    );
  }

  async createCertificateFromCsr(input: { csrPem: string; setAsActive: boolean }, options?: CallOptions): Promise<Certificate> {
    const action = 'iot:CreateCertificateFromCsr';
    // The same request makes another certificate each time: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html
    const answer = await this.aws.call({ action }, options, (http) =>
      this.aws.iotOnce.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: input.csrPem, setAsActive: input.setAsActive }), http),
    );
    return {
      id: required(answer.certificateId, 'certificateId', action),
      arn: required(answer.certificateArn, 'certificateArn', action),
      pem: required(answer.certificatePem, 'certificatePem', action),
      status: input.setAsActive ? 'ACTIVE' : 'INACTIVE',
    };
  }

  async describeCertificate(id: string, options?: CallOptions): Promise<Certificate | undefined> {
    const action = 'iot:DescribeCertificate';
    const answer = await this.find({ action, resource: id }, options, (http) =>
      this.aws.iot.send(new DescribeCertificateCommand({ certificateId: id }), http),
    );
    if (!answer) return undefined;
    const certificate = required(answer.certificateDescription, 'certificateDescription', action);
    return {
      id: certificate.certificateId ?? id,
      arn: required(certificate.certificateArn, 'certificateArn', action),
      pem: required(certificate.certificatePem, 'certificatePem', action),
      status: required<CertificateStatus>(certificate.status, 'status', action),
      ...defined({ createdAt: certificate.creationDate }),
    };
  }

  async updateCertificateStatus(id: string, status: 'ACTIVE' | 'INACTIVE' | 'REVOKED', options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:UpdateCertificate', resource: id }, options, (http) =>
      this.aws.iot.send(new UpdateCertificateCommand({ certificateId: id, newStatus: status }), http),
    );
  }

  async deleteCertificate(id: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iot:DeleteCertificate', resource: id }, options, (http) =>
      this.aws.iot.send(new DeleteCertificateCommand({ certificateId: id }), http),
    );
  }

  listCertificates(options?: CallOptions): AsyncIterable<CertificateSummary> {
    return this.aws.pages({ action: 'iot:ListCertificates' }, options, async (marker, http) => {
      const answer = await this.aws.iot.send(new ListCertificatesCommand({ pageSize, marker, ascendingOrder: false }), http);
      return {
        items: answer.certificates?.map((certificate) => ({
          id: certificate.certificateId ?? '',
          arn: certificate.certificateArn ?? '',
          status: certificate.status ?? 'INACTIVE',
          ...defined({ createdAt: certificate.creationDate }),
        })),
        next: answer.nextMarker,
      };
    });
  }

  async describeEndpoint(type: EndpointType, options?: CallOptions): Promise<string> {
    const action = 'iot:DescribeEndpoint';
    const answer = await this.aws.call({ action, resource: type }, options, (http) =>
      this.aws.iot.send(new DescribeEndpointCommand({ endpointType: type }), http),
    );
    return required(answer.endpointAddress, 'endpointAddress', action);
  }

  private find<T>(call: Call, options: CallOptions | undefined, send: (http: HttpOptions) => Promise<T>): Promise<T | undefined> {
    return undefinedIfNotFound(this.aws.call(call, options, send));
  }
}

function listOrNothing(names: readonly string[] | undefined): string[] | undefined {
  return names === undefined || names.length === 0 ? undefined : [...names];
}

function tagList(tags: readonly Tag[] | undefined): { Key: string; Value: string }[] | undefined {
  return tags?.map((tag) => ({ Key: tag.key, Value: tag.value }));
}

function policySummary(policy: { policyName?: string | undefined; policyArn?: string | undefined }): { name: string; arn: string } {
  return { name: policy.policyName ?? '', arn: policy.policyArn ?? '' };
}
