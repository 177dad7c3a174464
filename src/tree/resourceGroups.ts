import * as vscode from 'vscode';
import { filterText, type CoreDeviceFilter } from '../core/coreDevices/filter';
import { isFleetError } from '../core/errors';
import type { FleetNames } from '../core/provisioning/steps';
import { together } from '../core/util/together';
import type { ResourceGroup } from './groupNode';
import { FactNode, type FleetNode } from './nodes';
import { largestGreengrassPage } from './pageLimits';
import type { TreeScope } from './treeScope';

export const coreDevicesGroup = 'coreDevices';

/** A call for each certificate tells its state. */
const certificatesPerPage = 25;

// Nobody pays for the nodes of the account before one of its groups is opened.
const accountNodes = async () => import(/* webpackChunkName: "accountTree" */ './accountNodes');

/** The account's resources of this flow, each kind read lazily. `filter`: the core devices that are wanted, now. */
export function resourceGroups(names: FleetNames, filter: () => CoreDeviceFilter | undefined): readonly ResourceGroup[] {
  const none = vscode.l10n.t('none');
  return [
    {
      id: 'stack',
      title: vscode.l10n.t('Roles stack'),
      icon: 'layers',
      empty: vscode.l10n.t('no stack named {0}', names.stackName),
      async *list(scope, id) {
        const { stackNodes } = await import(/* webpackChunkName: "accountTree" */ './stackNodes');
        yield* stackNodes(scope, id);
      },
    },
    {
      id: 'roleAliases',
      title: vscode.l10n.t('Role aliases'),
      icon: 'link',
      empty: none,
      async *list(scope, id) {
        const { roleAliasNode } = await accountNodes();
        for await (const name of scope.connection.iot.listRoleAliases({ signal: scope.signal })) yield roleAliasNode(scope, id, name);
      },
    },
    {
      id: 'policies',
      title: vscode.l10n.t('IoT policies'),
      icon: 'shield',
      empty: none,
      async *list(scope, id) {
        const { policyNode } = await accountNodes();
        for await (const policy of scope.connection.iot.listPolicies({ signal: scope.signal })) yield policyNode(scope, id, policy);
      },
    },
    { id: 'templates', title: vscode.l10n.t('Provisioning templates'), icon: 'file-code', empty: none, list: templateNodes },
    {
      id: 'thingGroups',
      title: vscode.l10n.t('Thing groups'),
      icon: 'organization',
      empty: none,
      async *list(scope, id) {
        const { thingGroupNode } = await accountNodes();
        for await (const group of scope.connection.iot.listThingGroups({ signal: scope.signal })) yield thingGroupNode(scope, id, group);
      },
    },
    {
      id: 'things',
      title: vscode.l10n.t('Things'),
      icon: 'circuit-board',
      empty: none,
      async *list(scope, id) {
        const { thingNode } = await accountNodes();
        for await (const { name, arn, typeName } of scope.connection.iot.listThings({ signal: scope.signal })) yield thingNode(scope, id, name, { arn, typeName });
      },
    },
    {
      id: 'claimCertificates',
      title: vscode.l10n.t('Claim certificates'),
      icon: 'verified',
      empty: vscode.l10n.t('none that carries {0}', names.claimPolicyName),
      pageSize: certificatesPerPage,
      list: claimCertificateNodes,
    },
    {
      id: 'certificates',
      title: vscode.l10n.t('All certificates, newest first'),
      icon: 'verified',
      empty: none,
      async *list(scope, id) {
        const { certificateNode } = await accountNodes();
        for await (const { arn, status } of scope.connection.iot.listCertificates({ signal: scope.signal })) yield certificateNode(scope, id, arn, { description: status });
      },
    },
    {
      id: coreDevicesGroup,
      title: vscode.l10n.t('Greengrass core devices'),
      icon: 'server-environment',
      pageSize: largestGreengrassPage,
      ages: true,
      get empty() {
        const wanted = filter();
        return wanted === undefined ? vscode.l10n.t('none has reported') : vscode.l10n.t('none is {0}', filterText(wanted));
      },
      description: () => {
        const wanted = filter();
        return wanted === undefined ? undefined : vscode.l10n.t('only those: {0}', filterText(wanted));
      },
      async *list(scope) {
        const { coreDeviceNodes } = await import(/* webpackChunkName: "coreDevices" */ './coreDeviceNodes');
        yield* coreDeviceNodes(scope, filter());
      },
    },
    { id: 'endpoints', title: vscode.l10n.t('Endpoints'), icon: 'globe', empty: none, list: endpointNodes },
  ];
}

async function* templateNodes(scope: TreeScope, id: string): AsyncIterable<FleetNode> {
  const { connection: { iot }, names, signal } = scope;
  const { templateNode } = await accountNodes();
  for await (const template of iot.listProvisioningTemplates({ signal })) {
    // The list does not tell hooks, and each look is a call: only the template in use is looked at.
    const hook = template.name === names.templateName ? (await iot.describeProvisioningTemplate(template.name, { signal }))?.preProvisioningHook : undefined;
    const state = [
      template.enabled ? vscode.l10n.t('enabled') : vscode.l10n.t('disabled'),
      ...(hook === undefined ? [] : [vscode.l10n.t('hook {0}, payload {1}', hook.targetArn.replace(/^.*:function:/, ''), hook.payloadVersion)]),
    ].join(' · ');
    yield templateNode(scope, id, template, state);
  }
}

/** The certificates that carry the claim policy; an account may hold thousands of others, one for each device. */
async function* claimCertificateNodes(scope: TreeScope, id: string): AsyncIterable<FleetNode> {
  const { connection: { iot }, names, signal } = scope;
  const { certificateNode } = await accountNodes();
  try {
    // One by one a page would take as long as all its calls together.
    yield* together(certificateArns(iot.listTargetsForPolicy(names.claimPolicyName, { signal })), certificatesPerPage, async (arn) => {
      const certificate = await iot.describeCertificate(arn.slice(arn.lastIndexOf('/') + 1), { signal });
      return certificateNode(scope, id, arn, { claim: true, description: certificate?.status ?? vscode.l10n.t('not found') });
    });
  } catch (error) {
    // Without the claim policy there is no claim certificate yet: an empty list, not an error.
    if (!(isFleetError(error) && error.category === 'notFound')) throw error;
  }
}

async function* certificateArns(targets: AsyncIterable<string>): AsyncIterable<string> {
  for await (const arn of targets) if (/:cert\/[0-9a-f]{64}$/.test(arn)) yield arn;
}

/** What a device's configuration names. */
async function* endpointNodes({ connection: { iot }, signal }: TreeScope, id: string): AsyncIterable<FleetNode> {
  yield new FactNode(`${id}/data`, vscode.l10n.t('Data'), await iot.describeEndpoint('iot:Data-ATS', { signal }), 'globe');
  yield new FactNode(`${id}/credentials`, vscode.l10n.t('Credentials'), await iot.describeEndpoint('iot:CredentialProvider', { signal }), 'key');
}
