import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import type { IotApi } from '../../../src/core/ports/iotApi';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import type { FleetHost } from '../../helpers/fleetHost';
import { readWorkspaceFile, workspacePath } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';
import { nodeAt } from './versionCases';

async function twoVersions(host: FleetHost): Promise<void> {
  const { iot } = await host.doSteps(...stepIds);
  const name = host.steps.names().templateName;
  const body = (await iot.describeProvisioningTemplate(name))?.templateBody ?? '';
  await iot.createProvisioningTemplateVersion({ name, templateBody: body.replace('{', '{ '), setAsDefault: false });
}

const defaultVersion = async (host: FleetHost): Promise<number | undefined> => {
  const { iot } = await host.session.connection();
  return (await iot.describeProvisioningTemplate(host.steps.names().templateName))?.defaultVersionId;
};

/** All steps, and a template besides that of the settings. */
async function another(host: FleetHost): Promise<IotApi> {
  const { iot } = await host.doSteps(...stepIds);
  const template = await iot.describeProvisioningTemplate(host.steps.names().templateName);
  assert.ok(template);
  await iot.createProvisioningTemplate({ name: 'Another', templateBody: template.templateBody, provisioningRoleArn: template.provisioningRoleArn, enabled: false });
  return iot;
}

async function claimStatuses(host: FleetHost): Promise<readonly string[]> {
  const { iot } = await host.session.connection();
  const found: string[] = [];
  for await (const certificate of iot.listCertificates()) found.push(certificate.status);
  return found.sort();
}

const noTemplate: CommandCases['unhappy'][string] = async (host) => {
  await host.connect();
  const shown = await host.failed(Commands.switchTemplate);
  assert.ok(shown.options.includes('Deploy Provisioning Template'), shown.options.join());
};

/** The commands for what comes after the first deployment. */
export const lifeCases = {
  manageTemplateVersions: {
    happy: {
      'compares, makes default, deletes': async (host) => {
        await twoVersions(host);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Compare with the Default' });
        await host.done(Commands.manageTemplateVersions);
        assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Make Default' }, { match: /Make version 2/, answer: 'Make Default' });
        await host.done(Commands.manageTemplateVersions);
        assert.equal(await defaultVersion(host), 2);
        host.window.expect({ match: /Versions of/, answer: 'Version 1' }, { match: /Version 1 of/, answer: 'Delete' }, { match: /Delete version 1/, answer: 'Delete' });
        await host.done(Commands.manageTemplateVersions);
        assert.equal((await host.counts()).templateVersions, 1);
      },
      'asks which template, where there are several; that of a node without a question': async (host) => {
        await another(host);
        host.window.expect({ match: /Which provisioning template/, answer: 'Another' }, { match: /Versions of Another/, answer: 'Version 1' }, { match: /Version 1 of Another/, answer: 'Open' });
        await host.done(Commands.manageTemplateVersions);
        host.window.expect({ match: /Versions of Another/, answer: undefined });
        await host.cancelled(Commands.manageTemplateVersions, await nodeAt(host, 'Provisioning templates', 'Another'));
      },
    },
    unhappy: {
      'closing the question changes nothing': async (host) => {
        await twoVersions(host);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Make Default' }, { match: /Make version 2/, answer: undefined });
        await host.cancelled(Commands.manageTemplateVersions);
        assert.equal(await defaultVersion(host), 1);
      },
    },
  },
  switchTemplate: {
    happy: {
      'disables, and the step says so; enables again': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        const enabled = async (): Promise<boolean | undefined> => (await iot.describeProvisioningTemplate(host.steps.names().templateName))?.enabled;
        host.window.expect({ match: /Disable the provisioning template/, answer: 'Disable' });
        await host.done(Commands.switchTemplate);
        assert.equal(await enabled(), false);
        host.window.expect({ match: /Enable the provisioning template/, answer: 'Enable' });
        await host.done(Commands.switchTemplate);
        assert.equal(await enabled(), true);
      },
      'asks which template, where there are several': async (host) => {
        const iot = await another(host);
        host.window.expect({ match: /Which provisioning template/, answer: 'Another' }, { match: /Enable the provisioning template Another/, answer: 'Enable' });
        await host.done(Commands.switchTemplate);
        assert.equal((await iot.describeProvisioningTemplate('Another'))?.enabled, true);
      },
    },
    unhappy: { 'without a template: the message has the button of that step': noTemplate },
  },
  rotateClaimCertificate: {
    happy: {
      'a new key and certificate; the old ones are kept in files and inactive in the account': async (host) => {
        await host.doSteps(...stepIds);
        const old = readWorkspaceFile(WorkspaceFileNames.claimPrivateKey);
        host.window.expect({ match: /what becomes of the old one/, answer: 'Make it inactive once the new one is active' }, { match: /Make a new claim certificate/, answer: 'Replace' });
        await host.done(Commands.rotateClaimCertificate);
        assert.notEqual(readWorkspaceFile(WorkspaceFileNames.claimPrivateKey), old);
        assert.deepEqual(await claimStatuses(host), ['ACTIVE', 'INACTIVE']);
        const kept = fs.readdirSync(workspacePath(WorkspaceFileNames.claimFolder), { recursive: true }).map(String).filter((name) => name.includes('private'));
        assert.equal(kept.length, 2, kept.join());
      },
    },
    unhappy: {
      'nothing to replace: the message has the button of that step': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.rotateClaimCertificate);
        assert.ok(shown.options.includes('Create Claim Certificate'), shown.options.join());
      },
      'closing the question changes nothing': async (host) => {
        await host.doSteps(...stepIds);
        const old = readWorkspaceFile(WorkspaceFileNames.claimPrivateKey);
        host.window.expect({ match: /what becomes of the old one/, answer: 'Leave it active for now' }, { match: /Make a new claim certificate/, answer: undefined });
        await host.cancelled(Commands.rotateClaimCertificate);
        assert.equal(readWorkspaceFile(WorkspaceFileNames.claimPrivateKey), old);
        assert.deepEqual(await claimStatuses(host), ['ACTIVE']);
      },
    },
  },
  changeClaimCertificate: {
    happy: {
      'makes it inactive, then active again': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        for (const [action, verb, status] of [['Make Inactive', 'Make Inactive', 'INACTIVE'], ['Activate', 'Activate', 'ACTIVE']] as const) {
          let id = '';
          for await (const certificate of iot.listCertificates()) id = certificate.id;
          host.window.expect({ match: /Claim certificates that carry/, answer: `${id.slice(0, 12)}…` }, { match: /^Claim certificate /, answer: action }, { match: /the claim certificate/, answer: verb });
          await host.done(Commands.changeClaimCertificate);
          assert.deepEqual(await claimStatuses(host), [status]);
        }
      },
    },
    unhappy: {
      'without a claim certificate it says so': async (host) => {
        await host.connect();
        await host.done(Commands.changeClaimCertificate);
        assert.ok(host.window.shown.some((prompt) => /No certificate carries/.test(prompt.title)), JSON.stringify(host.window.shown));
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
