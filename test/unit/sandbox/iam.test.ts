import assert from 'node:assert/strict';
import * as iam from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

const trust = (principal: object, extra: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...extra }] });
const IOT = trust({ Service: 'iot.amazonaws.com' });
const ALLOW = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iot:*', Resource: '*' } });
const REGISTRATION = 'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration';

describe('sandbox: IAM and STS', () => {
  let started: StartedSandbox;
  let client: iam.IAMClient;
  let offset = 0;
  beforeEach(async () => {
    offset = 0;
    started = await startSandbox({ now: () => new Date(Date.now() + offset) });
    client = new iam.IAMClient(started.client);
  });
  afterEach(async () => {
    client.destroy();
    await started.close();
  });
  const role = (RoleName: string, AssumeRolePolicyDocument = IOT) => client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));

  it('creates a role once, in any case of its name, and answers the trust policy URL-encoded', async () => {
    const { Role } = await role('Device');
    assert.equal(Role?.Arn, `arn:aws:iam::${started.account}:role/Device`);
    assert.match(Role.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
    assert.equal(decodeURIComponent(Role.AssumeRolePolicyDocument ?? ''), IOT);
    assert.ok(!(Role.AssumeRolePolicyDocument ?? '').includes('{'));
    await assert.rejects(role('device'), { name: 'EntityAlreadyExistsException', message: 'Role with name device already exists.' });
    await assert.rejects(client.send(new iam.GetRoleCommand({ RoleName: 'none' })), { name: 'NoSuchEntityException', message: 'The role with name none cannot be found.' });
  });

  it('checks trust policies', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['{', /invalid Json/],
      [ALLOW, /Has prohibited field Resource/],
      [trust({ Service: 'not a service' }), /Invalid principal in policy: "SERVICE":"not a service"/],
      [trust({ AWS: 'arn:aws:s3:::x' }), /Invalid principal in policy: "AWS"/],
      [JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole' }] }), /Missing required field Principal/],
      [trust({ Service: 'iot.amazonaws.com' }, { Action: 'iot:Connect' }), /may only specify STS AssumeRole actions/],
      [JSON.stringify({ Version: '2012-10-18', Statement: [] }), /Syntax errors in policy/],
    ];
    for (const [document, message] of cases) await assert.rejects(role('bad', document), (error: Error) => error.name === 'MalformedPolicyDocumentException' && message.test(error.message), document);
  });

  it('deletes a role only without policies, and managed policies only without users and versions', async () => {
    await role('r');
    await client.send(new iam.AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: REGISTRATION }));
    await client.send(new iam.PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'inline', PolicyDocument: ALLOW }));
    const { Policy } = await client.send(new iam.CreatePolicyCommand({ PolicyName: 'mine', PolicyDocument: ALLOW }));
    const PolicyArn = Policy?.Arn;
    await client.send(new iam.AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    const { AttachedPolicies = [] } = await client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName: 'r' }));
    assert.deepEqual(AttachedPolicies.map((policy) => policy.PolicyName).sort(), ['AWSIoTThingsRegistration', 'mine']);
    const inline = await client.send(new iam.GetRolePolicyCommand({ RoleName: 'r', PolicyName: 'inline' }));
    assert.equal(decodeURIComponent(inline.PolicyDocument ?? ''), ALLOW);

    const deleteRole = () => client.send(new iam.DeleteRoleCommand({ RoleName: 'r' }));
    await assert.rejects(deleteRole(), { name: 'DeleteConflictException', message: 'Cannot delete entity, must detach all policies first.' });
    await assert.rejects(client.send(new iam.DeletePolicyCommand({ PolicyArn })), { message: 'Cannot delete a policy attached to entities.' });
    await client.send(new iam.DetachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    await client.send(new iam.DetachRolePolicyCommand({ RoleName: 'r', PolicyArn: REGISTRATION }));
    await assert.rejects(deleteRole(), { message: 'Cannot delete entity, must delete policies first.' });
    await client.send(new iam.DeleteRolePolicyCommand({ RoleName: 'r', PolicyName: 'inline' }));
    await deleteRole();

    for (let i = 2; i <= 5; i++) await client.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: ALLOW, SetAsDefault: i === 3 }));
    await assert.rejects(client.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: ALLOW })), { name: 'LimitExceededException' });
    await assert.rejects(client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' })), { name: 'DeleteConflictException' });
    for (const VersionId of ['v1', 'v2', 'v4', 'v5']) await client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await client.send(new iam.DeletePolicyCommand({ PolicyArn }));
    await assert.rejects(client.send(new iam.GetPolicyCommand({ PolicyArn })), { name: 'NoSuchEntityException' });
  });

  it('deletes no role that is in an instance profile, and tells who has a policy, also as boundary', async () => {
    await role('r');
    const profile = { InstanceProfileName: 'Gateway', RoleName: 'R' };
    await client.send(new iam.CreateInstanceProfileCommand(profile));
    await assert.rejects(client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: 'gateway' })), { name: 'EntityAlreadyExistsException' });
    await client.send(new iam.AddRoleToInstanceProfileCommand(profile));
    await assert.rejects(client.send(new iam.AddRoleToInstanceProfileCommand(profile)), { name: 'LimitExceededException' });
    const { InstanceProfiles } = await client.send(new iam.ListInstanceProfilesForRoleCommand({ RoleName: 'r' }));
    assert.deepEqual(InstanceProfiles?.map(({ InstanceProfileName, Arn, Roles }) => [InstanceProfileName, Arn, Roles?.map(({ RoleName }) => RoleName)]), [['Gateway', `arn:aws:iam::${started.account}:instance-profile/Gateway`, ['r']]]);
    const refusal = { name: 'DeleteConflictException', message: 'Cannot delete entity, must remove roles from instance profile first.' };
    await assert.rejects(client.send(new iam.DeleteRoleCommand({ RoleName: 'r' })), refusal);
    await assert.rejects(client.send(new iam.DeleteInstanceProfileCommand(profile)), refusal);
    await client.send(new iam.RemoveRoleFromInstanceProfileCommand(profile));
    await assert.rejects(client.send(new iam.RemoveRoleFromInstanceProfileCommand(profile)), { name: 'NoSuchEntityException' });
    await client.send(new iam.DeleteInstanceProfileCommand(profile));
    await assert.rejects(client.send(new iam.GetInstanceProfileCommand(profile)), { name: 'NoSuchEntityException' });

    const { Policy } = await client.send(new iam.CreatePolicyCommand({ PolicyName: 'mine', PolicyDocument: ALLOW }));
    const PolicyArn = Policy?.Arn;
    await client.send(new iam.AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    await client.send(new iam.CreateRoleCommand({ RoleName: 'bounded', AssumeRolePolicyDocument: IOT, PermissionsBoundary: PolicyArn }));
    const holders = async (filter: Partial<iam.ListEntitiesForPolicyCommandInput> = {}) => (await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn, ...filter }))).PolicyRoles?.map(({ RoleName }) => RoleName);
    assert.deepEqual([await holders(), await holders({ PolicyUsageFilter: 'PermissionsPolicy' }), await holders({ PolicyUsageFilter: 'PermissionsBoundary' })], [['bounded', 'r'], ['r'], ['bounded']]);
  });

  it('pages', async () => {
    for (let i = 0; i < 5; i++) await role(`r${i}`);
    const names: (string | undefined)[] = [];
    for await (const page of iam.paginateListRoles({ client, pageSize: 2 }, {})) names.push(...(page.Roles ?? []).map((item) => item.RoleName));
    assert.deepEqual(names, ['r0', 'r1', 'r2', 'r3', 'r4']);
    await assert.rejects(client.send(new iam.ListRolesCommand({ Marker: 'nonsense' })), { name: 'ValidationError' });
  });

  it('compares the conditions of a trust policy as IAM does: wildcards mind the case', async () => {
    const sts = new STSClient(started.client);
    const trusts = async (condition: object): Promise<boolean> => {
      await role('conditional', trust({ AWS: started.account }, { Condition: condition }));
      try {
        await sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${started.account}:role/conditional`, RoleSessionName: 'me', ExternalId: 'Ab1' }));
        return true;
      } catch (error) {
        assert.equal((error as Error).name, 'AccessDenied');
        return false;
      } finally {
        await client.send(new iam.DeleteRoleCommand({ RoleName: 'conditional' }));
      }
    };
    const outcomes: boolean[] = [];
    const conditions: readonly object[] = [
      { StringLike: { 'sts:ExternalId': 'A*' } },
      { StringLike: { 'sts:ExternalId': 'a*' } },
      { StringLike: { 'sts:ExternalId': ['x', 'A?1'] } },
      { StringNotLike: { 'sts:ExternalId': 'a*' } },
      { StringEqualsIgnoreCase: { 'sts:ExternalId': 'aB1' } },
      { StringEqualsIfExists: { 'sts:Other': 'x' } },
      { StringEquals: { 'sts:Other': 'x' } },
      { Null: { 'sts:Other': 'true' } },
      { Unheard: { 'sts:ExternalId': 'Ab1' } },
    ];
    for (const condition of conditions) outcomes.push(await trusts(condition));
    assert.deepEqual(outcomes, [true, false, true, true, true, true, false, true, false]);
    sts.destroy();
  });

  it('gives sessions for trusted roles, which work until they expire', async () => {
    await role('trusted', trust({ AWS: started.account }, { Condition: { StringEquals: { 'sts:ExternalId': 'x1' } } }));
    await role('service');
    const sts = new STSClient(started.client);
    const arn = (name: string): string => `arn:aws:iam::${started.account}:role/${name}`;
    const assume = (name: string, extra: object = {}) => sts.send(new AssumeRoleCommand({ RoleArn: arn(name), RoleSessionName: 'me', ...extra }));
    for (const attempt of [assume('service'), assume('absent'), assume('trusted'), assume('trusted', { ExternalId: 'x2' })]) {
      await assert.rejects(attempt, { name: 'AccessDenied', message: /^User: arn:aws:iam::\d+:user\/sandbox is not authorized to perform: sts:AssumeRole on resource: / });
    }
    await assert.rejects(assume('trusted', { ExternalId: 'x1', DurationSeconds: 7200 }), { name: 'ValidationError' });
    const { Credentials } = await assume('trusted', { ExternalId: 'x1', DurationSeconds: 900 });
    const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' };
    const session = (overrides: object = {}) => new STSClient({ ...started.client, credentials: { ...credentials, ...overrides }, systemClockOffset: offset }).send(new GetCallerIdentityCommand({}));
    assert.equal((await session()).Arn, `arn:aws:sts::${started.account}:assumed-role/trusted/me`);
    await assert.rejects(session({ sessionToken: 'other' }), { name: 'InvalidClientTokenId' });
    await assert.rejects(session({ sessionToken: undefined }), { name: 'InvalidClientTokenId' });
    offset = 901_000;
    await assert.rejects(session(), (error: Error) => error.name.startsWith('ExpiredToken') && error.message === 'The security token included in the request is expired');
    sts.destroy();
  });
});
