import assert from 'node:assert/strict';
import {
  AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateThingCommand, CreateThingGroupCommand,
  TestAuthorizationCommand, UpdateCertificateCommand, type ActionType, type AuthResult,
} from '@aws-sdk/client-iot';
import { deviceAuthority, type DeviceAuthority } from '../../../src/sandbox/services/iot/devicePolicies';
import { ACCOUNT, refuses, startIot, type IotFixture } from './iotFixture';

const arn = (resource: string): string => `arn:aws:iot:us-east-1:${ACCOUNT}:${resource}`;
const document = (...statements: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) });
const thingName = '${iot:Connection.Thing.ThingName}';

describe('sandbox IoT: what a device may do', () => {
  let fixture: IotFixture;
  let certificateArn: string;
  let certificateId: string;

  before(async () => {
    fixture = await startIot();
    const { iot } = fixture;
    const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    certificateArn = made.certificateArn ?? '';
    certificateId = made.certificateId ?? '';
    const policies = {
      Own: document({ Action: 'iot:Connect', Resource: arn(`client/${thingName}`) }, { Action: 'iot:Publish', Resource: arn('topic/own/*') }),
      Group: document({ Action: 'iot:Receive', Resource: '*' }),
      Parent: document({ Action: 'iot:Subscribe', Resource: arn('topicfilter/parent/#') }),
      No: document({ Effect: 'Deny', Action: 'iot:Publish', Resource: arn('topic/own/secret') }),
    };
    for (const [policyName, policyDocument] of Object.entries(policies)) await iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
    await iot.send(new CreateThingCommand({ thingName: 'pump-1', attributePayload: { attributes: { room: 'west' } } }));
    await iot.send(new AttachThingPrincipalCommand({ thingName: 'pump-1', principal: certificateArn }));
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'parent' }));
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'group', parentGroupName: 'parent' }));
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'group', thingName: 'pump-1' }));
    await iot.send(new AttachPolicyCommand({ policyName: 'Own', target: certificateArn }));
    await iot.send(new AttachPolicyCommand({ policyName: 'Group', target: arn('thinggroup/group') }));
    await iot.send(new AttachPolicyCommand({ policyName: 'Parent', target: arn('thinggroup/parent') }));
  });
  after(() => fixture.close());

  interface More {
    readonly clientId?: string;
    readonly policyNamesToAdd?: string[];
    readonly policyNamesToSkip?: string[];
  }
  const ask = async (actionType: ActionType, resource: string, more: More = { clientId: 'pump-1' }, principal = certificateArn): Promise<AuthResult> => {
    const { authResults } = await fixture.iot.send(new TestAuthorizationCommand({ principal, authInfos: [{ actionType, resources: [arn(resource)] }], ...more }));
    assert.equal(authResults?.length, 1);
    return authResults[0] ?? {};
  };

  it('answers in the shape of the API', async () => {
    assert.deepEqual(await ask('CONNECT', 'client/pump-1'), {
      authInfo: { actionType: 'CONNECT', resources: [arn('client/pump-1')] },
      allowed: { policies: [{ policyName: 'Own', policyArn: arn('policy/Own') }] },
      denied: { implicitDeny: { policies: [] }, explicitDeny: { policies: [] } },
      authDecision: 'ALLOWED',
      missingContextValues: [],
    });
    const denied = await ask('PUBLISH', 'topic/own/secret', { clientId: 'pump-1', policyNamesToAdd: ['No'] });
    assert.equal(denied.authDecision, 'EXPLICIT_DENY');
    assert.deepEqual(denied.denied?.explicitDeny?.policies?.map((policy) => policy.policyName), ['No']);
    const nothing = await ask('PUBLISH', 'topic/other');
    assert.equal(nothing.authDecision, 'IMPLICIT_DENY');
    assert.deepEqual(nothing.denied?.implicitDeny?.policies?.map((policy) => policy.policyName), ['Own', 'Group', 'Parent']);
  });

  it('names the variables that have no value when the client id is not the thing', async () => {
    const result = await ask('CONNECT', 'client/pump-1#2', { clientId: 'pump-1#2' });
    assert.equal(result.authDecision, 'IMPLICIT_DENY');
    assert.deepEqual(result.missingContextValues, ['iot:Connection.Thing.ThingName']);
  });

  it('counts policies of the groups and their parents when the client id is the thing, and only then', async () => {
    assert.equal((await ask('RECEIVE', 'topic/x')).authDecision, 'ALLOWED');
    assert.equal((await ask('SUBSCRIBE', 'topicfilter/parent/#')).authDecision, 'ALLOWED');
    assert.equal((await ask('RECEIVE', 'topic/x', { clientId: 'other' })).authDecision, 'IMPLICIT_DENY');
    assert.equal((await ask('RECEIVE', 'topic/x', {}, arn('thinggroup/group'))).authDecision, 'ALLOWED');
  });

  it('adds and leaves out policies by name', async () => {
    assert.equal((await ask('PUBLISH', 'topic/own/x', { policyNamesToSkip: ['Own'] })).authDecision, 'IMPLICIT_DENY');
    await refuses(ask('PUBLISH', 'topic/own/x', { policyNamesToAdd: ['Gone'] }), 'ResourceNotFoundException', 404, 'Gone');
  });

  it('refuses what the API refuses', async () => {
    await refuses(ask('PUBLISH', 'topicfilter/x'), 'InvalidRequestException', 400);
    await refuses(ask('PUBLISH', 'topic/x', {}, arn(`cert/${'0'.repeat(64)}`)), 'ResourceNotFoundException', 404);
    const many = Array.from({ length: 11 }, () => ({ actionType: 'PUBLISH' as const, resources: [arn('topic/x')] }));
    await refuses(fixture.iot.send(new TestAuthorizationCommand({ principal: certificateArn, authInfos: many })), 'InvalidRequestException', 400);
    await refuses(fixture.iot.send(new TestAuthorizationCommand({ authInfos: many.slice(0, 1) })), 'InvalidRequestException', 400);
  });

  const authority = (clientId?: string): Promise<DeviceAuthority> => fixture.inside((call) => deviceAuthority(call, certificateId, clientId));

  it('knows the facts of the caller: thing, attributes, status, subject', async () => {
    const { caller, policies, certificatePolicies, status } = await authority('pump-1');
    assert.deepEqual(caller.thing, { name: 'pump-1', attributes: { room: 'west' }, attached: true, exclusive: false });
    assert.deepEqual([policies.map((policy) => policy.name), certificatePolicies.map((policy) => policy.name)], [['Own', 'Group', 'Parent'], ['Own']]);
    assert.equal(status, 'ACTIVE');
    assert.deepEqual(caller.values?.['iot:Certificate.Subject.CommonName'], ['AWS IoT Certificate']);
  });

  it('names no thing when several could be meant, and counts a group for an exclusive thing whatever the client id', async () => {
    const { iot } = fixture;
    await iot.send(new CreateThingCommand({ thingName: 'pump-2' }));
    await iot.send(new AttachThingPrincipalCommand({ thingName: 'pump-2', principal: certificateArn }));
    assert.equal((await authority()).caller.thing, undefined);
    assert.equal((await authority('pump-2')).caller.thing?.name, 'pump-2');
    const alone = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await iot.send(new AttachThingPrincipalCommand({ thingName: 'pump-1', principal: alone.certificateArn, thingPrincipalType: 'EXCLUSIVE_THING' }));
    assert.equal((await ask('RECEIVE', 'topic/x', { clientId: 'other' }, alone.certificateArn)).authDecision, 'ALLOWED');
    await iot.send(new UpdateCertificateCommand({ certificateId: alone.certificateId, newStatus: 'INACTIVE' }));
    const found = await fixture.inside((call) => deviceAuthority(call, alone.certificateId ?? ''));
    assert.deepEqual([found.status, found.caller.thing?.exclusive], ['INACTIVE', true]);
  });
});
