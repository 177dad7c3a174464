import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';
import * as vscode from 'vscode';
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, IoTClient } from '@aws-sdk/client-iot';
import { coreDeviceArn } from '../../../src/core/coreDevices/identity';
import { Commands } from '../../../src/ids';
import type { FleetNode } from '../../../src/tree/nodes';
import { healthReport, healthTopic } from '../../helpers/coreHealth';
import type { FleetHost } from '../../helpers/fleetHost';
import { english } from '../../helpers/shownText';
import { eventually } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

/** What a core does: connects by its own certificate and publishes its health. */
async function report(host: FleetHost, thing: string, more: Parameters<typeof healthReport>[0] = {}): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey, mqttPort, caFile } = host.sandbox.info;
  const iot = new IoTClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const policyName = `Core-${made.certificateId?.slice(0, 8) ?? ''}`;
  await iot.send(new CreatePolicyCommand({ policyName, policyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}' }));
  await iot.send(new AttachPolicyCommand({ policyName, target: made.certificateArn }));
  iot.destroy();
  const client = await mqtt.connectAsync({ protocol: 'mqtts', host: '127.0.0.1', port: mqttPort ?? 0, ca: readFileSync(caFile ?? '', 'utf8'), cert: made.certificatePem ?? '', key: made.keyPair?.PrivateKey ?? '', clientId: thing, reconnectPeriod: 0 });
  await client.publishAsync(healthTopic(thing), healthReport(more), { qos: 1 });
  await client.endAsync();
}

const tree = (host: FleetHost) => host.api.container.userInterface.views.resourcesTree;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const rows = (nodes: readonly FleetNode[]): readonly string[] => nodes.map((node) => english(`${text(node.item().label)} ${text(node.item().description)}`.trim()));

async function cores(host: FleetHost): Promise<FleetNode[]> {
  const group = (await tree(host).getChildren()).find((node) => node.id.endsWith('/coreDevices'));
  assert.ok(group);
  return tree(host).getChildren(group);
}

const told = (host: FleetHost, severity: string): readonly string[] => host.window.shown.filter((prompt) => prompt.severity === severity).map(({ title }) => title);

export const coreDeviceCases = {
  watchCoreDevice: {
    happy: {
      'a core that reports while it is watched: HEALTHY, after how long; the tree shows it and what runs on it': async (host) => {
        await host.connect();
        assert.deepEqual(rows(await cores(host)), ['none has reported']);
        host.window.expect({ match: /Watch for which core device/, answer: 'Core-1' });
        const watching = host.done(Commands.watchCoreDevice);
        await report(host, 'Core-1');
        await watching;
        assert.match(told(host, 'information').at(-1) ?? '', /Core device Core-1 is HEALTHY: it reported (after \d+ s|just now)\. This is what the device said last/);
        const [core] = await cores(host);
        assert.ok(core);
        assert.deepEqual(rows([core]), ['Core-1 HEALTHY · just now']);
        assert.equal(core.copyText, coreDeviceArn((await host.session.connection()).target, 'Core-1'));
        assert.match(english(core.item().accessibilityInformation?.label ?? ''), /core device, Core-1, HEALTHY, reported just now/);
        const children = await tree(host).getChildren(core);
        assert.deepEqual(rows(children).filter((row) => !row.startsWith('Status')), ['Thing Core-1', 'Nucleus 2.12.0 · aws_nucleus_classic', 'Platform linux · amd64', 'Components', 'Deployments']);
        const [components, deployments] = children.slice(-2);
        assert.deepEqual(rows(await tree(host).getChildren(components)), ['aws.greengrass.Nucleus FINISHED · 2.12.0', 'com.example.Pump RUNNING · 1.0.0']);
        assert.deepEqual(rows(await tree(host).getChildren(deployments)), ['none']);
        assert.equal(tree(host).getParent(core)?.id.endsWith('/coreDevices'), true);
        const again = await (tree(host).refresh(), cores(host));
        assert.deepEqual(again.map(({ id }) => id), [core.id], 'ids are stable');
      },
      'a node of the tree, not healthy: warns and names what is broken': async (host) => {
        await host.connect();
        await report(host, 'Core-2', { overallDeviceStatus: 'UNHEALTHY', components: [{ componentName: 'com.example.Pump', version: '1.0.0', status: 'BROKEN', isRoot: true }] });
        const core = await eventually(async () => (await (tree(host).refresh(), cores(host))).find((node) => node.copyText !== undefined) ?? false);
        await host.done(Commands.watchCoreDevice, core);
        assert.match(told(host, 'warning').at(-1) ?? '', /Core-2 is UNHEALTHY.* Broken: com\.example\.Pump 1\.0\.0 BROKEN/);
      },
    },
    unhappy: {
      'cancelled while it waits: silent': async (host) => {
        await host.connect();
        let outcome: string | undefined;
        const watching = host.outcome(Commands.watchCoreDevice, { copyText: `arn:aws:iot:${host.sandbox.info.region}:${host.sandbox.info.account}:thing/Nobody` }).then((value) => (outcome = value));
        await eventually(async () => {
          await vscode.commands.executeCommand('notification.acceptPrimaryAction');
          return outcome !== undefined;
        }, { every: 200, what: 'the end of the watch' });
        assert.equal(await watching, 'cancelled');
        assert.deepEqual(host.errors(), []);
      },
      'the question is closed: silent': async (host) => {
        await host.connect();
        host.window.expect({ match: /Watch for which/, answer: undefined });
        await host.cancelled(Commands.watchCoreDevice);
      },
      'not connected: says so before it asks': async (host) => {
        const shown = await host.failed(Commands.watchCoreDevice);
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
    },
  },
  openInConsole: {
    happy: {
      'opens the page of the resource in its own partition': async (host) => {
        const opened: string[] = [];
        const original = Object.getOwnPropertyDescriptor(vscode.env, 'openExternal');
        assert.ok(original);
        Object.defineProperty(vscode.env, 'openExternal', { ...original, value: async (uri: vscode.Uri) => opened.push(uri.toString(true)) > 0 });
        try {
          await host.done(Commands.openInConsole, { copyText: 'arn:aws-cn:greengrass:cn-north-1:111122223333:coreDevices:Core-1' });
        } finally {
          Object.defineProperty(vscode.env, 'openExternal', original);
        }
        assert.equal(opened.length, 1);
        assert.match(opened[0] ?? '', /^https:\/\/cn-north-1\.console\.amazonaws\.cn\/iot\/home\?region=cn-north-1#\/greengrass\/v2\/cores\/details\/Core-1$/);
      },
    },
    unhappy: {
      'the sandbox has none: says so': async (host) => {
        await host.connect();
        assert.match((await host.failed(Commands.openInConsole, { copyText: 'arn:aws:iot:us-east-1:111122223333:policy/P' })).title, /sandbox has no console/);
      },
      'no ARN: says so': async (host) => {
        assert.match((await host.failed(Commands.openInConsole, { copyText: 'Core-1' })).title, /No page .* Core-1/);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
