import assert from 'node:assert/strict';
import {
  CreateRoleAliasCommand,
  DeleteRoleAliasCommand,
  DescribeRoleAliasCommand,
  ListRoleAliasesCommand,
  ListTagsForResourceCommand,
  ResourceAlreadyExistsException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateRoleAliasCommand,
} from '@aws-sdk/client-iot';
import { ACCOUNT, refuses, roleArn, startIot, type IotFixture } from './iotFixture';

describe('sandbox IoT: role aliases and tags', () => {
  let fixture: IotFixture;
  before(async () => (fixture = await startIot()));
  after(() => fixture.close());

  const create = (roleAlias: string, role = roleArn('TokenExchange'), credentialDurationSeconds?: number): Promise<{ roleAliasArn?: string | undefined }> =>
    fixture.iot.send(new CreateRoleAliasCommand({ roleAlias, roleArn: role, credentialDurationSeconds }));
  const describeAlias = async (roleAlias: string) => (await fixture.iot.send(new DescribeRoleAliasCommand({ roleAlias }))).roleAliasDescription;

  it('creates with the default duration and describes', async () => {
    assert.equal((await create('GGV2WSTokenExchangeRoleAlias')).roleAliasArn, `arn:aws:iot:us-east-1:${ACCOUNT}:rolealias/GGV2WSTokenExchangeRoleAlias`);
    assert.deepEqual(await describeAlias('GGV2WSTokenExchangeRoleAlias'), {
      roleAlias: 'GGV2WSTokenExchangeRoleAlias',
      roleAliasArn: `arn:aws:iot:us-east-1:${ACCOUNT}:rolealias/GGV2WSTokenExchangeRoleAlias`,
      roleArn: roleArn('TokenExchange'),
      owner: ACCOUNT,
      credentialDurationSeconds: 3600,
      creationDate: fixture.now,
      lastModifiedDate: fixture.now,
    });
  });

  it('tells apart names by case, and refuses a name that exists', async () => {
    await create('Twice');
    await create('twice');
    const error = await refuses(create('Twice'), 'ResourceAlreadyExistsException', 409, 'RoleAlias cannot be created - already exists (name=Twice)');
    assert.ok(error instanceof ResourceAlreadyExistsException);
    assert.equal(error.resourceId, 'Twice');
    assert.equal(error.resourceArn, `arn:aws:iot:us-east-1:${ACCOUNT}:rolealias/Twice`);
  });

  it('refuses a role that is absent, of another account, of another partition, not trusted, or no role', async () => {
    await refuses(create('A', roleArn('Missing')), 'InvalidRequestException', 400, 'does not exist');
    await refuses(create('A', roleArn('TokenExchange', '111122223333')), 'InvalidRequestException', 400, 'Cross-account');
    await refuses(create('A', roleArn('TokenExchange').replace('arn:aws:', 'arn:aws-cn:')), 'InvalidRequestException', 400, 'Invalid roleArn');
    await refuses(create('A', roleArn('ForLambda')), 'InvalidRequestException', 400, 'cannot be assumed by credentials.iot.amazonaws.com');
    await refuses(create('A', roleArn('Provisioning')), 'InvalidRequestException', 400, 'cannot be assumed');
    await refuses(create('A', `arn:aws:iot:us-east-1:${ACCOUNT}:rolealias/Twice`), 'InvalidRequestException', 400, 'Invalid roleArn');
    // The right name below the wrong path is another ARN.
    await refuses(create('A', roleArn('wrong/TokenExchangeLong')), 'InvalidRequestException', 400, 'does not exist');
    await refuses(fixture.iot.send(new DescribeRoleAliasCommand({ roleAlias: 'A' })), 'ResourceNotFoundException', 404);
  });

  it('holds the duration against the role', async () => {
    await refuses(create('Long', roleArn('TokenExchange'), 7200), 'InvalidRequestException', 400, 'MaxSessionDuration');
    await create('Long', roleArn('iot/TokenExchangeLong'), 7200);
    await refuses(fixture.iot.send(new UpdateRoleAliasCommand({ roleAlias: 'Long', roleArn: roleArn('TokenExchange') })), 'InvalidRequestException', 400, 'MaxSessionDuration');
    await refuses(create('Short', roleArn('TokenExchange'), 899), 'InvalidRequestException', 400);
  });

  it('updates one member and keeps the other', async () => {
    await create('Moved');
    const created = fixture.now;
    fixture.advance(1000);
    await fixture.iot.send(new UpdateRoleAliasCommand({ roleAlias: 'Moved', roleArn: roleArn('iot/TokenExchangeLong') }));
    await fixture.iot.send(new UpdateRoleAliasCommand({ roleAlias: 'Moved', credentialDurationSeconds: 7200 }));
    const alias = await describeAlias('Moved');
    assert.equal(alias?.roleArn, roleArn('iot/TokenExchangeLong'));
    assert.equal(alias.credentialDurationSeconds, 7200);
    assert.deepEqual(alias.creationDate, created);
    assert.deepEqual(alias.lastModifiedDate, fixture.now);
    await refuses(fixture.iot.send(new UpdateRoleAliasCommand({ roleAlias: 'None' })), 'ResourceNotFoundException', 404, 'RoleAlias not found (name= None)');
  });

  it('pages by marker, both ways, and refuses a marker of another list', async () => {
    for (let i = 0; i < 5; i++) await create(`Page${i}`);
    const all = async (ascendingOrder: boolean): Promise<string[]> => {
      const names: string[] = [];
      let marker: string | undefined;
      do {
        const page = await fixture.iot.send(new ListRoleAliasesCommand({ ascendingOrder, pageSize: 2, marker }));
        assert.ok((page.roleAliases?.length ?? 0) <= 2);
        names.push(...(page.roleAliases ?? []));
        marker = page.nextMarker;
      } while (marker !== undefined);
      return names;
    };
    const up = await all(true);
    assert.deepEqual(up.filter((name) => name.startsWith('Page')), ['Page0', 'Page1', 'Page2', 'Page3', 'Page4']);
    assert.deepEqual(await all(false), [...up].reverse());
    const { nextMarker } = await fixture.iot.send(new ListRoleAliasesCommand({ ascendingOrder: true, pageSize: 1 }));
    await refuses(fixture.iot.send(new ListRoleAliasesCommand({ ascendingOrder: false, marker: nextMarker })), 'InvalidRequestException', 400);
    await refuses(fixture.iot.send(new ListRoleAliasesCommand({ marker: 'AAAA' })), 'InvalidRequestException', 400);
  });

  it('deletes, with the tags', async () => {
    const resourceArn = `arn:aws:iot:us-east-1:${ACCOUNT}:rolealias/Gone`;
    await fixture.iot.send(new CreateRoleAliasCommand({ roleAlias: 'Gone', roleArn: roleArn('TokenExchange'), tags: [{ Key: 'a', Value: '1' }] }));
    await fixture.iot.send(new DeleteRoleAliasCommand({ roleAlias: 'Gone' }));
    await refuses(fixture.iot.send(new DeleteRoleAliasCommand({ roleAlias: 'Gone' })), 'ResourceNotFoundException', 404);
    await create('Gone');
    assert.deepEqual((await fixture.iot.send(new ListTagsForResourceCommand({ resourceArn }))).tags, []);
  });

  it('adds, replaces and removes tags, and knows what can be tagged', async () => {
    await fixture.iot.send(new CreateRoleAliasCommand({ roleAlias: 'Tagged', roleArn: roleArn('TokenExchange'), tags: [{ Key: 'a', Value: '1' }] }));
    const resourceArn = `arn:aws:iot:us-east-1:${ACCOUNT}:rolealias/Tagged`;
    await fixture.iot.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'a', Value: '2' }, { Key: 'b c', Value: '' }] }));
    await fixture.iot.send(new UntagResourceCommand({ resourceArn, tagKeys: ['absent'] }));
    const list = async () => (await fixture.iot.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    assert.deepEqual(await list(), [{ Key: 'a', Value: '2' }, { Key: 'b c', Value: '' }]);
    await fixture.iot.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    assert.deepEqual(await list(), [{ Key: 'b c', Value: '' }]);

    const tag = (arn: string, tags = [{ Key: 'k', Value: 'v' }]): Promise<unknown> => fixture.iot.send(new TagResourceCommand({ resourceArn: arn, tags }));
    await refuses(tag(resourceArn.replace('Tagged', 'Absent')), 'ResourceNotFoundException', 404);
    await refuses(tag(resourceArn.replace('us-east-1', 'eu-west-1')), 'ResourceNotFoundException', 404);
    await refuses(tag(`arn:aws:iot:us-east-1:${ACCOUNT}:cert/${'0'.repeat(64)}`), 'InvalidRequestException', 400);
    await refuses(tag(resourceArn, [{ Key: 'aws:mine', Value: 'v' }]), 'InvalidRequestException', 400, 'reserved');
    await refuses(tag(resourceArn, Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }))), 'LimitExceededException', 410);
  });

  it('keeps the regions apart', async () => {
    const { IoTClient } = await import('@aws-sdk/client-iot');
    const beijing = new IoTClient({ ...fixture.started.client, region: 'cn-north-1' });
    try {
      await create('Regional');
      await refuses(beijing.send(new DescribeRoleAliasCommand({ roleAlias: 'Regional' })), 'ResourceNotFoundException', 404);
      const made = await beijing.send(new CreateRoleAliasCommand({ roleAlias: 'Regional', roleArn: roleArn('TokenExchange').replace('arn:aws:', 'arn:aws-cn:') }));
      assert.equal(made.roleAliasArn, `arn:aws-cn:iot:cn-north-1:${ACCOUNT}:rolealias/Regional`);
    } finally {
      beijing.destroy();
    }
  });
});
