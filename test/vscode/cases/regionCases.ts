import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Commands } from '../../../src/ids';
import type { FleetNode } from '../../../src/tree/nodes';
import { english } from '../../helpers/shownText';
import type { FleetHost } from '../../helpers/fleetHost';
import { eventually } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';
import { nodeAt } from './versionCases';

const other = 'ap-southeast-2';
const pinned = (host: FleetHost): readonly string[] => host.api.container.services.regions.pinned;
const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}';

/** Pins a region for as long as `work` runs. */
async function withPinned(host: FleetHost, region: string, work: () => Promise<void>): Promise<void> {
  await host.done(Commands.pinRegion, region);
  try {
    await work();
  } finally {
    await host.api.container.services.regions.unpin(region);
  }
}

/** The same policy in two regions, the other one pinned; works with its node in the other one. */
async function withTwins(host: FleetHost, work: (node: FleetNode, count: () => Promise<readonly [here: number, there: number]>) => Promise<void>): Promise<void> {
  await host.connect();
  const here = await host.session.connection();
  await here.iot.createPolicy({ name: 'Twin', document });
  await withPinned(host, other, async () => {
    const there = await host.api.container.services.regions.connection(other);
    await there.iot.createPolicy({ name: 'Twin', document });
    for (const { iot } of [here, there]) await iot.createPolicyVersion({ name: 'Twin', document, setAsDefault: false });
    const count = async () => [(await here.iot.listPolicyVersions('Twin')).length, (await there.iot.listPolicyVersions('Twin')).length] as const;
    await work(await nodeAt(host, other, 'IoT policies', 'Twin'), count);
  });
}

/** Switching between regions, and regions beside the connected one. */
export const regionCases = {
  switchRegion: {
    happy: {
      'on the node of a pinned region: one click': async (host) => {
        const { target } = await host.connect();
        await withPinned(host, other, async () => {
          await host.done(Commands.switchRegion, await nodeAt(host, other));
          assert.deepEqual([host.session.current?.target.region, host.session.current?.target.label], [other, target.label]);
          // The connected region stands on top, not beside itself; what one came from stays beside it.
          await assert.rejects(nodeAt(host, other));
          await host.done(Commands.switchRegion, await nodeAt(host, target.region));
          assert.equal(host.session.current?.target.region, target.region);
          await nodeAt(host, other);
          await host.api.container.services.regions.unpin(target.region);
        });
      },
      'from the status bar: pinned regions stand on top of its list, and the way to all others': async (host) => {
        await host.connect();
        await withPinned(host, other, async () => {
          host.window.expect({ match: 'Connect to AWS', answer: other });
          await host.done(Commands.chooseConnection);
          assert.equal(host.session.current?.target.region, other);
          host.window.expect({ match: 'Connect to AWS', answer: 'Another region…' }, { match: 'Choose a Region', answer: 'eu-west-3' });
          await host.done(Commands.chooseConnection);
          assert.equal(host.session.current.target.region, 'eu-west-3');
          await host.api.container.services.regions.unpin(host.sandbox.info.region);
        });
      },
      'without a node: asks, pinned regions first': async (host) => {
        await host.connect();
        await withPinned(host, other, async () => {
          host.window.expect({ match: 'Choose a Region', answer: other });
          await host.done(Commands.switchRegion);
          assert.match(host.window.shown.findLast(({ kind }) => kind === 'pick')?.options[0] ?? '', new RegExp(other));
          assert.equal(host.session.current?.target.region, other);
        });
      },
    },
    unhappy: {
      'nobody is connected: says what comes first': async (host) => {
        const shown = await host.failed(Commands.switchRegion, other);
        assert.deepEqual(shown.options, ['Choose Profile', 'Start Local Sandbox', 'Show Log']);
      },
      'closing the list keeps the region': async (host) => {
        await host.connect();
        host.window.expect({ match: 'Choose a Region', answer: undefined });
        await host.cancelled(Commands.switchRegion, 7);
        assert.equal(host.session.current?.target.region, host.sandbox.info.region);
      },
      'a command on a node of another region is refused, and its button switches there and goes on': async (host) => {
        await withTwins(host, async (node, count) => {
          const before = host.session.current?.target.region;
          const refused = await host.failed(Commands.managePolicyVersions, node);
          assert.match(refused.title, new RegExp(`is in region ${other}`));
          assert.deepEqual(refused.options, [`Switch to ${other}`, 'Show Log']);
          assert.deepEqual([host.session.current?.target.region, await count()], [before, [2, 2]]);
          host.window.expect(
            { match: /is in region/, answer: `Switch to ${other}` },
            { match: /Versions of Twin/, answer: 'Version 2' },
            { match: /Version 2 of/, answer: 'Delete' },
            { match: /Delete version 2/, answer: 'Delete' },
          );
          await host.failed(Commands.managePolicyVersions, node);
          await eventually(async () => assert.deepEqual(await count(), [2, 1]));
          assert.equal(host.session.current?.target.region, other);
        });
      },
    },
  },
  pinRegion: {
    happy: {
      'asks which; it stands below the groups, and holds what is there': async (host) => {
        await host.connect();
        host.window.expect({ match: 'Pin which region', answer: other });
        await host.done(Commands.pinRegion);
        try {
          assert.deepEqual(pinned(host), [other]);
          assert.match(english((await nodeAt(host, other)).item().accessibilityInformation?.label ?? ''), /Sydney/);
          await nodeAt(host, other, 'Endpoints');
        } finally {
          await host.api.container.services.regions.unpin(other);
        }
      },
      'a deployed policy of a pinned region opens as it is there': async (host) => {
        await withTwins(host, async (node) => {
          const there = await host.api.container.services.regions.connection(other);
          await there.iot.createPolicyVersion({ name: 'Twin', document: document.replace('Connect', 'Publish'), setAsDefault: true });
          const [uri] = (node.item().command?.arguments ?? []) as readonly vscode.Uri[];
          assert.ok(uri);
          assert.match((await vscode.workspace.openTextDocument(uri)).getText(), /iot:Publish/);
        });
      },
    },
    unhappy: {
      'closing the list pins nothing': async (host) => {
        await host.connect();
        host.window.expect({ match: 'Pin which region', answer: undefined });
        await host.cancelled(Commands.pinRegion);
        assert.deepEqual(pinned(host), []);
      },
    },
  },
  unpinRegion: {
    happy: {
      'on its node, and from the palette after asking': async (host) => {
        await host.connect();
        await host.done(Commands.pinRegion, other);
        await host.done(Commands.unpinRegion, await nodeAt(host, other));
        assert.deepEqual(pinned(host), []);
        await host.done(Commands.pinRegion, other);
        host.window.expect({ match: 'Unpin which region', answer: other });
        await host.done(Commands.unpinRegion);
        assert.deepEqual(pinned(host), []);
        await assert.rejects(nodeAt(host, other));
      },
    },
    unhappy: {
      'none is pinned: says how one is': async (host) => {
        const shown = await host.failed(Commands.unpinRegion);
        assert.match(shown.title, /No region is pinned.*Pin a Region/);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
