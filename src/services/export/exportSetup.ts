import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import { exportTemplate, type ExportedTemplate } from '../../core/export/exportTemplate';
import type { DeployedSetup, ExportedGroup, ExportedRole, ExportedRoles } from '../../core/export/setup';
import type { Connection } from '../../core/ports/connection';
import type { Stack } from '../../core/ports/stackApi';
import type { FleetNames, StepId } from '../../core/provisioning/steps';
import { templateFacts } from '../../core/provisioning/templateBody';
import { stackCondition } from '../../core/stack/condition';
import type { StackMeaning } from '../../core/stack/outputs';
import { roleNameOfArn } from '../../core/util/arn';
import { sameJson } from '../../core/util/json';
import { namesOf, stackMeaning } from '../steps/accountLook';

export interface ExportRequest {
  readonly connection: Connection;
  /** As the settings say; the stack may know better ones. */
  readonly names: FleetNames;
  /** Text of the roles template that comes with the extension. */
  readonly bundledTemplate: () => Promise<string>;
  readonly signal: AbortSignal;
}

/**
 * Reads what is deployed and makes one CloudFormation template of it. Changes nothing. Throws FleetError naming all that is
 * missing, with the first step that makes it.
 */
export async function exportSetup(request: ExportRequest): Promise<ExportedTemplate & { readonly names: FleetNames }> {
  const { connection, signal } = request;
  const { iot, target } = connection;
  const call = { signal };
  const stack = await connection.stacks.describeStack(request.names.stackName, call);
  const meaning = stack === undefined || stackCondition(stack.status) !== 'healthy' ? undefined : await stackMeaning(connection, stack, signal);
  const names = namesOf(request.names, meaning);
  const [alias, devicePolicy, claimPolicy, template] = await Promise.all([
    iot.describeRoleAlias(names.roleAliasName, call),
    iot.getPolicy(names.iotPolicyName, call),
    iot.getPolicy(names.claimPolicyName, call),
    iot.describeProvisioningTemplate(names.templateName, call),
  ]);
  if (alias === undefined || devicePolicy === undefined || claimPolicy === undefined || template === undefined) {
    throw incomplete([
      ...(alias === undefined ? [{ what: l10n.t('the role alias {0}', names.roleAliasName), step: 'roleAlias' as const }] : []),
      ...(devicePolicy === undefined ? [{ what: l10n.t('the IoT policy {0}', names.iotPolicyName), step: 'iotPolicy' as const }] : []),
      ...(template === undefined ? [{ what: l10n.t('the provisioning template {0}', names.templateName), step: 'provisioningTemplate' as const }] : []),
      ...(claimPolicy === undefined ? [{ what: l10n.t('the claim policy {0}', names.claimPolicyName), step: 'claimCertificate' as const }] : []),
    ]);
  }
  const facts = templateFacts(template.templateBody);
  const notes: string[] = [];
  const devicePolicies = [devicePolicy];
  for (const name of facts.policies) {
    if (devicePolicies.some((policy) => policy.name === name)) continue;
    const policy = await iot.getPolicy(name, call);
    if (policy === undefined) notes.push(l10n.t('The provisioning template names the policy {0}, which is not in the account: it is not in the export either.', name));
    else devicePolicies.push(policy);
  }
  const setup: DeployedSetup = {
    place: { partition: target.partition, region: target.region, account: target.account },
    roles: await rolesOf(request, stack, meaning, { tokenExchange: alias.roleArn, provisioning: template.provisioningRoleArn }),
    alias,
    devicePolicies,
    claimPolicy,
    groups: await groupsOf(connection, facts.thingGroups, signal, (name) => notes.push(l10n.t('The thing group {0} is not in the account: it is not in the export either.', name))),
    template: {
      name: template.name,
      body: template.templateBody,
      enabled: template.enabled,
      type: template.type,
      ...(template.description === undefined ? {} : { description: template.description }),
      ...(template.preProvisioningHook === undefined ? {} : { hookPayloadVersion: template.preProvisioningHook.payloadVersion }),
    },
  };
  const exported = exportTemplate(setup);
  return { template: exported.template, notes: [...notes, ...exported.notes], names };
}

/** The bundled template when the stack is made of it and its roles are in use; else the roles as IAM has them. */
async function rolesOf(request: ExportRequest, stack: Stack | undefined, meaning: StackMeaning | undefined, used: { readonly tokenExchange: string; readonly provisioning: string }): Promise<ExportedRoles> {
  const { connection, signal } = request;
  if (stack !== undefined && meaning?.tokenExchangeRole?.arn === used.tokenExchange && meaning.provisioningRole?.arn === used.provisioning) {
    const [deployed, bundled] = await Promise.all([connection.stacks.getTemplate(stack.id, { signal }), request.bundledTemplate()]);
    if (sameJson(deployed, bundled)) return { kind: 'bundled', template: bundled, parameters: Object.fromEntries(stack.parameters.map(({ key, value }) => [key, value])) };
  }
  const [tokenExchange, provisioning] = await Promise.all([roleOf(connection, used.tokenExchange, signal), roleOf(connection, used.provisioning, signal)]);
  return { kind: 'roles', tokenExchange, provisioning };
}

async function roleOf({ roles }: Connection, arn: string, signal: AbortSignal): Promise<ExportedRole> {
  const name = roleNameOfArn(arn) ?? arn;
  const role = await roles.getRole(name, { signal });
  if (role === undefined) throw incomplete([{ what: l10n.t('the role {0}', arn), step: 'rolesStack' }]);
  const managedArns: string[] = [];
  for await (const policy of roles.listAttachedRolePolicies(name, { signal })) managedArns.push(policy.arn);
  return { ...role, managedArns, inline: await roles.inlineRolePolicies(name, { signal }) };
}

/** The groups and those above them. A group has seven levels at most: https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
async function groupsOf({ iot }: Connection, names: readonly string[], signal: AbortSignal, missing: (name: string) => void): Promise<readonly ExportedGroup[]> {
  const found = new Map<string, ExportedGroup>();
  const asked = new Set<string>();
  const wanted = [...names];
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    if (asked.has(name)) continue;
    asked.add(name);
    const group = await iot.describeThingGroup(name, { signal });
    if (group === undefined) {
      missing(name);
      continue;
    }
    found.set(name, group);
    if (group.parentName !== undefined) wanted.push(group.parentName);
  }
  return [...found.values()];
}

function incomplete(missing: readonly { readonly what: string; readonly step: StepId }[]): FleetError {
  const [first] = missing;
  return new FleetError(l10n.t('The set-up is not complete, so there is nothing to export yet. Missing: {0}.', missing.map(({ what }) => what).join(', ')), {
    category: 'notFound',
    code: 'exportIncomplete',
    advice: l10n.t('Run the step that makes it first.'),
    remedies: first === undefined ? [] : [{ kind: 'runStep', step: first.step }],
  });
}
