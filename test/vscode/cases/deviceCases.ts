import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import type { DeviceRunView, FleetRunView } from '../../../src/core/device/trace';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import type { FleetHost } from '../../helpers/fleetHost';
import { readWorkspaceFile, workspacePath } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const asked = (way: string): readonly { match: RegExp; answer: string }[] => [
  { match: /like which nucleus/, answer: way },
  { match: /Template parameter ThingName/, answer: 'test-{id}' },
];

function shown(host: FleetHost): DeviceRunView {
  const run = host.api.container.userInterface.testDevice.current?.inspect().shown;
  assert.ok(run?.kind === 'device');
  return run.view;
}

function shownFleet(host: FleetHost): FleetRunView {
  const run = host.api.container.userInterface.testDevice.current?.inspect().shown;
  assert.ok(run?.kind === 'fleet');
  return run.view;
}

async function request(host: FleetHost, message: object): Promise<void> {
  await host.api.container.userInterface.testDevice.current?.receive(message);
}

const certificatesOf = async (host: FleetHost): Promise<number> => (await host.counts()).certificates;

/** Devices that prove the set-up, by the real transport against the test's own sandbox. */
export const deviceCases = {
  provisionTestDevice: {
    happy: {
      'like the classic nucleus and like nucleus lite: proven, and nothing is left': async (host) => {
        await host.doSteps(...stepIds);
        for (const way of ['Greengrass nucleus (classic)', 'Greengrass nucleus lite']) {
          host.window.expect(...asked(way));
          await host.done(Commands.provisionTestDevice);
          const view = shown(host);
          assert.equal(view.verdict.outcome, 'proven', JSON.stringify(view.verdict));
          assert.equal(await certificatesOf(host), 1);
        }
        // The same once more, as the page asks for it.
        await request(host, { type: 'again' });
        assert.equal(shown(host).verdict.outcome, 'proven');
      },
      'with every option, kept: its key is private, and it is cleaned up later': async (host) => {
        await host.doSteps(...stepIds);
        host.window.expect(
          { match: /like which nucleus/, answer: 'More Options' },
          { match: /Who makes the key/, answer: 'The device' },
          { match: /Which claim/, answer: 'Five-minute claim' },
          { match: /Which port/, answer: '443' },
          { match: /Which MQTT/, answer: 'MQTT 3.1.1' },
          { match: /afterwards/, answer: 'Keep It' },
          { match: /Template parameter ThingName/, answer: 'kept-{id}' },
          { match: /Template parameter ThingGroupName/, answer: host.steps.names().thingGroupName },
        );
        await host.done(Commands.provisionTestDevice);
        const { leftovers, verdict } = shown(host);
        assert.equal(verdict.outcome, 'proven', JSON.stringify(verdict));
        const key = workspacePath(`${leftovers?.folder ?? ''}/device.private.pem.key`);
        if (process.platform !== 'win32') assert.equal(fs.statSync(key).mode & 0o777, 0o600);
        assert.match(readWorkspaceFile('.gitignore'), /^test-devices\/$/m);
        host.window.expect({ match: /Remove which test devices/, answer: 'kept-' }, { match: /Remove 1 test devices/, answer: 'Remove' });
        await request(host, { type: 'cleanUp' });
        assert.ok(!fs.existsSync(key));
        assert.equal(await certificatesOf(host), 1);
      },
    },
    unhappy: {
      'without a template: the message has the button of that step': async (host) => {
        await host.connect();
        const message = await host.failed(Commands.provisionTestDevice);
        assert.ok(message.options.includes('Deploy Provisioning Template'), message.options.join());
      },
      'refused by the claim policy: the page adds the statement to the file': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        const text = readWorkspaceFile(WorkspaceFileNames.claimPolicy);
        const narrow = JSON.parse(text) as { Statement: { Action: string | string[] }[] };
        const document = JSON.stringify({ ...narrow, Statement: narrow.Statement.filter(({ Action }) => Action !== 'iot:Subscribe') }, undefined, 2);
        await iot.createPolicyVersion({ name: host.steps.names().claimPolicyName, document, setAsDefault: true });
        fs.writeFileSync(workspacePath(WorkspaceFileNames.claimPolicy), document);
        host.window.expect(...asked('classic'));
        await host.done(Commands.provisionTestDevice);
        const { verdict } = shown(host);
        assert.ok(verdict.outcome === 'refused', JSON.stringify(verdict));
        assert.deepEqual([verdict.cause.code, verdict.cause.mends[0]?.act.kind], ['policyGap', 'insertStatement']);
        await request(host, { type: 'mend', cause: 0, mend: 0 });
        const open = vscode.window.visibleTextEditors.find((editor) => editor.document.fileName.endsWith(WorkspaceFileNames.claimPolicy));
        assert.match(open?.document.getText() ?? '', /iot:Subscribe/);
        await open?.document.save();
      },
      'no answer to the questions: nothing happens': async (host) => {
        await host.doSteps(...stepIds);
        host.window.expect({ match: /like which nucleus/, answer: undefined });
        await host.cancelled(Commands.provisionTestDevice);
        assert.equal(await certificatesOf(host), 1);
      },
    },
  },
  provisionTestFleet: {
    happy: {
      'five devices: counted, timed and gone': async (host) => {
        await host.doSteps(...stepIds);
        host.window.expect({ match: /How many test devices/, answer: '5' }, { match: /How many start per second/, answer: '20' }, ...asked('lite'));
        await host.done(Commands.provisionTestFleet);
        const view = shownFleet(host);
        assert.deepEqual([view.state, view.proven, view.cleaned], ['done', 5, 5], JSON.stringify(view.causes));
        assert.equal(await certificatesOf(host), 1);
      },
    },
    unhappy: {
      'a name that is the same for all is refused before anything happens': async (host) => {
        await host.doSteps(...stepIds);
        host.window.expect({ match: /How many test devices/, answer: '2' }, { match: /How many start per second/, answer: '20' }, { match: /like which nucleus/, answer: 'lite' }, { match: /Template parameter ThingName/, answer: 'same' });
        const message = await host.failed(Commands.provisionTestFleet);
        assert.match(message.title, /same thing/);
        assert.equal(await certificatesOf(host), 1);
      },
    },
  },
  cleanUpTestDevices: {
    happy: {
      'nothing is left: says so': async (host) => {
        await host.connect();
        await host.done(Commands.cleanUpTestDevices);
        assert.ok(host.window.shown.some(({ title }) => title.includes('No test device is left')));
      },
    },
    unhappy: {
      'not confirmed: the device stays': async (host) => {
        const { target } = await host.doSteps(...stepIds);
        const ledger = host.api.container.ledger;
        await ledger.put({ account: target.account, region: target.region, certificateId: 'a'.repeat(64), thingName: 'interrupted', createdAt: new Date().toISOString(), kept: false });
        host.window.expect({ match: /Remove which test devices/, answer: 'interrupted' }, { match: /Remove 1 test devices/, answer: undefined });
        await host.cancelled(Commands.cleanUpTestDevices);
        assert.equal((await ledger.entries()).length, 1);
        // What is gone already is no error.
        host.window.expect({ match: /Remove which test devices/, answer: 'interrupted' }, { match: /Remove 1 test devices/, answer: 'Remove' });
        await host.done(Commands.cleanUpTestDevices);
        assert.equal((await ledger.entries()).length, 0);
      },
    },
  },
} satisfies Readonly<Record<string, CommandCases>>;
