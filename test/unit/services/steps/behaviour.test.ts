import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { FleetError, isFleetError } from '../../../../src/core/errors';
import { WorkspaceFileNames } from '../../../../src/ids';
import { NodeClaimKeys } from '../../../../src/services/steps/claimKeys';
import { bundledTemplate, FleetWorld, names } from '../../../fakes/fleetWorld';

function fleetError(check: (error: FleetError) => void): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isFleetError(error), String(error));
    check(error);
    return true;
  };
}

async function provisioned(): Promise<FleetWorld> {
  const world = new FleetWorld();
  await world.steps.provisionEverything(world.run);
  world.ui.asked.length = 0;
  world.faults.clear();
  return world;
}

describe('roles stack step', () => {
  it('asks with account, template and the capability in words, then tells events', async () => {
    const world = new FleetWorld();
    await world.steps.run('rolesStack', world.run);
    assert.equal(world.ui.asked[0]?.account, '111122223334');
    assert.match(world.ui.asked[0].detail, /I acknowledge that AWS CloudFormation might create IAM resources with custom names/);
    assert.ok(world.progress.some((message) => message.startsWith('Fleet: CREATE_')));
    assert.deepEqual(world.clock.pauses.slice(0, 2), [50, 50]);
    assert.match(world.stacks.inputs[0]?.clientRequestToken ?? '', /^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/);
  });

  it('asks for parameters without default, masked when NoEcho', async () => {
    const world = new FleetWorld();
    world.stacks.parameters = [{ key: 'Secret', noEcho: true }, { key: 'Known', defaultValue: 'd', noEcho: false }, { key: 'RoleAliasName', defaultValue: 'd', noEcho: false }];
    world.ui.inputs.push({ title: /Secret/, value: 's' });
    await world.steps.run('rolesStack', world.run);
    assert.deepEqual(world.ui.asked[0], { kind: 'input', title: 'Stack parameter Secret', detail: 'password' });
    assert.deepEqual(world.stacks.inputs[0]?.parameters, [{ key: 'Secret', value: 's' }, { key: 'RoleAliasName', value: names.roleAliasName }]);
  });

  it('tells the first cause with advice, and its state stays failed', async () => {
    const world = new FleetWorld();
    world.stacks.failure = { logicalId: 'TokenRole', type: 'AWS::IAM::Role', reason: 'GreengrassTES already exists' };
    await assert.rejects(world.steps.run('rolesStack', world.run), fleetError((error) => {
      assert.match(error.message, /ended in ROLLBACK_COMPLETE\. First cause: TokenRole \(AWS::IAM::Role\): GreengrassTES already exists/);
      assert.match(error.advice ?? '', /another region/);
    }));
    assert.equal(world.steps.states.get('rolesStack')?.status, 'failed');
    assert.ok(world.progress.some((message) => message.startsWith('Rolling back, because TokenRole failed')));
  });

  it('survives throttled and lost looks while it waits, and gives up when none comes through', async () => {
    const world = new FleetWorld();
    let failing = 4;
    const describeStack = world.stacks.describeStack.bind(world.stacks);
    world.stacks.describeStack = async (name) => {
      if (name.startsWith('arn:') && failing > 0) {
        failing -= 1;
        throw new FleetError('Rate exceeded', { category: 'throttling', code: 'Throttling', retryable: true });
      }
      return describeStack(name);
    };
    await world.steps.run('rolesStack', world.run);
    assert.equal(failing, 0);
    const other = new FleetWorld();
    const describeOther = other.stacks.describeStack.bind(other.stacks);
    other.stacks.describeStack = async (name) => {
      if (name.startsWith('arn:')) throw new FleetError('Rate exceeded', { category: 'throttling', code: 'Throttling', retryable: true });
      return describeOther(name);
    };
    await assert.rejects(other.steps.run('rolesStack', other.run), /Rate exceeded/);
  });

  it('a cancel while it waits says that the stack goes on', async () => {
    const world = new FleetWorld();
    world.stacks.ticks = 1000;
    world.clock.onSleep = () => world.faults.controller.abort();
    await assert.rejects(world.steps.run('rolesStack', world.run), { name: 'CancelledError' });
    assert.match(world.ui.told.join(), /goes on with the stack Fleet/);
    assert.notEqual(world.steps.states.get('rolesStack')?.status, 'failed');
  });

  it('adopts without a question when stack and template agree, offers three ways when they do not', async () => {
    const world = await provisioned();
    await world.steps.run('rolesStack', world.run);
    assert.deepEqual(world.ui.titles(), []);
    [...world.stacks.held.values()][0]!.template = '{"Resources":{"Other":{}}}';
    world.ui.choices = [{ title: /another template/, label: /^Adopt/ }];
    await world.steps.run('rolesStack', world.run);
    assert.deepEqual(world.ui.titles().length, 1);
    world.ui.choices = [{ title: /another template/, label: /^Update/ }];
    await world.steps.run('rolesStack', world.run);
    assert.match(world.ui.markdown[0] ?? '', /\| Changed \| TokenExchangeRole \|/);
    assert.equal([...world.stacks.held.values()][0]!.template, bundledTemplate);
    [...world.stacks.held.values()][0]!.template = '{"Resources":{"Other":{}}}';
    world.ui.choices = [{ title: /another template/, label: /^Use another stack name/ }];
    world.ui.inputs = [{ title: /Another stack name/, value: 'Fleet-2' }];
    await world.steps.run('rolesStack', world.run);
    assert.deepEqual(world.saved, ['Fleet-2']);
    assert.equal(world.steps.names().stackName, 'Fleet-2');
    assert.equal(world.stacks.held.size, 2);
  });

  it('a stack that rolled back and is protected loses its protection first, which the question says', async () => {
    const world = new FleetWorld();
    const held = world.stacks.put('Fleet', 'ROLLBACK_COMPLETE', '{}');
    held.stack = { ...held.stack, terminationProtection: true };
    world.ui.choices = [{ title: /cannot be updated/, label: /^Delete and recreate/ }];
    await world.steps.run('rolesStack', world.run);
    assert.equal(world.statuses()['rolesStack'], 'done');
    assert.ok(world.faults.calls.indexOf('stacks.removeTerminationProtection') < world.faults.calls.indexOf('stacks.deleteStack'), world.faults.calls.join());
  });

  it('a change set that is not agreed to is deleted', async () => {
    const world = await provisioned();
    [...world.stacks.held.values()][0]!.template = '{"Resources":{"Other":{}}}';
    world.ui.choices = [{ title: /another template/, label: /^Update/ }];
    world.ui.refuse = /^Update the stack/;
    await assert.rejects(world.steps.run('rolesStack', world.run), { name: 'CancelledError' });
    assert.equal(world.stacks.changeSets.size, 0);
  });

  it('takes name and template from a quick-create link', async () => {
    const world = new FleetWorld();
    world.settings.names = { ...names, stackName: 'GGv2Workshop' };
    world.settings.template = 'https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/new?stackName=Linked&templateURL=https://sehyul.s3.ap-northeast-2.amazonaws.com/t.json';
    await world.steps.run('rolesStack', world.run);
    assert.equal(world.stacks.inputs[0]?.stackName, 'Linked');
    assert.match(JSON.stringify(world.stacks.inputs[0].template), /FromUrl/);
  });

  it('says that a template cannot be read', async () => {
    const world = new FleetWorld();
    world.settings.template = '/no/such/file.yaml';
    await assert.rejects(world.steps.run('rolesStack', world.run), fleetError((error) => assert.equal(error.code, 'templateUnreadable')));
  });
});

describe('role alias step', () => {
  it('waits for a new role, visibly, and does not wait for an old one', async () => {
    const world = new FleetWorld();
    await world.steps.run('rolesStack', world.run);
    world.iot.unknownRoleCalls = 6;
    await world.steps.run('roleAlias', world.run);
    assert.equal(world.iot.aliases.get('StackAlias')?.roleArn, 'arn:aws:iam::111122223334:role/Fleet-Token-001');
    assert.ok(world.progress.some((message) => message.includes('Waiting until AWS IoT knows the new role Fleet-Token-001')));

    const old = new FleetWorld();
    await old.steps.run('rolesStack', old.run);
    old.clock.advance(600_000);
    old.clock.pauses.length = 0;
    old.iot.unknownRoleCalls = 1;
    await assert.rejects(old.steps.run('roleAlias', old.run), /cannot be assumed/);
    assert.deepEqual(old.clock.pauses, []);
  });

  it('gives up after a minute and a half', async () => {
    const world = new FleetWorld();
    await world.steps.run('rolesStack', world.run);
    world.iot.unknownRoleCalls = 1000;
    const before = world.clock.now().getTime();
    await assert.rejects(world.steps.run('roleAlias', world.run), /cannot be assumed/);
    assert.ok(world.clock.now().getTime() - before <= 90_000);
  });

  it('offers to repoint an alias of another role', async () => {
    const world = await provisioned();
    world.iot.aliases.set('StackAlias', { ...world.iot.aliases.get('StackAlias')!, roleArn: 'arn:aws:iam::111122223334:role/Old' });
    await world.steps.refresh(world.connection, world.files);
    assert.equal(world.steps.states.get('roleAlias')?.status, 'differs');
    await world.steps.run('roleAlias', world.run);
    assert.match(world.ui.asked[0]?.detail ?? '', /Now: .*role\/Old\nThen: .*Fleet-Token-001/);
    assert.equal(world.steps.states.get('roleAlias')?.status, 'done');
  });

  it('without a stack names the step to run', async () => {
    const world = new FleetWorld();
    await assert.rejects(world.steps.run('roleAlias', world.run), fleetError((error) => assert.deepEqual(error.remedies[0], { kind: 'runStep', step: 'rolesStack' })));
  });
});

describe('IoT policy step', () => {
  it('lets the person choose among aliases and shows the value before it is written', async () => {
    const world = await provisioned();
    world.iot.policies.delete('DevicePolicy');
    world.files.texts.delete(WorkspaceFileNames.iotPolicy);
    world.iot.aliases.set('Another', { ...world.iot.aliases.get('StackAlias')!, name: 'Another' });
    world.ui.choices = [{ title: /Which role alias/, label: /^Another$/ }];
    await world.steps.run('iotPolicy', world.run);
    assert.match(world.ui.asked.find((asked) => asked.kind === 'confirm')?.detail ?? '', /\[ARN OF IoT Role Alias\] becomes arn:aws:iot:eu-west-1:111122223334:rolealias\/Another/);
    assert.match(world.files.texts.get(WorkspaceFileNames.iotPolicy) ?? '', /rolealias\/Another/);
  });

  it('refuses a file with an error or a placeholder and says where', async () => {
    const world = await provisioned();
    const text = world.files.texts.get(WorkspaceFileNames.iotPolicy)!;
    world.files.texts.set(WorkspaceFileNames.iotPolicy, text.replace('"*"', '"[Something else]"'));
    const writes = world.files.writes.length;
    await assert.rejects(world.steps.run('iotPolicy', world.run), fleetError((error) => {
      assert.equal(error.code, 'placeholderLeft');
      assert.deepEqual(error.remedies[0], { kind: 'openFile', file: WorkspaceFileNames.iotPolicy, offset: text.indexOf('"*"') + 1 });
    }));
    world.files.texts.set(WorkspaceFileNames.iotPolicy, text.replace('iot:Publish', 'iot:Publsh'));
    world.policyFaults = () => [{ severity: 'warning', message: 'w', offset: 0 }, { severity: 'error', message: 'No such action.', offset: 100 }];
    await assert.rejects(world.steps.run('iotPolicy', world.run), fleetError((error) => {
      assert.match(error.message, /has an error in line \d+: No such action/);
      assert.equal(error.category, 'validation');
    }));
    assert.equal(world.files.writes.length, writes);
    assert.equal(world.iot.policies.get('DevicePolicy')?.versions.size, 1);
  });

  it('takes over a policy that the account has and the folder has not', async () => {
    const world = await provisioned();
    world.files.texts.delete(WorkspaceFileNames.iotPolicy);
    await world.steps.run('iotPolicy', world.run);
    assert.deepEqual(world.ui.titles(), []);
    assert.equal(world.steps.states.get('iotPolicy')?.status, 'done');
  });

  it('never overwrites a file', async () => {
    const world = new FleetWorld();
    world.files.texts.set(WorkspaceFileNames.iotPolicy, 'mine').set(WorkspaceFileNames.provisioningTemplate, 'mine too');
    await world.steps.createPolicyFile(world.run);
    await world.steps.createTemplateFile(world.run);
    assert.deepEqual([...world.files.texts.values()], ['mine', 'mine too']);
    assert.equal(world.ui.told.length, 2);
  });
});

describe('claim certificate step', () => {
  it('makes a key, a request and files that belong together', async () => {
    const keys = new NodeClaimKeys();
    const key = await keys.makePrivateKey();
    assert.match(key, /^-----BEGIN RSA PRIVATE KEY-----/);
    assert.equal(createPrivateKey(key).asymmetricKeyDetails?.modulusLength, 2048);
    const pem = await keys.makeRequest(key);
    const { Pkcs10CertificateRequest } = await import('@peculiar/x509');
    const request = new Pkcs10CertificateRequest(pem);
    assert.ok(await request.verify());
    assert.equal(request.publicKey.toString('pem').replace(/\s/g, ''), keys.publicKeyOf(key)?.replace(/\s/g, ''));
    assert.equal(keys.publicKeyOf('nonsense'), undefined);
    assert.equal(keys.readCertificate('nonsense'), undefined);
    assert.throws(() => new X509Certificate('nonsense'));
  });

  it('ignores the folder first, writes the key before any change, activates last', async () => {
    const world = new FleetWorld();
    await world.steps.provisionEverything(world.run);
    const claim = world.faults.calls.filter((call) => /ensureIgnored|writePrivate|createCertificateFromCsr|attachPolicy|updateCertificateStatus/.test(call));
    assert.deepEqual(claim, ['files.ensureIgnored', 'files.writePrivate', 'iot.createCertificateFromCsr', 'iot.attachPolicy', 'iot.updateCertificateStatus']);
  });

  it('warns when git tracks the key, and of other live claims of the policy', async () => {
    const world = await provisioned();
    for (const file of [...world.files.texts.keys()]) if (file.startsWith('claim-certs/')) world.files.texts.delete(file);
    world.files.tracked.add(WorkspaceFileNames.claimPrivateKey);
    await world.steps.run('claimCertificate', world.run);
    assert.equal(world.ui.warnings.length, 2);
    assert.match(world.ui.warnings.join('\n'), /Another active certificate can claim[^]*Git tracks/);
  });

  it('reactivates an inactive certificate and attaches what was detached', async () => {
    const world = await provisioned();
    const [certificate] = world.iot.active();
    await world.iot.updateCertificateStatus(certificate!.id, 'INACTIVE');
    world.iot.attached.clear();
    await world.steps.run('claimCertificate', world.run);
    assert.equal(world.iot.certificates.size, 1);
    assert.equal(world.steps.states.get('claimCertificate')?.status, 'done');
    assert.equal(world.ui.asked.length, 1);
  });

  it('keeps a claim policy of the person\'s own when asked to', async () => {
    const world = await provisioned();
    world.files.texts.set(WorkspaceFileNames.claimPolicy, '{"Statement":[]}');
    world.ui.choices = [{ title: /is not the policy/, label: /^Keep/ }];
    await world.steps.run('claimCertificate', world.run);
    assert.equal(world.files.texts.get(WorkspaceFileNames.claimPolicy), '{"Statement":[]}');
    world.ui.choices = [{ title: /is not the policy/, label: /^Replace/ }];
    await world.steps.run('claimCertificate', world.run);
    assert.equal(world.steps.states.get('claimCertificate')?.status, 'done');
  });
});

describe('fleet steps', () => {
  it('asks once for everything, naming what and where', async () => {
    const world = new FleetWorld();
    await world.steps.provisionEverything(world.run);
    assert.equal(world.ui.asked.length, 1);
    assert.equal(world.ui.asked[0]?.account, '111122223334');
    for (const word of ['Stack Fleet', 'Role alias', 'IoT policy DevicePolicy', 'FleetTemplate', 'ClaimPolicy', 'I acknowledge']) assert.ok(world.ui.asked[0].detail.includes(word), word);
    await world.steps.provisionEverything(world.run);
    assert.equal(world.ui.asked.length, 1);
  });

  it('stops at the first failure and keeps what was made', async () => {
    const world = new FleetWorld();
    world.policyFaults = () => [{ severity: 'error', message: 'bad', offset: 0 }];
    await assert.rejects(world.steps.provisionEverything(world.run), /bad/);
    assert.deepEqual(world.statuses(), { rolesStack: 'done', roleAlias: 'done', iotPolicy: 'failed', provisioningTemplate: 'notStarted', claimCertificate: 'notStarted' });
    assert.equal(world.iot.certificates.size, 0);
  });

  it('a step that may not be looked at is unknown with its reason, the others are not', async () => {
    const world = await provisioned();
    world.iot.describeProvisioningTemplate = async () => {
      throw new FleetError('iot:DescribeProvisioningTemplate is not allowed.', { category: 'permissions', code: 'AccessDenied' });
    };
    world.roles.denied = true;
    await world.steps.refresh(world.connection, world.files);
    assert.deepEqual(world.statuses(), { rolesStack: 'done', roleAlias: 'done', iotPolicy: 'done', provisioningTemplate: 'unknown', claimCertificate: 'done' });
    assert.match(world.steps.states.get('provisioningTemplate')?.detail ?? '', /is not allowed/);
  });

  it('looks once for many callers, and once more for those that come meanwhile', async () => {
    const world = await provisioned();
    await world.steps.refresh(world.connection, world.files);
    world.faults.clear();
    await Promise.all(Array.from({ length: 10 }, () => world.steps.refresh(world.connection, world.files)));
    assert.equal(world.faults.calls.filter((call) => call === 'stacks.describeStack').length, 2);
  });

  it('drops the answer about a connection that was left meanwhile', async () => {
    const world = await provisioned();
    const first = world.steps.refresh({ ...world.connection }, world.files);
    const second = world.steps.refresh(undefined, world.files);
    await Promise.all([first, second]);
    assert.deepEqual(new Set(Object.values(world.statuses())), new Set(['unknown']));
  });

  it('refuses a second run while one is under way, and shows the first as running', async () => {
    const world = new FleetWorld();
    const first = world.steps.run('rolesStack', world.run);
    assert.equal(world.steps.busy, true);
    await assert.rejects(world.steps.run('roleAlias', world.run), fleetError((error) => assert.equal(error.code, 'busy')));
    assert.equal(world.steps.states.get('rolesStack')?.status, 'running');
    await first;
    assert.equal(world.steps.busy, false);
  });

  it('asks before another config.yaml is replaced, and keeps its thing name', async () => {
    const world = await provisioned();
    world.ui.inputs = [{ title: /core device/, value: 'Core-7' }];
    await world.steps.createDeviceConfiguration(world.run);
    const text = world.files.texts.get('config.yaml')!;
    assert.match(text, /ThingName: "Core-7"/);
    world.files.texts.set('config.yaml', text.replace('eu-west-1"', 'us-east-1"'));
    world.ui.inputs = [];
    await world.steps.createDeviceConfiguration(world.run);
    assert.equal(world.ui.diffs.length, 1);
    assert.equal(world.files.texts.get('config.yaml'), text);
  });
});
