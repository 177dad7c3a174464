import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Commands, type CommandId } from '../../../src/ids';
import { english } from '../../helpers/shownText';
import { stepCommands, type FleetHost } from '../../helpers/fleetHost';
import { eventually, selectSandbox, writeAwsFiles } from '../../helpers/vscodeHost';
import type { CommandCases, Scenarios } from './commandCases';

const keys = (host: FleetHost, changes: { secret?: string } = {}): string =>
  `aws_access_key_id = ${host.sandbox.info.accessKeyId}\naws_secret_access_key = ${changes.secret ?? host.sandbox.info.secretAccessKey}\n`;
const endpoint = (host: FleetHost): string => `endpoint_url = ${host.sandbox.info.endpoint}\n`;
const region = (host: FleetHost): string => `region = ${host.sandbox.info.region}\n`;

/** An AWS where STS fails with this error, always or so many times, and nothing else is allowed. */
async function withRefusingSts(error: { status: number; code: string; message: string }, work: (url: string) => Promise<void>, refusals = Infinity): Promise<void> {
  let calls = 0;
  const server = http.createServer((request, response) => {
    request.resume();
    const isSts = request.headers.authorization?.includes('/sts/') === true;
    if (!isSts || ++calls > refusals) {
      response.writeHead(isSts ? 200 : 403, { 'content-type': 'text/xml' }).end(isSts ? identity : '');
      return;
    }
    response.writeHead(error.status, { 'content-type': 'text/xml' });
    response.end(`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${error.message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const throttling = { status: 400, code: 'Throttling', message: 'Rate exceeded' };
const identity = '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

/** A folder that is the whole PATH of the extension while `work` runs; with `script`, it holds an `aws` of ours. */
async function withAwsCli(script: string | undefined, work: () => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fleet-cli-'));
  const before = process.env['PATH'];
  try {
    if (script !== undefined) fs.writeFileSync(path.join(folder, 'aws'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env['PATH'] = folder;
    await work();
  } finally {
    process.env['PATH'] = before;
    fs.rmSync(folder, { recursive: true });
  }
}

/** What goes wrong with an identity, the same for every way to choose it. */
function identityTroubles(id: typeof Commands.chooseProfile | typeof Commands.chooseConnection): Scenarios {
  const choose = (host: FleetHost): void => host.window.expect({ match: /Profile|Connect to AWS/, answer: 'work' });
  return {
    'a wrong secret: AWS refuses it, and another profile can be chosen from the message': async (host) => {
      writeAwsFiles(`[profile work]\n${region(host)}${endpoint(host)}[profile right]\n${region(host)}${endpoint(host)}`, `[work]\n${keys(host, { secret: 'x'.repeat(40) })}[right]\n${keys(host)}`);
      choose(host);
      // Choosing a profile from the message must be enough; a command that itself chooses is not run once more.
      host.window.expect({ match: /refused the credentials of work/, answer: 'Choose Profile' }, { match: /Choose an AWS Profile/, answer: 'right' });
      if (id !== Commands.chooseProfile) host.window.expect({ match: /Connect to AWS/, answer: undefined });
      const shown = await host.failed(id);
      assert.match(shown.title, /signature/i);
      await eventually(() => assert.equal(host.session.state.kind, 'connected'));
      await eventually(() => assert.deepEqual(host.session.current?.target.label, 'right'));
      await eventually(() => assert.equal(host.window.shown.filter((prompt) => prompt.kind === 'pick').length, id === Commands.chooseProfile ? 2 : 3));
    },
    'no credentials: says so and offers the sandbox': async (host) => {
      writeAwsFiles(`[profile work]\n${region(host)}${endpoint(host)}`, '');
      choose(host);
      const shown = await host.failed(id);
      assert.match(shown.title, /No AWS credentials from work/);
      assert.deepEqual(shown.options, ['Choose Profile', 'Start Local Sandbox', 'Show Log']);
      assert.equal(host.session.state.kind, 'failed');
    },
    'expired credentials: says so': async (host) => {
      await withRefusingSts({ status: 403, code: 'ExpiredToken', message: 'The security token included in the request is expired' }, async (url) => {
        writeAwsFiles(`[profile work]\n${region(host)}endpoint_url = ${url}\n`, `[work]\n${keys(host)}aws_session_token = old\n`);
        choose(host);
        const shown = await host.failed(id);
        assert.match(shown.title, /The credentials of work have expired/);
        assert.deepEqual(shown.options, ['Choose Profile', 'Show Log']);
      });
    },
    'an SSO profile that is not signed in: offers to sign in': async (host) => {
      writeAwsFiles(`[profile work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = R\n${region(host)}`, '');
      choose(host);
      const shown = await host.failed(id);
      assert.ok(shown.options.includes('Sign In'), `${shown.title} [${shown.options.join()}]`);
    },
    'nothing answers: says so, and “Try Again” tries again': async (host) => {
      writeAwsFiles(`[profile work]\n${region(host)}endpoint_url = http://127.0.0.1:1\n`, `[work]\n${keys(host)}`);
      choose(host);
      host.window.expect({ match: /Nothing answers at .*refused/, answer: 'Try Again' }, { match: /Profile|Connect to AWS/, answer: undefined });
      const shown = await host.failed(id);
      assert.deepEqual(shown.options, ['Try Again', 'Choose Profile', 'Show Log']);
      await eventually(() => assert.equal(host.window.shown.filter((prompt) => prompt.kind === 'pick').length, 2));
    },
    'no region: asks for one; closing that connects nobody': async (host) => {
      writeAwsFiles(`[profile work]\n${endpoint(host)}`, `[work]\n${keys(host)}`);
      choose(host);
      host.window.expect({ match: 'Choose a Region', answer: undefined });
      await host.cancelled(id);
      assert.notEqual(host.session.state.kind, 'connected');
      choose(host);
      host.window.expect({ match: 'Choose a Region', answer: 'eu-west-1' });
      await host.done(id);
      assert.equal(host.session.current?.target.region, 'eu-west-1');
    },
    'closing the list leaves the connection as it is': async (host) => {
      await host.connect();
      host.window.expect({ match: /Profile|Connect to AWS/, answer: undefined });
      await host.cancelled(id);
      assert.equal(host.session.current?.target.label, 'sandbox');
    },
  };
}

/** Starts the extension's own sandbox; its state does not outlive the test. */
async function withOwnSandbox(host: FleetHost, work: () => Promise<void>): Promise<void> {
  try {
    await host.done(Commands.startSandbox);
    await work();
  } finally {
    if (host.ownSandbox.running) await host.ownSandbox.reset().catch(() => undefined);
    host.session.disconnect();
    await host.ownSandbox.stop();
  }
}

const stateFolderOf = (host: FleetHost): string => (host.ownSandbox as unknown as { options: { stateFolder: string } }).options.stateFolder;

export const connectionCases = {
  chooseConnection: {
    happy: {
      'a profile with an endpoint of its own': async (host) => {
        selectSandbox(host.sandbox.info, 'work');
        host.window.expect({ match: 'Connect to AWS', answer: 'work' });
        await host.done(Commands.chooseConnection);
        assert.equal(host.session.current?.target.account, host.sandbox.info.account);
        const [prompt] = host.window.shown;
        assert.ok(prompt?.options.some((label) => label.includes('Environment')) && prompt.options.some((label) => label.includes('Local Sandbox')), prompt?.options.join());
      },
      'the environment': async (host) => {
        writeAwsFiles('', '');
        const { accessKeyId, secretAccessKey, endpoint: url } = host.sandbox.info;
        const environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: url };
        try {
          Object.assign(process.env, environment);
          host.window.expect({ match: 'Connect to AWS', answer: 'Environment' });
          await host.done(Commands.chooseConnection);
          assert.deepEqual([host.session.current?.target.account, host.session.current?.target.region], [host.sandbox.info.account, 'eu-west-1']);
        } finally {
          for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
        }
      },
      'AWS asks to slow down: the status bar says so, and what was asked goes on by itself': async (host) => {
        const { status } = host.api.container.userInterface;
        await withRefusingSts(
          throttling,
          async (url) => {
            writeAwsFiles(`[profile work]\n${region(host)}endpoint_url = ${url}\n`, `[work]\n${keys(host)}`);
            host.window.expect({ match: 'Connect to AWS', answer: 'work' });
            const done = host.done(Commands.chooseConnection);
            await eventually(() => assert.match(english(status.shown.text), /AWS: connecting… \$\(watch\) AWS asks to slow down: waiting for \d+ s$/));
            assert.match(english(status.shown.label), /^AWS connection: .*, AWS asks to slow down: waiting for \d+ s$/);
            await done;
            assert.equal(host.session.current?.target.account, '123456789012');
            host.session.disconnect();
            await eventually(() => assert.doesNotMatch(english(status.shown.text), /waiting/));
          },
          1,
        );
      },
      'the local sandbox': async (host) => {
        host.window.expect({ match: 'Connect to AWS', answer: 'Local Sandbox' });
        try {
          await host.done(Commands.chooseConnection);
          assert.equal(host.session.current?.target.isSandbox, true);
        } finally {
          host.session.disconnect();
          await host.ownSandbox.stop();
        }
      },
    },
    unhappy: identityTroubles(Commands.chooseConnection),
  },
  chooseProfile: {
    happy: {
      'connects with the profile and marks it the next time': async (host) => {
        selectSandbox(host.sandbox.info, 'work');
        host.window.expect({ match: 'Choose an AWS Profile', answer: 'work' }, { match: 'Choose an AWS Profile', answer: '$(check) work' });
        await host.done(Commands.chooseProfile);
        await host.done(Commands.chooseProfile);
        assert.equal(host.session.current?.target.label, 'work');
      },
    },
    unhappy: {
      'no profile: says so and offers the sandbox': async (host) => {
        writeAwsFiles('', '');
        const shown = await host.failed(Commands.chooseProfile);
        assert.match(shown.title, /There is no profile/);
        assert.deepEqual(shown.options, ['Start Local Sandbox', 'Documentation', 'Show Log']);
      },
      'a profile that has gone: the next command says which and helps': async (host) => {
        await host.connect();
        writeAwsFiles('[profile other]\nregion = eu-west-1\n', '');
        await assert.rejects(host.session.use({ kind: 'profile', profile: 'sandbox' }));
        const shown = await host.failed(Commands.deployRolesStack);
        assert.match(shown.title, /no AWS profile named sandbox/);
        assert.deepEqual(shown.options, ['Choose Profile', 'Start Local Sandbox', 'Show Log']);
      },
      ...identityTroubles(Commands.chooseProfile),
    },
  },
  chooseRegion: {
    happy: {
      'another region of the same identity': async (host) => {
        await host.connect();
        host.window.expect({ match: 'Choose a Region', answer: 'ap-southeast-2' });
        await host.done(Commands.chooseRegion);
        assert.deepEqual([host.session.current?.target.region, host.session.current?.target.label], ['ap-southeast-2', 'sandbox']);
      },
      'one that no list knows yet': async (host) => {
        await host.connect();
        host.window.expect({ match: 'Choose a Region', answer: 'Other region…' }, { match: 'Region', answer: 'eu-central-9' });
        await host.done(Commands.chooseRegion);
        assert.equal(host.session.current?.target.region, 'eu-central-9');
      },
    },
    unhappy: {
      'nobody is connected: says what comes first': async (host) => {
        const shown = await host.failed(Commands.chooseRegion);
        assert.deepEqual(shown.options, ['Choose Profile', 'Start Local Sandbox', 'Show Log']);
      },
      'closing the list keeps the region': async (host) => {
        await host.connect();
        host.window.expect({ match: 'Choose a Region', answer: undefined });
        await host.cancelled(Commands.chooseRegion);
        assert.equal(host.session.current?.target.region, host.sandbox.info.region);
      },
    },
  },
  signIn: {
    happy: {
      'runs “aws sso login” for the profile in a terminal, then connects': async (host) => {
        writeAwsFiles(`[profile sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = R\n${region(host)}${endpoint(host)}`, '');
        // Our own `aws`: notes how it was called, and leaves credentials as a sign-in does.
        const credentials = process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '';
        const script = `printf '%s\\n' "$@" > '${credentials}.called'\nprintf '%s\\n' '[sso]' ${keys(host).trim().split('\n').map((line) => `'${line}'`).join(' ')} > '${credentials}'`;
        await withAwsCli(script, async () => {
          host.window.expect({ match: 'Sign In With Profile', answer: 'sso' });
          await host.done(Commands.signIn);
        });
        assert.deepEqual(fs.readFileSync(`${credentials}.called`, 'utf8').trim().split('\n'), ['sso', 'login', '--profile', 'sso']);
        assert.equal(host.session.current?.target.label, 'sso');
      },
    },
    unhappy: {
      'no profile signs in': async (host) => {
        selectSandbox(host.sandbox.info);
        const shown = await host.failed(Commands.signIn);
        assert.match(shown.title, /No profile .* signs in by SSO/);
        assert.deepEqual(shown.options, ['Choose Profile', 'Documentation', 'Show Log']);
      },
      'no AWS CLI': async (host) => {
        await withAwsCli(undefined, async () => {
          const shown = await host.failed(Commands.signIn, 'sso');
          assert.match(shown.title, /AWS CLI.*was not found/);
          assert.deepEqual(shown.options, ['Documentation', 'Choose Profile', 'Start Local Sandbox', 'Show Log']);
        });
      },
      'the CLI fails: “Try Again” runs it again': async (host) => {
        writeAwsFiles('[profile sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n', '');
        const log = path.join(os.tmpdir(), `fleet-cli-${process.pid}.log`);
        try {
          await withAwsCli(`echo x >> '${log}'; exit 3`, async () => {
            host.window.expect({ match: /did not succeed \(3\)/, answer: 'Try Again' });
            await host.failed(Commands.signIn, 'sso; touch /tmp/evil');
            await eventually(() => assert.equal(host.errors().length, 2));
            assert.equal(fs.readFileSync(log, 'utf8'), 'x\nx\n');
          });
        } finally {
          fs.rmSync(log, { force: true });
        }
      },
    },
  },
  startSandbox: {
    happy: {
      'starts it and connects; a second time it is the same one': async (host) => {
        await withOwnSandbox(host, async () => {
          assert.equal(host.session.current?.target.isSandbox, true);
          const { endpoint: first } = host.session.current.target;
          await host.done(Commands.startSandbox);
          assert.equal(host.session.current.target.endpoint, first);
        });
      },
      'from the message of a step, which then goes on by itself': async (host) => {
        try {
          writeAwsFiles('', '');
          host.window.expect({ match: /No AWS account is chosen/, answer: 'Start Local Sandbox' }, { match: stepCommands.rolesStack.question, answer: undefined });
          await host.failed(Commands.deployRolesStack);
          await eventually(() => assert.ok(host.window.shown.some((prompt) => stepCommands.rolesStack.question.test(prompt.title))));
        } finally {
          host.session.disconnect();
          await host.ownSandbox.stop();
        }
      },
    },
    unhappy: {
      'its folder cannot be made: says why it did not start': async (host) => {
        const folder = stateFolderOf(host);
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(path.dirname(folder), { recursive: true });
        fs.writeFileSync(folder, 'a file');
        try {
          const shown = await host.failed(Commands.startSandbox);
          assert.match(shown.title, /The local sandbox did not start/);
          assert.ok(shown.options.includes('Try Again'), shown.options.join());
        } finally {
          fs.rmSync(folder);
        }
      },
    },
  },
  stopSandbox: {
    happy: {
      'stops it, disconnects, and keeps what it holds': async (host) => {
        await withOwnSandbox(host, async () => {
          await host.session.current?.iot.createThingGroup({ name: 'kept' });
          await host.done(Commands.stopSandbox);
          assert.equal(host.ownSandbox.running, false);
          assert.equal(host.session.state.kind, 'none');
          await host.done(Commands.startSandbox);
          assert.ok(await host.session.current?.iot.describeThingGroup('kept'));
        });
      },
    },
    unhappy: {
      'it does not run: says so, and the account in use stays': async (host) => {
        await host.connect();
        await host.done(Commands.stopSandbox);
        assert.match(host.window.shown.at(-1)?.title ?? '', /is not running/);
        assert.equal(host.session.current?.target.label, 'sandbox');
      },
    },
  },
  resetSandbox: {
    happy: {
      'asks, empties it, and stays connected': async (host) => {
        await withOwnSandbox(host, async () => {
          await host.session.current?.iot.createThingGroup({ name: 'gone' });
          host.window.expect({ match: 'Empty the local sandbox?', answer: 'Empty Sandbox' });
          await host.done(Commands.resetSandbox);
          assert.equal(await host.session.current?.iot.describeThingGroup('gone'), undefined);
          assert.equal(host.session.state.kind, 'connected');
        });
      },
    },
    unhappy: {
      'closing the question keeps everything': async (host) => {
        await withOwnSandbox(host, async () => {
          await host.session.current?.iot.createThingGroup({ name: 'kept' });
          host.window.expect({ match: 'Empty the local sandbox?', answer: undefined });
          await host.cancelled(Commands.resetSandbox);
          assert.ok(await host.session.current?.iot.describeThingGroup('kept'));
        });
      },
      'it does not run: says so and offers to start it': async (host) => {
        host.window.expect({ match: 'Empty the local sandbox?', answer: 'Empty Sandbox' });
        const shown = await host.failed(Commands.resetSandbox);
        assert.match(shown.title, /it is not running/);
        assert.ok(shown.options.includes('Start Local Sandbox'), shown.options.join());
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;

/** Commands that are refused in a workspace that is not trusted. */
export const trustedCommands: readonly CommandId[] = [
  Commands.provisionEverything, Commands.deployRolesStack, Commands.createRoleAlias, Commands.publishPolicy, Commands.deployTemplate, Commands.createClaimCertificate,
  Commands.createDeviceConfiguration, Commands.resolvePlaceholders, Commands.resolvePlaceholder, Commands.comparePolicyWithDeployed, Commands.compareTemplateWithDeployed, Commands.pullDeployed, Commands.publishFile, Commands.managePolicyVersions, Commands.makeVersionDefault, Commands.deleteVersion, Commands.compareSimulationWithAws, Commands.showStackOutputs, Commands.exportTemplate, Commands.detectStackDrift, Commands.preflight, Commands.showRelations,
  Commands.tearDown, Commands.tearDownClaim, Commands.runTearDown, Commands.updateRolesStack, Commands.revertStackDrift,
  Commands.manageTemplateVersions, Commands.switchTemplate, Commands.rotateClaimCertificate, Commands.changeClaimCertificate, Commands.checkHook, Commands.createHookPayload, Commands.createDeviceKit,
  Commands.provisionTestDevice, Commands.provisionTestFleet, Commands.cleanUpTestDevices,
  Commands.chooseConnection, Commands.chooseProfile, Commands.chooseRegion, Commands.switchRegion, Commands.signIn, Commands.startSandbox, Commands.stopSandbox, Commands.resetSandbox, Commands.watchCoreDevice, Commands.findInFleet,
];
