import assert from 'node:assert/strict';
import {
  AttachPolicyCommand,
  AttachPrincipalPolicyCommand,
  AddThingToThingGroupCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachPolicyCommand,
  DetachPrincipalPolicyCommand,
  GetEffectivePoliciesCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedPoliciesCommand,
  ListPoliciesCommand,
  ListPolicyPrincipalsCommand,
  ListPolicyVersionsCommand,
  ListPrincipalPoliciesCommand,
  ListTargetsForPolicyCommand,
  ResourceAlreadyExistsException,
  SetDefaultPolicyVersionCommand,
  paginateListTargetsForPolicy,
} from '@aws-sdk/client-iot';
import { ACCOUNT, refuses, startIot, type IotFixture } from './iotFixture';

const document = (statement: object = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const arn = (name: string): string => `arn:aws:iot:us-east-1:${ACCOUNT}:policy/${name}`;

describe('sandbox IoT: policies', () => {
  let fixture: IotFixture;
  before(async () => (fixture = await startIot()));
  after(() => fixture.close());

  const create = (policyName: string, policyDocument = document()) => fixture.iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
  const addVersion = (policyName: string, setAsDefault: boolean, policyDocument = document()) =>
    fixture.iot.send(new CreatePolicyVersionCommand({ policyName, policyDocument, setAsDefault }));
  const get = (policyName: string) => fixture.iot.send(new GetPolicyCommand({ policyName }));
  const versions = async (policyName: string) =>
    ((await fixture.iot.send(new ListPolicyVersionsCommand({ policyName }))).policyVersions ?? []).map((v) => `${v.versionId ?? ''}${v.isDefaultVersion === true ? '*' : ''}`);

  describe('documents', () => {
    const malformed = (text: string, message: string) => refuses(create('Bad', text), 'MalformedPolicyException', 400, message);

    it('keeps the text as it was given', async () => {
      const text = `  {\n "Version":"2012-10-17", "Statement": {"Effect":"Deny","NotAction":["iot:X"],"NotResource":"*"}}\n`;
      assert.equal((await create('Verbatim', text)).policyDocument, text);
      assert.equal((await get('Verbatim')).policyDocument, text);
    });

    it('takes any action name, ARNs with variables and wildcards, and a role ARN', async () => {
      await create('iot-6', document({ Effect: 'Allow', Action: ['iot:6', 'greengrass:*'], Resource: ['arn:aws:iot:*:*:topic/topic6', 'arn:aws:iot:us-east-1:1:client/${iot:Connection.Thing.ThingName}*'] }));
      await create('role-arn', document({ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: 'arn:aws:iam::470123856219:role/service-role/R' }));
    });

    it('refuses what is no JSON object, such as a file name', async () => {
      await malformed('./policy.json', 'Policy document is Malformed');
      await malformed('{"Version":"2012-10-17",}', 'Policy document is Malformed');
      await malformed('[]', 'Policy document is Malformed');
      await malformed('"text"', 'Policy document is Malformed');
    });

    it('refuses bad grammar', async () => {
      for (const text of [
        '{}',
        '{"Version":"2012-10-17","Statement":[]}',
        '{"Version":"2020-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
        document({ Effect: 'allow', Action: '*', Resource: '*' }),
        document({ Effect: 'Allow', Resource: '*' }),
        document({ Effect: 'Allow', Action: '*' }),
        document({ Effect: 'Allow', Action: [], Resource: '*' }),
        document({ Effect: 'Allow', Action: 5, Resource: '*' }),
        document({ Effect: 'Allow', Action: '*', NotAction: 'iot:X', Resource: '*' }),
        document({ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }),
      ]) {
        await malformed(text, 'Policy document is Malformed: Invalid policy syntax');
      }
    });

    it('names the resources that are no ARN, such as a placeholder', async () => {
      await malformed(document({ Effect: 'Allow', Action: '*', Resource: ['*', '[ARN OF IoT Role Alias]', '\\'] }), 'The following resources are invalid : [ARN OF IoT Role Alias], \\');
      await refuses(get('Bad'), 'ResourceNotFoundException', 404);
    });

    it('counts 2,048 characters without white space', async () => {
      const sized = (length: number): string => {
        const base = document({ Sid: '', Effect: 'Allow', Action: '*', Resource: '*' });
        return base.replace('"Sid":""', `"Sid":"${'x'.repeat(length - base.length)}"`);
      };
      await create('Fits', `${sized(2048)}${' \n'.repeat(3000)}`);
      await refuses(create('TooLong', sized(2049)), 'MalformedPolicyException', 400);
    });
  });

  it('refuses a name that exists, naming it', async () => {
    await create('Same');
    const error = await refuses(create('Same'), 'ResourceAlreadyExistsException', 409, 'Policy cannot be created - name already exists (name=Same)');
    assert.ok(error instanceof ResourceAlreadyExistsException);
    assert.deepEqual([error.resourceId, error.resourceArn], ['Same', arn('Same')]);
  });

  it('keeps five versions, orders them by number, and never gives a number twice', async () => {
    assert.equal((await create('Versions')).policyVersionId, '1');
    const old = await get('Versions');
    assert.deepEqual([(await addVersion('Versions', true, document({ Effect: 'Deny', Action: '*', Resource: '*' }))).policyVersionId, (await addVersion('Versions', false)).isDefaultVersion], ['2', false]);
    const current = await get('Versions');
    assert.equal(current.defaultVersionId, '2');
    assert.match(current.policyDocument ?? '', /Deny/);
    assert.notEqual(current.generationId, old.generationId);
    await addVersion('Versions', false);
    await addVersion('Versions', false);
    await refuses(addVersion('Versions', true), 'VersionsLimitExceededException', 409, 'The policy Versions already has the maximum number of versions (5)');
    for (let id = 3; id <= 8; id++) {
      await fixture.iot.send(new DeletePolicyVersionCommand({ policyName: 'Versions', policyVersionId: String(id) }));
      await addVersion('Versions', false);
    }
    assert.deepEqual(await versions('Versions'), ['11', '10', '9', '2*', '1']);

    await refuses(fixture.iot.send(new DeletePolicyVersionCommand({ policyName: 'Versions', policyVersionId: '2' })), 'DeleteConflictException', 409, 'default version');
    await fixture.iot.send(new SetDefaultPolicyVersionCommand({ policyName: 'Versions', policyVersionId: '10' }));
    await fixture.iot.send(new DeletePolicyVersionCommand({ policyName: 'Versions', policyVersionId: '2' }));
    const version = await fixture.iot.send(new GetPolicyVersionCommand({ policyName: 'Versions', policyVersionId: '10' }));
    assert.equal(version.isDefaultVersion, true);
    await refuses(fixture.iot.send(new GetPolicyVersionCommand({ policyName: 'Versions', policyVersionId: '2' })), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new SetDefaultPolicyVersionCommand({ policyName: 'Versions', policyVersionId: '2' })), 'ResourceNotFoundException', 404);
    await refuses(addVersion('Absent', true), 'ResourceNotFoundException', 404);
    await refuses(addVersion('Versions', true, '{'), 'MalformedPolicyException', 400);
    await refuses(fixture.iot.send(new DeletePolicyCommand({ policyName: 'Versions' })), 'DeleteConflictException', 409, 'policy versions');
  });

  it('deletes a policy with one version, and frees the name', async () => {
    await create('Freed');
    await addVersion('Freed', true);
    await fixture.iot.send(new DeletePolicyVersionCommand({ policyName: 'Freed', policyVersionId: '1' }));
    await fixture.iot.send(new DeletePolicyCommand({ policyName: 'Freed' }));
    await refuses(get('Freed'), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new DeletePolicyCommand({ policyName: 'Freed' })), 'ResourceNotFoundException', 404);
    await create('Freed');
    assert.deepEqual(await versions('Freed'), ['1*']);
  });

  it('lists in the order of creation', async () => {
    for (const name of ['order-c', 'order-a', 'order-b']) await create(name);
    const ascending = (await fixture.iot.send(new ListPoliciesCommand({ ascendingOrder: true, pageSize: 250 }))).policies?.map((policy) => policy.policyName) ?? [];
    assert.deepEqual(ascending.slice(-3), ['order-c', 'order-a', 'order-b']);
    const first = await fixture.iot.send(new ListPoliciesCommand({ pageSize: 2 }));
    assert.deepEqual(first.policies, [{ policyName: 'order-b', policyArn: arn('order-b') }, { policyName: 'order-a', policyArn: arn('order-a') }]);
    const second = await fixture.iot.send(new ListPoliciesCommand({ pageSize: 1, marker: first.nextMarker }));
    assert.deepEqual(second.policies?.map((policy) => policy.policyName), ['order-c']);
    await refuses(fixture.iot.send(new ListPoliciesCommand({ marker: 'not a marker' })), 'InvalidRequestException', 400);
  });

  describe('attachments', () => {
    let certificate: string;
    let group: string;
    before(async () => {
      certificate = (await fixture.iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))).certificateArn ?? '';
      await fixture.iot.send(new CreateThingGroupCommand({ thingGroupName: 'Parent' }));
      group = (await fixture.iot.send(new CreateThingGroupCommand({ thingGroupName: 'Child', parentGroupName: 'Parent' }))).thingGroupArn ?? '';
    });
    const attach = (policyName: string, target: string) => fixture.iot.send(new AttachPolicyCommand({ policyName, target }));
    const detach = (policyName: string, target: string) => fixture.iot.send(new DetachPolicyCommand({ policyName, target }));
    const attached = async (target: string, recursive?: boolean) =>
      ((await fixture.iot.send(new ListAttachedPoliciesCommand({ target, recursive }))).policies ?? []).map((policy) => policy.policyName);
    const targets = async (policyName: string) => (await fixture.iot.send(new ListTargetsForPolicyCommand({ policyName }))).targets;

    it('attaches and detaches idempotently, seen from both sides', async () => {
      await create('Both');
      await attach('Both', certificate);
      await attach('Both', certificate);
      await attach('Both', group);
      assert.deepEqual(await attached(certificate), ['Both']);
      assert.deepEqual(await targets('Both'), [certificate, group]);
      await refuses(fixture.iot.send(new DeletePolicyCommand({ policyName: 'Both' })), 'DeleteConflictException', 409, 'The policy cannot be deleted as the policy is attached to one or more principals (name=Both)');
      await detach('Both', certificate);
      await detach('Both', certificate);
      assert.deepEqual(await attached(certificate), []);
      assert.deepEqual(await targets('Both'), [group]);
      await detach('Both', group);
      await fixture.iot.send(new DeletePolicyCommand({ policyName: 'Both' }));
    });

    it('says what is not there', async () => {
      await create('Lonely');
      const unknown = `arn:aws:iot:us-east-1:${ACCOUNT}:cert/${'0'.repeat(64)}`;
      await refuses(attach('Absent', certificate), 'ResourceNotFoundException', 404, 'Policy not found');
      await refuses(attach('Lonely', unknown), 'ResourceNotFoundException', 404);
      await refuses(attach('Lonely', certificate.replace('us-east-1', 'eu-west-1')), 'ResourceNotFoundException', 404);
      await refuses(attach('Lonely', group.replace('Child', 'Nobody')), 'ResourceNotFoundException', 404);
      await refuses(attach('Lonely', 'nonsense'), 'InvalidRequestException', 400);
      await refuses(attach('Lonely', `arn:aws:iot:us-east-1:${ACCOUNT}:thing/x`), 'InvalidRequestException', 400);
      await refuses(detach('Absent', certificate), 'ResourceNotFoundException', 404);
      await refuses(fixture.iot.send(new ListAttachedPoliciesCommand({ target: unknown })), 'ResourceNotFoundException', 404);
      await refuses(targets('Absent'), 'ResourceNotFoundException', 404);
    });

    it('holds ten policies on one certificate', async () => {
      const { certificateArn = '' } = await fixture.iot.send(new CreateKeysAndCertificateCommand({}));
      for (let i = 0; i < 11; i++) await create(`Ten${i}`);
      for (let i = 0; i < 10; i++) await attach(`Ten${9 - i}`, certificateArn);
      await refuses(attach('Ten10', certificateArn), 'LimitExceededException', 410);
      await attach('Ten0', certificateArn);
      assert.deepEqual(await attached(certificateArn), Array.from({ length: 10 }, (_, i) => `Ten${9 - i}`), 'in the order of attachment');
      const page = await fixture.iot.send(new ListAttachedPoliciesCommand({ target: certificateArn, pageSize: 7 }));
      const rest = await fixture.iot.send(new ListAttachedPoliciesCommand({ target: certificateArn, pageSize: 7, marker: page.nextMarker }));
      assert.deepEqual([page.policies?.length, rest.policies?.length, rest.nextMarker], [7, 3, undefined]);
    });

    it('pages through the targets of a policy', async () => {
      await create('Many');
      const wanted: string[] = [];
      for (let i = 0; i < 7; i++) {
        const { thingGroupArn = '' } = await fixture.iot.send(new CreateThingGroupCommand({ thingGroupName: `Many${i}` }));
        wanted.push(thingGroupArn);
        await attach('Many', thingGroupArn);
      }
      const found: string[] = [];
      for await (const page of paginateListTargetsForPolicy({ client: fixture.iot, pageSize: 3 }, { policyName: 'Many' })) {
        assert.ok((page.targets?.length ?? 0) <= 3);
        found.push(...(page.targets ?? []));
      }
      assert.deepEqual(found, wanted);
    });

    it('still answers the deprecated operations', async () => {
      /* eslint-disable @typescript-eslint/no-deprecated -- AWS still serves them, and old scripts call them */
      await create('Older');
      await create('Newer');
      const { certificateArn = '' } = await fixture.iot.send(new CreateKeysAndCertificateCommand({}));
      await fixture.iot.send(new AttachPrincipalPolicyCommand({ policyName: 'Older', principal: certificateArn }));
      await fixture.iot.send(new AttachPrincipalPolicyCommand({ policyName: 'Newer', principal: certificateArn }));
      const policies = async (ascendingOrder: boolean) =>
        (await fixture.iot.send(new ListPrincipalPoliciesCommand({ principal: certificateArn, ascendingOrder }))).policies?.map((policy) => policy.policyName);
      assert.deepEqual(await policies(true), ['Older', 'Newer']);
      assert.deepEqual(await policies(false), ['Newer', 'Older']);
      assert.deepEqual((await fixture.iot.send(new ListPolicyPrincipalsCommand({ policyName: 'Older' }))).principals, [certificateArn]);
      assert.deepEqual((await fixture.iot.send(new ListPolicyPrincipalsCommand({ policyName: 'Absent' }))).principals, []);
      await fixture.iot.send(new DetachPrincipalPolicyCommand({ policyName: 'Older', principal: certificateArn }));
      /* eslint-enable @typescript-eslint/no-deprecated */
      assert.deepEqual(await attached(certificateArn), ['Newer']);
    });

    it('finds the policies of parent groups, and those that a device has in effect', async () => {
      for (const name of ['OnParent', 'OnChild', 'OnCertificate']) await create(name, document({ Sid: name, Effect: 'Allow', Action: '*', Resource: '*' }));
      await attach('OnParent', group.replace('Child', 'Parent'));
      await attach('OnChild', group);
      await attach('OnCertificate', certificate);
      assert.deepEqual(await attached(group), ['OnChild']);
      assert.deepEqual(await attached(group, true), ['OnChild', 'OnParent']);
      await fixture.iot.send(new CreateThingCommand({ thingName: 'Effective' }));
      await fixture.iot.send(new AddThingToThingGroupCommand({ thingName: 'Effective', thingGroupName: 'Child' }));
      const { effectivePolicies = [] } = await fixture.iot.send(new GetEffectivePoliciesCommand({ principal: certificate, thingName: 'Effective' }));
      assert.deepEqual(effectivePolicies.map((policy) => policy.policyName), ['OnCertificate', 'OnChild', 'OnParent']);
      assert.match(effectivePolicies[1]?.policyDocument ?? '', /OnChild/);
      await refuses(fixture.iot.send(new GetEffectivePoliciesCommand({ thingName: 'Nobody' })), 'ResourceNotFoundException', 404);
    });
  });
});
