import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';
import { DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AttachThingPrincipalCommand, DeleteThingGroupCommand, DetachPolicyCommand, ListCertificatesCommand, ListThingsCommand, UpdateCertificateCommand, UpdateRoleAliasCommand } from '@aws-sdk/client-iot';
import type { Cause, DeviceRunView, FleetRunView } from '../../../src/core/device/trace';
import { WorkspaceFileNames } from '../../../src/ids';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { hooksFrom } from '../../../src/sandbox/mqtt/hooks';
import { runTestDevice } from '../../../src/services/testDevice/testDeviceRun';
import { cleanUpLedger } from '../../../src/services/testDevice/cleanUpLedger';
import { runTestFleet, type TestFleetOptions } from '../../../src/services/testDevice/testFleetRun';
import type { TestDeviceOptions } from '../../../src/services/testDevice/testDeviceContext';
import { removeDevice } from '../../../src/services/testDevice/removeDevice';
import { startDeviceWorld, type DeviceWorld } from '../../helpers/deviceWorld';
import { Relay } from '../../helpers/relay';
import { workshopNames as names } from '../../helpers/workshop';

const usual: TestDeviceOptions = { way: 'keys', port: 8883, protocolVersion: 5, claim: 'file', parameters: { ThingName: 'test-{id}' }, keep: false };
const statement = (...parts: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: parts.map((part) => ({ Effect: 'Allow', ...part })) });

describe('a test device against the local AWS', () => {
  let world: DeviceWorld;
  let hooks: string;
  before(async () => {
    hooks = await mkdtemp(path.join(tmpdir(), 'hooks-'));
    for (const [name, body] of Object.entries({ Denies: 'return { allowProvisioning: false }', Fails: 'throw new Error()', Hangs: 'for (;;);' })) {
      await writeFile(path.join(hooks, `${name}.mjs`), `export async function handler() { ${body} }`);
    }
  });
  after(async () => rm(hooks, { recursive: true }));
  beforeEach(async () => {
    world = await startDeviceWorld({ runHook: hooksFrom(hooks, 500) });
  });
  afterEach(async () => world.close());

  const run = (options: Partial<TestDeviceOptions> = {}, show: (view: DeviceRunView) => void = () => undefined, signal?: AbortSignal): Promise<DeviceRunView> =>
    runTestDevice(world.deps, world.input(signal), { ...usual, ...options }, show);
  const account = async (): Promise<{ things: number; certificates: number }> => ({
    things: (await world.iot.send(new ListThingsCommand({}))).things?.length ?? 0,
    certificates: (await world.iot.send(new ListCertificatesCommand({}))).certificates?.length ?? 0,
  });
  /** The claim certificate and nothing else. */
  const nothingLeft = async (): Promise<void> => {
    assert.deepEqual(await account(), { things: 0, certificates: 1 });
    assert.deepEqual((await world.ledger.entries()), []);
  };
  const refused = (view: DeviceRunView): Cause => {
    assert.equal(view.verdict.outcome, 'refused', JSON.stringify(view.verdict));
    return (view.verdict as { cause: Cause }).cause;
  };
  const replacePolicy = async (name: string, document: string): Promise<void> => {
    await world.connection.iot.createPolicyVersion({ name, document, setAsDefault: true });
  };

  for (const way of ['keys', 'csr'] as const) {
    for (const protocolVersion of [4, 5] as const) {
      for (const claim of ['file', 'temporary'] as const) {
        it(`proves itself: ${way}, MQTT ${String(protocolVersion)}, claim ${claim}; nothing is left`, async () => {
          const view = await run({ way, protocolVersion, claim, port: protocolVersion === 5 ? 443 : 8883 });
          assert.equal(view.verdict.outcome, 'proven', JSON.stringify(view.verdict, undefined, 1));
          assert.deepEqual(view.steps.map(({ state }) => state), Array(8).fill('done'));
          assert.ok(view.steps.every(({ duration }) => duration !== undefined));
          await nothingLeft();
        });
      }
    }
  }

  it('shows every message, and no secret', async () => {
    const views: DeviceRunView[] = [];
    const view = await run({}, (each) => views.push(each));
    const text = JSON.stringify(views);
    assert.doesNotMatch(text, /BEGIN (RSA |EC )?PRIVATE|PRIVATE KEY-----/);
    const topics = view.steps.flatMap(({ messages }) => messages.map(({ topic }) => topic));
    assert.deepEqual(topics.slice(0, 4), ['$aws/certificates/create/json', '$aws/certificates/create/json/accepted', `$aws/provisioning-templates/${names.templateName}/provision/json`, `$aws/provisioning-templates/${names.templateName}/provision/json/accepted`]);
    assert.match(text, /secretAccessKey\\+": \\+"••••••/);
    assert.equal(views.at(-1)?.verdict.outcome, 'proven');
  });

  it('keeps the device by choice, its key private, and cleans it up later', async () => {
    const view = await run({ keep: true });
    const { leftovers } = view;
    assert.ok(leftovers?.certificateId !== undefined && leftovers.folder !== undefined);
    const key = path.join(world.files.root, leftovers.folder, 'device.private.pem.key');
    assert.equal(statSync(key).mode & 0o777, 0o600);
    assert.match(readFileSync(path.join(world.files.root, '.gitignore'), 'utf8'), /^test-devices\/$/m);
    assert.deepEqual(await account(), { things: 1, certificates: 2 });
    const [entry] = (await world.ledger.entries());
    assert.equal(entry?.kept, true);
    await removeDevice(world.connection.iot, { certificateId: entry.certificateId, ...(entry.thingName === undefined ? {} : { thingName: entry.thingName }) }, world.deps.clock, new AbortController().signal);
    assert.deepEqual(await account(), { things: 0, certificates: 1 });
  });

  it('never touches a thing that is there already', async () => {
    await run({ keep: true, parameters: { ThingName: 'pump-1' } });
    const view = await run({ parameters: { ThingName: 'pump-1' } });
    assert.equal(refused(view).code, 'thingExists');
    assert.deepEqual(await account(), { things: 1, certificates: 2 });
  });

  it('cleans up after a cancel at any step', async () => {
    for (const step of ['claimConnect', 'certificate', 'register', 'deviceConnect', 'coreTopics', 'credentials'] as const) {
      const controller = new AbortController();
      const view = await run({}, (each) => {
        if (each.steps.find(({ id }) => id === step)?.state === 'running') controller.abort();
      }, controller.signal);
      assert.equal(view.verdict.outcome, 'cancelled', step);
      await nothingLeft();
    }
  });

  describe('is refused, says why, and leaves nothing', () => {
    afterEach(nothingLeft);

    it('the claim is inactive', async () => {
      await world.iot.send(new UpdateCertificateCommand({ certificateId: world.claimId, newStatus: 'INACTIVE' }));
      const cause = refused(await run());
      assert.equal(cause.code, 'claimInactive');
      assert.ok(cause.mends.some(({ act }) => act.kind === 'command' && act.command === 'greengrassFleet.changeClaimCertificate'));
    });

    it('the claim carries no policy', async () => {
      await world.iot.send(new DetachPolicyCommand({ policyName: names.claimPolicyName, target: world.claimArn }));
      assert.equal(refused(await run()).code, 'claimWithoutPolicy');
    });

    it('the five-minute claim has expired', async () => {
      const { iot } = world.connection;
      const late = { ...world.connection, iot: Object.assign(Object.create(iot) as typeof iot, {
        createProvisioningClaim: async (name: string) => {
          const claim = await iot.createProvisioningClaim(name);
          world.advance(6 * 60_000);
          return { ...claim, expiresAt: new Date(Date.now() - 1_000) };
        },
      }) };
      const view = await runTestDevice(world.deps, { ...world.input(), connection: late }, { ...usual, claim: 'temporary' }, () => undefined);
      world.advance(-6 * 60_000);
      assert.equal(refused(view).code, 'claimExpired');
    });

    it('the root CA of the folder is not the one of the endpoint', async () => {
      await world.files.write(WorkspaceFileNames.rootCa, readFileSync('resources/AmazonRootCA1.pem', 'utf8'));
      assert.equal(refused(await run()).code, 'wrongRootCa');
    });

    it('the template is disabled', async () => {
      await world.connection.iot.updateProvisioningTemplate({ name: names.templateName, enabled: false });
      const cause = refused(await run());
      assert.equal(cause.code, 'templateDisabled');
      assert.equal(cause.mends[0]?.act.kind, 'command');
    });

    it('a parameter is missing: names it and the line of the template', async () => {
      const cause = refused(await run({ parameters: {} }));
      assert.equal(cause.code, 'parameterMissing');
      assert.match(cause.text, /ThingName/);
      assert.match(cause.place ?? '', /line \d+$/);
      const open = cause.mends.find(({ act }) => act.kind === 'remedy' && act.remedy.kind === 'openFile');
      assert.ok(open, JSON.stringify(cause.mends));
    });

    it('the thing group does not exist', async () => {
      await world.iot.send(new DeleteThingGroupCommand({ thingGroupName: names.thingGroupName }));
      const cause = refused(await run());
      assert.equal(cause.code, 'thingGroupMissing');
      assert.match(cause.text, new RegExp(names.thingGroupName));
    });

    it('the provisioning role is gone', async () => {
      await world.iam.send(new DeleteRoleCommand({ RoleName: 'Provisioning' }));
      assert.equal(refused(await run()).code, 'provisioningRoleMissing');
    });

    for (const name of ['Denies', 'Fails', 'Hangs', 'DoesNotExist']) {
      it(`the hook: ${name}`, async () => {
        await world.connection.iot.updateProvisioningTemplate({ name: names.templateName, hookArn: `arn:aws:lambda:${world.connection.target.region}:${world.connection.target.account}:function:${name}` });
        const cause = refused(await run());
        assert.equal(cause.code, 'hookDenied');
        assert.match(cause.place ?? '', new RegExp(`function:${name}$`));
      });
    }

    it('the claim policy lacks the signing request: names the subscription and the smallest statement', async () => {
      const narrow = JSON.parse(await world.files.read(WorkspaceFileNames.claimPolicy) ?? '') as { Statement: { Resource: string | string[] }[] };
      for (const each of narrow.Statement) if (Array.isArray(each.Resource)) each.Resource = each.Resource.filter((resource) => !resource.includes('create-from-csr'));
      await replacePolicy(names.claimPolicyName, JSON.stringify(narrow));
      const cause = refused(await run({ way: 'csr' }));
      assert.equal(cause.code, 'policyGap');
      assert.match(cause.text, /iot:Subscribe on .*create-from-csr/);
      assert.equal(cause.mends[0]?.act.kind, 'insertStatement');
      assert.equal((await run({ way: 'keys' })).verdict.outcome, 'proven');
    });

    it('the claim policy lets it subscribe but not publish, or not receive', async () => {
      await replacePolicy(names.claimPolicyName, statement({ Action: ['iot:Connect', 'iot:Subscribe', 'iot:Receive'], Resource: '*' }));
      for (const protocolVersion of [4, 5] as const) {
        const cause = refused(await run({ protocolVersion }));
        assert.deepEqual([cause.code, /iot:Publish on/.test(cause.text)], ['policyGap', true], cause.text);
      }
      await replacePolicy(names.claimPolicyName, statement({ Action: ['iot:Connect', 'iot:Subscribe', 'iot:Publish'], Resource: '*' }));
      const deps = { ...world.deps, timeout: 3_000 };
      const deaf = refused(await runTestDevice(deps, world.input(), usual, () => undefined));
      assert.deepEqual([deaf.code, /iot:Receive on/.test(deaf.text)], ['policyGap', true], deaf.text);
      // A certificate that the device never heard of waits for activation until AWS deletes it.
      for (const { certificateId, status } of (await world.iot.send(new ListCertificatesCommand({}))).certificates ?? []) {
        if (status === 'PENDING_ACTIVATION' && certificateId !== undefined) await removeDevice(world.connection.iot, { certificateId }, world.deps.clock, new AbortController().signal);
      }
    });

    it('a statement of the device policy denies: names policy and statement', async () => {
      await replacePolicy(names.iotPolicyName, JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }, { Sid: 'NoJobs', Effect: 'Deny', Action: 'iot:Subscribe', Resource: '*' }] }));
      const cause = refused(await run());
      assert.equal(cause.code, 'policyDenies');
      assert.match(cause.place ?? '', /statement 2 \(NoJobs\)/);
      assert.match(cause.statement ?? '', /"Deny"/);
    });

    it('the device may not connect as itself', async () => {
      await replacePolicy(names.iotPolicyName, statement({ Action: 'iot:Connect', Resource: '*' }).replace('"*"', `"arn:aws:iot:${world.connection.target.region}:${world.connection.target.account}:client/another"`));
      const view = await run();
      const cause = refused(view);
      assert.deepEqual([cause.code, (view.verdict as { step: string }).step], ['policyGap', 'deviceConnect']);
      assert.match(cause.text, /iot:Connect on .*client\/test-/);
    });

    it('the template leaves the certificate inactive', async () => {
      const body = (await world.files.read(WorkspaceFileNames.provisioningTemplate) ?? '').replace('"Active"', '"Inactive"');
      await world.connection.iot.createProvisioningTemplateVersion({ name: names.templateName, templateBody: body, setAsDefault: true });
      assert.equal(refused(await run()).code, 'deviceCertificateNotActive');
    });

    it('the device policy does not allow the role alias', async () => {
      await replacePolicy(names.iotPolicyName, statement({ Action: 'iot:*', Resource: '*' }).replace('"iot:*"', '["iot:Connect","iot:Publish","iot:Subscribe","iot:Receive"]'));
      const cause = refused(await run());
      assert.match(cause.text, /iot:AssumeRoleWithCertificate on .*rolealias/);
    });

    it('the role alias points at a role that is gone, or that does not trust the service', async () => {
      await world.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Exchange', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) }));
      assert.equal(refused(await run()).code, 'roleNotTrusted');
      await world.iam.send(new DeleteRoleCommand({ RoleName: 'Exchange' }));
      assert.equal(refused(await run()).code, 'roleMissing');
    });

    it('the role alias asks for longer sessions than the role allows', async () => {
      await world.iot.send(new UpdateRoleAliasCommand({ roleAlias: names.roleAliasName, credentialDurationSeconds: 3600 }));
      const { iam } = world;
      const { UpdateRoleCommand } = await import('@aws-sdk/client-iam');
      await iam.send(new UpdateRoleCommand({ RoleName: 'Exchange', MaxSessionDuration: 7200 }));
      await world.iot.send(new UpdateRoleAliasCommand({ roleAlias: names.roleAliasName, credentialDurationSeconds: 7200 }));
      await iam.send(new UpdateRoleCommand({ RoleName: 'Exchange', MaxSessionDuration: 3600 }));
      assert.equal(refused(await run()).code, 'durationTooLong');
    });

    it('the claim files are missing or no certificate', async () => {
      await world.files.write(WorkspaceFileNames.claimCertificate, 'no certificate');
      assert.equal(refused(await run()).code, 'claimUnreadable');
      await world.files.delete(WorkspaceFileNames.claimCertificate);
      const cause = refused(await run());
      assert.deepEqual([cause.code, cause.mends[0]?.label], ['noClaimFiles', 'Create Claim Certificate']);
    });

    it('nothing listens where the endpoint should be', async () => {
      const { connection } = world;
      assert.ok(connection.devices);
      const input = { ...world.input(), connection: { ...connection, devices: { ...connection.devices, mqttPort: 1 } } };
      assert.equal(refused(await runTestDevice(world.deps, input, usual, () => undefined)).code, 'unreachable');
    });
  });

  describe('on a network that fails', () => {
    let relay: Relay;
    beforeEach(async () => {
      relay = await Relay.start(world.started.mqttPort ?? 0);
    });
    afterEach(async () => {
      await relay.close();
      await nothingLeft();
    });
    const through = (show: (view: DeviceRunView) => void, timeout = world.deps.timeout ?? 0): Promise<DeviceRunView> => {
      const { connection } = world;
      assert.ok(connection.devices);
      return runTestDevice({ ...world.deps, timeout }, { ...world.input(), connection: { ...connection, devices: { ...connection.devices, mqttPort: relay.port } } }, usual, show);
    };
    const sentIn = (view: DeviceRunView, step: string): boolean => view.steps.find(({ id, state }) => id === step && state === 'running')?.messages.some(({ direction }) => direction === 'sent') === true;

    it('the broker goes away in the middle of the registration', async () => {
      const cause = refused(await through((view) => {
        if (sentIn(view, 'register')) relay.cut();
      }));
      assert.equal(cause.code, 'cutOff');
    });

    it('the connection is half open: ends within the time-out and says so', async () => {
      const cause = refused(await through((view) => {
        if (sentIn(view, 'register')) relay.mute();
      }, 3_000));
      assert.equal(cause.code, 'deadConnection');
      assert.match(cause.text, /\b3 s\b/);
    });

    it('the server says nothing', async () => {
      relay.mute();
      assert.equal(refused(await through(() => undefined, 300)).code, 'noConnection');
    });
  });

  it('the clock of the device is behind: the certificate of the server is not valid yet', async () => {
    const { authority } = await createCertificateAuthority(undefined);
    const { pem, privateKeyPem } = await authority.issueServer(['localhost', '127.0.0.1', '*.iot.us-east-1.amazonaws.com'], new Date(Date.now() + 86_400_000));
    const server = createServer({ key: privateKeyPem, cert: pem + authority.certificatePem }).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => undefined);
    await once(server, 'listening');
    await world.files.write(WorkspaceFileNames.rootCa, authority.certificatePem);
    const { connection } = world;
    assert.ok(connection.devices);
    const cause = refused(await runTestDevice(world.deps, { ...world.input(), connection: { ...connection, devices: { ...connection.devices, mqttPort: (server.address() as AddressInfo).port } } }, usual, () => undefined));
    server.close();
    assert.equal(cause.code, 'clock', cause.text);
    await nothingLeft();
  });

  it('warns of a clock that is off', async () => {
    const clock = { now: () => new Date(Date.now() - 20 * 60_000), sleep: world.deps.clock.sleep.bind(world.deps.clock) };
    const view = await runTestDevice({ ...world.deps, clock }, world.input(), usual, () => undefined);
    assert.equal(view.verdict.outcome, 'proven');
    assert.deepEqual((view.verdict as { warnings: readonly Cause[] }).warnings.map(({ code }) => code), ['clockSkew']);
    await nothingLeft();
  });

  describe('as a fleet', () => {
    const fleet = (more: Partial<TestFleetOptions> = {}, show: (view: FleetRunView) => void = () => undefined, signal?: AbortSignal): Promise<FleetRunView> =>
      runTestFleet(world.deps, world.input(signal), { ...usual, way: 'csr', count: 20, rate: 50, ...more }, show);
    afterEach(nothingLeft);

    it('provisions all, counts and times them, and takes them away', async () => {
      const seen: FleetRunView[] = [];
      const view = await fleet({}, (each) => seen.push(each));
      assert.deepEqual([view.state, view.proven, view.refused, view.cleaned], ['done', 20, 0, 20], JSON.stringify(view.causes));
      assert.ok(view.times !== undefined && view.times.median <= view.times.p95 && view.times.p95 <= view.times.slowest);
      assert.deepEqual(view.stepTimes.map(({ id }) => id), ['claimConnect', 'certificate', 'register', 'deviceConnect', 'coreTopics', 'credentials']);
      assert.ok(seen.some(({ state }) => state === 'cleaning') && seen.every((each, index) => each.proven >= (seen[index - 1]?.proven ?? 0)));
      // 20 devices at 50 per second start over at least 0.38 s.
      assert.ok(view.elapsed >= 380, String(view.elapsed));
    });

    it('counts refusals by cause, having asked the account once', async () => {
      await world.connection.iot.updateProvisioningTemplate({ name: names.templateName, enabled: false });
      const view = await fleet({ count: 5 });
      assert.deepEqual([view.proven, view.refused], [0, 5]);
      assert.deepEqual(view.causes.map(({ cause, step, count }) => [cause.code, step, count]), [['templateDisabled', 'register', 5]]);
    });

    it('takes away what is there after a cancel', async () => {
      const controller = new AbortController();
      const view = await fleet({ count: 500, rate: 20 }, (each) => {
        if (each.proven >= 3) controller.abort();
      }, controller.signal);
      assert.equal(view.state, 'cancelled');
      assert.ok(view.started < 500);
    });

    it('refuses parameters that name no device of its own', async () => {
      await assert.rejects(fleet({ parameters: { ThingName: 'same' } }), { code: 'sameThing' });
    });
  });

  it('cleans up what an interrupted run left, from the ledger', async () => {
    await run({ keep: true });
    const entry = (await world.ledger.entries())[0];
    assert.ok(entry);
    const left = await cleanUpLedger(world.deps, world.input(), [entry.certificateId], () => undefined);
    assert.deepEqual(left, []);
    await nothingLeft();
    assert.equal(await world.files.exists(`${entry.folder ?? ''}/device.private.pem.key`), false);
    // Again, and of a device that is gone: no error.
    await world.ledger.put(entry);
    assert.deepEqual(await cleanUpLedger(world.deps, world.input(), [entry.certificateId], () => undefined), []);
    await nothingLeft();
  });

  it('leaves a thing that somebody else has attached to meanwhile', async () => {
    const view = await run({ keep: true });
    const thingName = view.leftovers?.thingName ?? '';
    await world.iot.send(new AttachThingPrincipalCommand({ thingName, principal: world.claimArn }));
    const left = await cleanUpLedger(world.deps, world.input(), [view.leftovers?.certificateId ?? ''], () => undefined);
    assert.match(left[0]?.reason ?? '', /another certificate/);
    assert.deepEqual(await account(), { things: 1, certificates: 1 });
  });
});
