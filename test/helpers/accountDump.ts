import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  DescribeCertificateCommand, DescribeProvisioningTemplateCommand, DescribeProvisioningTemplateVersionCommand, DescribeRoleAliasCommand, DescribeThingGroupCommand,
  GetPolicyVersionCommand, IoTClient, ListAttachedPoliciesCommand, ListCertificatesCommand, ListPoliciesCommand, ListPolicyVersionsCommand,
  ListPrincipalThingsCommand, ListProvisioningTemplatesCommand, ListProvisioningTemplateVersionsCommand, ListRoleAliasesCommand, ListThingGroupsCommand, ListThingsCommand,
} from '@aws-sdk/client-iot';
import type { StartedSandbox } from './sandbox';

/**
 * What the account holds for a fleet, as lines that are the same for every run: ids that AWS makes up are numbered or
 * left out, certificates are told by status, policies and things.
 */
export async function dumpAccount(sandbox: StartedSandbox): Promise<string[]> {
  const iot = new IoTClient(sandbox.client);
  const cloudFormation = new CloudFormationClient(sandbox.client);
  const iam = new IAMClient(sandbox.client);
  try {
    const parts = await Promise.all([stacks(cloudFormation, iam), policies(iot), aliases(iot), templates(iot), certificates(iot), groups(iot), things(iot)]);
    return parts.flat().map(withoutIds).sort();
  } finally {
    iot.destroy();
    cloudFormation.destroy();
    iam.destroy();
  }
}

/** Every file below the folder with its text; keys, requests and certificates only by what they are. */
export async function dumpFolder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const lines = await Promise.all(files.map(async (file) => `${path.relative(root, file)}: ${withoutPem(await readFile(file, 'utf8'))}`));
  return lines.map(withoutIds).sort();
}

const withoutPem = (text: string): string => text.replaceAll(/(-----BEGIN [^-]+-----)[^-]+-----END [^-]+-----/g, '$1').replaceAll(/(requested[^\n]*?)\d{4}-\d\d-\d\dT[\d:.]+Z/gi, '$1TIME');

const withoutIds = (line: string): string =>
  line
    .replaceAll(/[0-9a-f]{64}/g, 'CERTIFICATE')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/(?<=-)[A-Za-z0-9]{12,13}(?=["/:, ]|$)/g, 'SUFFIX')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');

async function stacks(client: CloudFormationClient, iam: IAMClient): Promise<string[]> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
  return Promise.all(
    Stacks.map(async ({ StackName, StackStatus }) => {
      const { StackResourceSummaries = [] } = await client.send(new ListStackResourcesCommand({ StackName }));
      const roles = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::IAM::Role').map(async ({ PhysicalResourceId }) => (await iam.send(new GetRoleCommand({ RoleName: PhysicalResourceId }))).Role?.AssumeRolePolicyDocument);
      return `trust ${JSON.stringify(await Promise.all(roles))} stack ${StackName ?? ''} ${StackStatus ?? ''} ${JSON.stringify(StackResourceSummaries.map((resource) => [resource.LogicalResourceId, resource.PhysicalResourceId, resource.ResourceStatus]))}`;
    }),
  );
}

async function policies(iot: IoTClient): Promise<string[]> {
  const { policies: found = [] } = await iot.send(new ListPoliciesCommand({}));
  const perPolicy = found.map(async ({ policyName }) => {
    const { policyVersions = [] } = await iot.send(new ListPolicyVersionsCommand({ policyName }));
    return Promise.all(
      policyVersions.map(async ({ versionId, isDefaultVersion }) => {
        const { policyDocument } = await iot.send(new GetPolicyVersionCommand({ policyName, policyVersionId: versionId }));
        return `policy ${policyName ?? ''} ${versionId ?? ''} ${isDefaultVersion === true ? 'default' : ''} ${policyDocument ?? ''}`;
      }),
    );
  });
  return (await Promise.all(perPolicy)).flat();
}

async function aliases(iot: IoTClient): Promise<string[]> {
  const { roleAliases = [] } = await iot.send(new ListRoleAliasesCommand({}));
  return Promise.all(
    roleAliases.map(async (roleAlias) => {
      const { roleAliasDescription: told } = await iot.send(new DescribeRoleAliasCommand({ roleAlias }));
      return `alias ${roleAlias} ${told?.roleArn ?? ''} ${String(told?.credentialDurationSeconds)}`;
    }),
  );
}

async function templates(iot: IoTClient): Promise<string[]> {
  const { templates: found = [] } = await iot.send(new ListProvisioningTemplatesCommand({}));
  const perTemplate = found.map(async ({ templateName }) => {
    const { enabled, provisioningRoleArn, preProvisioningHook } = await iot.send(new DescribeProvisioningTemplateCommand({ templateName }));
    const { versions = [] } = await iot.send(new ListProvisioningTemplateVersionsCommand({ templateName }));
    const lines = versions.map(async ({ versionId, isDefaultVersion }) => {
      const { templateBody } = await iot.send(new DescribeProvisioningTemplateVersionCommand({ templateName, versionId }));
      return `template ${templateName ?? ''} ${String(versionId)} ${isDefaultVersion === true ? 'default' : ''} ${templateBody ?? ''}`;
    });
    return [`template ${templateName ?? ''} ${String(enabled)} ${provisioningRoleArn ?? ''} ${JSON.stringify(preProvisioningHook)}`, ...(await Promise.all(lines))];
  });
  return (await Promise.all(perTemplate)).flat();
}

async function certificates(iot: IoTClient): Promise<string[]> {
  const { certificates: found = [] } = await iot.send(new ListCertificatesCommand({ pageSize: 250 }));
  return Promise.all(
    found.map(async ({ certificateId, certificateArn }) => {
      const [{ certificateDescription }, attached, held] = await Promise.all([
        iot.send(new DescribeCertificateCommand({ certificateId })),
        iot.send(new ListAttachedPoliciesCommand({ target: certificateArn })),
        iot.send(new ListPrincipalThingsCommand({ principal: certificateArn })),
      ]);
      return `certificate ${certificateDescription?.status ?? ''} ${JSON.stringify([(attached.policies ?? []).map((policy) => policy.policyName).sort(), held.things])}`;
    }),
  );
}

async function groups(iot: IoTClient): Promise<string[]> {
  const { thingGroups = [] } = await iot.send(new ListThingGroupsCommand({}));
  return Promise.all(
    thingGroups.map(async ({ groupName }) => {
      const { thingGroupProperties, version } = await iot.send(new DescribeThingGroupCommand({ thingGroupName: groupName }));
      return `group ${groupName ?? ''} ${JSON.stringify([thingGroupProperties, version])}`;
    }),
  );
}

async function things(iot: IoTClient): Promise<string[]> {
  const { things: found = [] } = await iot.send(new ListThingsCommand({}));
  return found.map((thing) => `thing ${JSON.stringify([thing.thingName, thing.thingTypeName, thing.attributes])}`);
}
