import * as l10n from '@vscode/l10n';
import { templateFacts } from '../provisioning/templateBody';
import { hookParameter, nameParameters, parameterNames } from './parameters';
import { rewriteDocument, type Json, type JsonObject, type Rewriting } from './rewrite';
import { jsonObject, rolesPart } from './rolesPart';
import type { DeployedSetup } from './setup';
import { templateBodyValue } from './templateBodyPart';

export interface ExportedTemplate {
  /** A CloudFormation template as plain values. */
  readonly template: JsonObject;
  /** What a person has to know before it is deployed elsewhere. Localized. */
  readonly notes: readonly string[];
}

/** https://docs.aws.amazon.com/iot/latest/apireference/API_ProvisioningHook.html names no other payload version. */
const hookPayloadVersion = '2020-04-01';

/**
 * The whole set-up as one template that makes it again in any account, region or partition, also by StackSets: roles without
 * names (they are one per account), all other names as parameters, no ARN of this account. Keys and claim certificates are
 * no part of it. Throws FleetError when a document is not JSON.
 */
export function exportTemplate(setup: DeployedSetup): ExportedTemplate {
  const notes: string[] = [];
  const foreign = new Set<string>();
  const names = parameterNames(setup);
  const rewriting: Rewriting = { place: setup.place, names, foreign: (arn) => foreign.add(arn) };
  const roles = rolesPart(setup.roles, rewriting, (text) => notes.push(text));

  const policyIds = new Map([...names.policies].map(([name, parameter]) => [name, parameter.replace(/^IoTPolicyName/, 'DevicePolicy').replace(/^ClaimPolicyName$/, 'ClaimPolicy')]));
  const groupIds = new Map([...names.thingGroups].map(([name, parameter]) => [name, parameter.replace(/^ThingGroupName/, 'ThingGroup')]));
  const ref = (parameter: string | undefined): Json => ({ Ref: parameter ?? '' });
  const documents = new Map([...setup.devicePolicies, setup.claimPolicy].map(({ name, document }) => [name, document]));
  const policies = [...policyIds].map(([name, id]): [string, Json] => [
    id,
    {
      Type: 'AWS::IoT::Policy',
      Properties: { PolicyName: ref(names.policies.get(name)), PolicyDocument: rewriteDocument(jsonObject(documents.get(name) ?? '', l10n.t('the IoT policy {0}', name)), rewriting) },
    },
  ]);
  const groups = setup.groups.map((group): [string, Json] => {
    const parent = group.parentName === undefined ? undefined : groupIds.get(group.parentName);
    const properties = {
      ...(group.description === undefined ? {} : { ThingGroupDescription: group.description }),
      ...(group.attributes === undefined ? {} : { AttributePayload: { Attributes: group.attributes } }),
    };
    return [
      groupIds.get(group.name) ?? '',
      {
        Type: 'AWS::IoT::ThingGroup',
        Properties: {
          ThingGroupName: ref(names.thingGroups.get(group.name)),
          // Ref of the group itself, so that it is made first.
          ...(parent === undefined ? {} : { ParentGroupName: ref(parent) }),
          ...(Object.keys(properties).length === 0 ? {} : { ThingGroupProperties: properties }),
        },
      },
    ];
  });

  const { template } = setup;
  const facts = templateFacts(template.body);
  // The body names them in a text, where CloudFormation sees parameters only.
  const needs = [...facts.policies.map((name) => policyIds.get(name)), ...facts.thingGroups.map((name) => groupIds.get(name))].filter((id) => id !== undefined);
  const hasHook = template.hookPayloadVersion !== undefined;
  if (hasHook) notes.push(l10n.t('The parameter {0} has no default: give each account and region its own function, or leave it empty to let devices in unasked.', 'HookArn'));
  const resources: JsonObject = {
    ...roles.resources,
    RoleAlias: {
      Type: 'AWS::IoT::RoleAlias',
      Properties: { RoleAlias: ref('RoleAliasName'), RoleArn: arnOf(roles.tokenExchange), CredentialDurationSeconds: setup.alias.credentialDurationSeconds },
    },
    ...Object.fromEntries(policies),
    ...Object.fromEntries(groups),
    ProvisioningTemplate: {
      Type: 'AWS::IoT::ProvisioningTemplate',
      ...(needs.length === 0 ? {} : { DependsOn: needs }),
      Properties: {
        TemplateName: ref('ProvisioningTemplateName'),
        ...(template.description === undefined || template.description === '' ? {} : { Description: template.description }),
        Enabled: template.enabled,
        ...(template.type === '' ? {} : { TemplateType: template.type }),
        ProvisioningRoleArn: arnOf(roles.provisioning),
        PreProvisioningHook: { 'Fn::If': ['HasHook', { TargetArn: ref('HookArn'), PayloadVersion: template.hookPayloadVersion ?? hookPayloadVersion }, { Ref: 'AWS::NoValue' }] },
        TemplateBody: templateBodyValue(template.body, rewriting),
      },
    },
  };
  for (const arn of foreign) notes.push(l10n.t('{0} names another account, region or partition and stays as it is.', arn));
  notes.push(...leftovers(resources, setup));

  const parameters = { ...roles.parameters, ...nameParameters(names), HookArn: hookParameter(hasHook) };
  return {
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'AWS IoT Greengrass V2 fleet provisioning by claim: roles, role alias, IoT policies, thing groups and provisioning template. Claim certificates are made where the template is deployed.',
      Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: parameterGroups(roles.parameterGroups, Object.keys(parameters)) } },
      Parameters: parameters,
      Conditions: { ...roles.conditions, HasHook: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'HookArn' }, ''] }] } },
      Resources: resources,
      Outputs: outputs(roles.tokenExchange, roles.provisioning, [...policyIds.values()], [...groupIds.values()]),
    },
    notes,
  };
}

function arnOf(logicalId: string): Json {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}

/** Names first; what the roles bring keeps its own groups. */
function parameterGroups(ofRoles: readonly Json[], parameters: readonly string[]): readonly Json[] {
  const named = parameters.filter((name) => name.includes('Name'));
  const others = ofRoles.filter((group) => !JSON.stringify(group).includes('"RoleAliasName"'));
  return [{ Label: { default: 'Names' }, Parameters: named }, { Label: { default: 'Who may register' }, Parameters: ['HookArn'] }, ...others];
}

function outputs(tokenExchange: string, provisioning: string, policies: readonly string[], groups: readonly string[]): JsonObject {
  const output = (Description: string, Value: Json): Json => ({ Description, Value });
  return {
    TokenExchangeRoleArn: output('ARN of the token exchange role', arnOf(tokenExchange)),
    FleetProvisioningRoleArn: output('ARN of the role that AWS IoT provisions devices with', arnOf(provisioning)),
    RoleAliasName: output('Name of the role alias', { Ref: 'RoleAlias' }),
    RoleAliasArn: output('ARN of the role alias', { 'Fn::GetAtt': ['RoleAlias', 'RoleAliasArn'] }),
    ...Object.fromEntries(policies.map((id) => [`${id}Arn`, output('ARN of an AWS IoT policy', arnOf(id))])),
    ...Object.fromEntries(groups.map((id) => [`${id}Arn`, output('ARN of a thing group', arnOf(id))])),
    ProvisioningTemplateName: output('Name of the fleet provisioning template', { Ref: 'ProvisioningTemplate' }),
    ProvisioningTemplateArn: output('ARN of the fleet provisioning template', { 'Fn::GetAtt': ['ProvisioningTemplate', 'TemplateArn'] }),
  };
}

/** The account id or the region outside an ARN: nobody but the author knows what is meant. */
function leftovers(resources: JsonObject, { place }: DeployedSetup): readonly string[] {
  const text = JSON.stringify(resources);
  return [place.account, place.region].filter((word) => text.includes(word)).map((word) => l10n.t('{0} still stands in the template, outside an ARN of this account and region: look whether it is right elsewhere.', word));
}
