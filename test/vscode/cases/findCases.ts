import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AddThingToThingGroupCommand, CreatePolicyCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import type { Connection } from '../../../src/core/ports/connection';
import { Commands } from '../../../src/ids';
import type { FleetHost } from '../../helpers/fleetHost';
import { eventually } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const find = /Find in the Fleet/;

/** Three things, two of them in a group. */
async function furnish(host: FleetHost): Promise<Connection> {
  const connection = await host.connect();
  const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
  const iot = new IoTClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'Pumps' }));
  for (const thingName of ['Pump-1', 'Pump-2', 'Valve']) {
    await iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { site: 'Berlin' } } }));
    if (thingName !== 'Valve') await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'Pumps' }));
  }
  iot.destroy();
  return connection;
}

const other = 'ap-southeast-2';

/** A thing and a policy in a region that is pinned meanwhile. */
async function withPumpElsewhere(host: FleetHost, work: () => Promise<void>): Promise<void> {
  const { regions } = host.api.container.services;
  const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
  const iot = new IoTClient({ endpoint, region: other, credentials: { accessKeyId, secretAccessKey } });
  await iot.send(new CreateThingCommand({ thingName: 'Pump-9' }));
  await iot.send(new CreatePolicyCommand({ policyName: 'PumpPolicy', policyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}]}' }));
  iot.destroy();
  await host.done(Commands.pinRegion, other);
  try {
    await work();
  } finally {
    for (const one of [other, region]) await regions.unpin(one);
  }
}

const labels = (host: FleetHost): readonly string[] => host.window.shown.filter(({ kind }) => kind === 'live').at(-1)?.options ?? [];

export const findCases = {
  findInFleet: {
    happy: {
      'a thing by its whole name, shown on top of the resources with all that hangs on it': async (host) => {
        await furnish(host);
        host.window.expect({ match: find, typed: 'Pump-1', answer: 'Pump-1' }, { match: /thing Pump-1/, answer: 'Show among the Resources' });
        await host.done(Commands.findInFleet);
        const tree = host.api.container.userInterface.views.resourcesTree;
        const [found] = await tree.getChildren();
        assert.ok(found?.id.endsWith('/found'), found?.id);
        const [thing] = await tree.getChildren(found);
        assert.match(thing?.copyText ?? '', /:thing\/Pump-1$/);
        const rows = (await tree.getChildren(thing)).map((node) => `${JSON.stringify(node.item().label)} ${String(node.item().description)}`);
        assert.ok(rows.some((row) => /site.*Berlin/.test(row)), rows.join());
        tree.refresh();
        assert.ok((await tree.getChildren())[0]?.id.endsWith('/found'), 'stays after a refresh');
      },
      'by an attribute; a part of a name wants fleet indexing, which is turned on once agreed to': async (host) => {
        const { iot } = await furnish(host);
        host.window.expect(
          { match: find, typed: 'attr:site=Ber*', answer: 'Valve' },
          { match: /thing Valve/, answer: 'Copy ARN' },
          { match: find, typed: 'pump', answer: 'Turn on fleet indexing (costs money)' },
          { match: /Turn on fleet indexing\?[^]*pricing/, answer: 'Turn On' },
          { match: find, answer: 'Pump-2' },
          { match: /thing Pump-2/, answer: 'Copy Name' },
        );
        await host.done(Commands.findInFleet);
        assert.match(await vscode.env.clipboard.readText(), /:thing\/Valve$/);
        await host.done(Commands.findInFleet);
        assert.equal(await vscode.env.clipboard.readText(), 'Pump-2');
        assert.deepEqual(await iot.getIndexing(), { things: 'REGISTRY', connectivity: true });
        assert.ok(!labels(host).some((label) => label.includes('Turn on')), labels(host).join());
        host.window.expect({ match: find, answer: 'Turn off fleet indexing' }, { match: /Turn off fleet indexing\?[^]*dynamic thing groups/, answer: 'Turn Off' }, { match: find, answer: undefined });
        await host.cancelled(Commands.findInFleet);
        assert.equal((await iot.getIndexing()).things, 'OFF');
      },
      'names of fields, values and operators are completed, and queries answered': async (host) => {
        const { iot } = await furnish(host);
        await iot.updateIndexing({ things: 'REGISTRY', connectivity: true });
        host.window.expect(
          { match: find, typed: 'thingG', answer: 'thingGroupNames:' },
          { match: find, typed: 'thingGroupNames:Pu', answer: 'thingGroupNames:Pumps' },
          { match: find, typed: 'thingGroupNames:Pumps ', answer: 'AND NOT' },
          { match: find, typed: 'thingGroupNames:pumps AND -thingName:*2', answer: 'Pump-1' },
          { match: /thing Pump-1/, answer: 'Copy Name' },
        );
        await host.done(Commands.findInFleet);
        assert.deepEqual(labels(host).filter((label) => label.includes('Pump')).length, 1);
      },
      'a policy by a part of its name opens as a document': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
        const name = host.steps.names().iotPolicyName;
        host.window.expect({ match: find, typed: name.slice(3).toLowerCase(), answer: name }, { match: new RegExp(`IoT policy ${name}`), answer: 'Open Document' });
        await host.done(Commands.findInFleet);
        assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /iot:Connect/);
      },
      'in pinned regions too, under their names; shown after a switch there, which is said before': async (host) => {
        await furnish(host);
        await withPumpElsewhere(host, async () => {
          host.window.expect({ match: find, typed: 'pump', answer: undefined });
          await host.cancelled(Commands.findInFleet);
          const shown = labels(host);
          assert.ok(shown.some((label) => label.includes('PumpPolicy')), shown.join());
          assert.ok(shown.includes(`${other} · policies`), shown.join());
          assert.ok(shown.some((label) => label.includes(`${other}: without fleet indexing`)), shown.join());
          host.window.expect({ match: find, typed: 'Pump-9', answer: 'Pump-9' }, { match: new RegExp(`thing Pump-9 · ${other}`), answer: 'Show among the Resources' });
          await host.done(Commands.findInFleet);
          assert.equal(host.session.current?.target.region, other);
          const tree = host.api.container.userInterface.views.resourcesTree;
          const [found] = await tree.getChildren();
          assert.deepEqual((await tree.getChildren(found)).map(({ copyText }) => copyText?.split(':').slice(3).join(':')), [`${other}:${host.session.current.target.account}:thing/Pump-9`]);
        });
      },
      'a policy of a pinned region opens as it is there, without a switch': async (host) => {
        await furnish(host);
        await withPumpElsewhere(host, async () => {
          host.window.expect({ match: find, typed: 'PumpPolicy', answer: 'PumpPolicy' }, { match: new RegExp(`IoT policy PumpPolicy · ${other}`), answer: 'Open Document' });
          await host.done(Commands.findInFleet);
          assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /iot:Publish/);
          assert.equal(host.session.current?.target.region, host.sandbox.info.region);
        });
      },
    },
    unhappy: {
      'not connected: says so before it asks': async (host) => {
        const shown = await host.failed(Commands.findInFleet);
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
      'a query that AWS refuses is told in the list, which can be closed': async (host) => {
        const { iot } = await furnish(host);
        await iot.updateIndexing({ things: 'REGISTRY', connectivity: false });
        host.window.expect({ match: find, typed: 'thingName:a~2', answer: undefined });
        await host.cancelled(Commands.findInFleet);
        assert.ok(labels(host).some((label) => label.includes('unsupported query type - fuzzy')), labels(host).join());
      },
      'the ARN of another account finds nothing here, and the list says why': async (host) => {
        await furnish(host);
        host.window.expect({ match: find, typed: 'arn:aws:iot:eu-west-1:999988887777:thing/Pump-1', answer: undefined });
        await host.cancelled(Commands.findInFleet);
        assert.ok(labels(host).some((label) => label.includes('ARN is of account 999988887777')), labels(host).join());
        assert.ok(!labels(host).some((label) => label.includes('Pump-1')), labels(host).join());
      },
      'what would work on something of another region is refused, with a button that switches there': async (host) => {
        await furnish(host);
        await withPumpElsewhere(host, async () => {
          const before = host.errors().length;
          host.window.expect({ match: find, typed: 'Pump-9', answer: 'Pump-9' }, { match: /thing Pump-9/, answer: 'Show Relations' });
          await host.done(Commands.findInFleet);
          const refused = await eventually(() => host.errors()[before] ?? false);
          assert.match(refused.title, new RegExp(`is in region ${other}`));
          assert.ok(refused.options.includes(`Switch to ${other}`), refused.options.join());
          assert.equal(host.session.current?.target.region, host.sandbox.info.region);
        });
      },
      'fleet indexing is not turned on without agreement': async (host) => {
        const { iot } = await furnish(host);
        host.window.expect({ match: find, typed: 'pump', answer: 'Turn on fleet indexing' }, { match: /Turn on fleet indexing\?/, answer: undefined });
        await host.cancelled(Commands.findInFleet);
        assert.equal((await iot.getIndexing()).things, 'OFF');
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
