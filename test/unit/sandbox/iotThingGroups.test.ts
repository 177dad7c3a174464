import assert from 'node:assert/strict';
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeletePolicyCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeThingGroupCommand,
  ListThingGroupsCommand,
  ListThingGroupsForThingCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
  ResourceAlreadyExistsException,
  UpdateThingGroupCommand,
  UpdateThingGroupsForThingCommand,
  paginateListThingGroups,
  type AddThingToThingGroupRequest,
  type ListThingGroupsRequest,
} from '@aws-sdk/client-iot';
import { ACCOUNT, refuses, startIot, type IotFixture } from './iotFixture';

const arn = (name: string): string => `arn:aws:iot:us-east-1:${ACCOUNT}:thinggroup/${name}`;

describe('sandbox IoT: thing groups', () => {
  let fixture: IotFixture;
  beforeEach(async () => (fixture = await startIot()));
  afterEach(() => fixture.close());

  const create = (thingGroupName: string, parentGroupName?: string, thingGroupDescription?: string) =>
    fixture.iot.send(
      new CreateThingGroupCommand({ thingGroupName, parentGroupName, ...(thingGroupDescription === undefined ? {} : { thingGroupProperties: { thingGroupDescription } }) }),
    );
  const describeGroup = (thingGroupName: string) => fixture.iot.send(new DescribeThingGroupCommand({ thingGroupName }));
  const remove = (thingGroupName: string, expectedVersion?: number) => fixture.iot.send(new DeleteThingGroupCommand({ thingGroupName, expectedVersion }));
  const things = async (thingGroupName: string, recursive?: boolean) => (await fixture.iot.send(new ListThingsInThingGroupCommand({ thingGroupName, recursive }))).things;
  const add = (more: AddThingToThingGroupRequest) => fixture.iot.send(new AddThingToThingGroupCommand(more));
  const names = async (filter: ListThingGroupsRequest = {}): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of paginateListThingGroups({ client: fixture.iot, pageSize: 2 }, filter)) found.push(...(page.thingGroups ?? []).map((group) => group.groupName ?? ''));
    return found;
  };

  it('creates; the same again is no error, another is', async () => {
    const made = await create('GGv2WSGreengrassCoreGroup', undefined, 'cores');
    assert.equal(made.thingGroupArn, arn('GGv2WSGreengrassCoreGroup'));
    assert.equal((await create('GGv2WSGreengrassCoreGroup', undefined, 'cores')).thingGroupId, made.thingGroupId);
    const error = await refuses(create('GGv2WSGreengrassCoreGroup'), 'ResourceAlreadyExistsException', 409, 'Thing Group GGv2WSGreengrassCoreGroup already exists in current account with different properties');
    assert.ok(error instanceof ResourceAlreadyExistsException);
    assert.deepEqual([error.resourceId, error.resourceArn], [made.thingGroupId, made.thingGroupArn]);
    await refuses(create('Orphan', 'Nobody'), 'ResourceNotFoundException', 404);
  });

  it('describes the way from the root, and updates', async () => {
    await create('A');
    await create('B', 'A');
    await create('C', 'B', 'third');
    const group = await describeGroup('C');
    assert.equal(group.version, 1);
    assert.deepEqual(group.thingGroupProperties, { thingGroupDescription: 'third' });
    assert.equal(group.thingGroupMetadata?.parentGroupName, 'B');
    assert.deepEqual(group.thingGroupMetadata.rootToParentThingGroups, [{ groupName: 'A', groupArn: arn('A') }, { groupName: 'B', groupArn: arn('B') }]);
    assert.deepEqual(group.thingGroupMetadata.creationDate, fixture.now);
    const update = (expectedVersion?: number) =>
      fixture.iot.send(new UpdateThingGroupCommand({ thingGroupName: 'C', expectedVersion, thingGroupProperties: { attributePayload: { attributes: { k: 'v' } } } }));
    assert.equal((await update(1)).version, 2);
    assert.deepEqual((await describeGroup('C')).thingGroupProperties, { thingGroupDescription: 'third', attributePayload: { attributes: { k: 'v' } } });
    await refuses(update(1), 'VersionConflictException', 409);
    await refuses(describeGroup('Nobody'), 'ResourceNotFoundException', 404);
  });

  it('lists all, children, descendants, by prefix, by pages', async () => {
    for (const [name, parent] of [['Site', undefined], ['Site-1', 'Site'], ['Site-2', 'Site'], ['Line-1', 'Site-1'], ['Other', undefined]] as const) await create(name, parent);
    assert.deepEqual(await names(), ['Line-1', 'Other', 'Site', 'Site-1', 'Site-2']);
    assert.deepEqual(await names({ recursive: false }), ['Other', 'Site']);
    assert.deepEqual(await names({ parentGroup: 'Site' }), ['Site-1', 'Site-2']);
    assert.deepEqual(await names({ parentGroup: 'Site', recursive: true }), ['Line-1', 'Site-1', 'Site-2']);
    assert.deepEqual(await names({ namePrefixFilter: 'Site-' }), ['Site-1', 'Site-2']);
    assert.deepEqual(await names({ parentGroup: 'Site', recursive: true, namePrefixFilter: 'L' }), ['Line-1']);
    assert.deepEqual((await fixture.iot.send(new ListThingGroupsCommand({ namePrefixFilter: 'Other' }))).thingGroups, [{ groupName: 'Other', groupArn: arn('Other') }]);
    await refuses(names({ parentGroup: 'Nobody' }), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new ListThingGroupsCommand({ nextToken: '%%%' })), 'InvalidRequestException', 400);
  });

  it('deletes children first, lets things and policies go, and takes an absent group', async () => {
    await create('Parent');
    await create('Child', 'Parent');
    await fixture.iot.send(new CreateThingCommand({ thingName: 'T' }));
    await add({ thingName: 'T', thingGroupName: 'Child' });
    await fixture.iot.send(new CreatePolicyCommand({ policyName: 'P', policyDocument: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' }));
    await fixture.iot.send(new AttachPolicyCommand({ policyName: 'P', target: arn('Child') }));
    await refuses(remove('Parent'), 'InvalidRequestException', 400, 'Cannot delete thing group : Parent when there are still child groups attached to it');
    await refuses(remove('Child', 4), 'VersionConflictException', 409);
    await remove('Child', 1);
    assert.deepEqual(await things('Parent', true), []);
    assert.deepEqual((await fixture.iot.send(new ListThingGroupsForThingCommand({ thingName: 'T' }))).thingGroups, []);
    await fixture.iot.send(new DeletePolicyCommand({ policyName: 'P' }));
    await remove('Parent');
    await remove('Parent');
    assert.deepEqual(await names(), []);
  });

  it('holds members, direct and below', async () => {
    await create('Top');
    await create('Mid', 'Top');
    await create('Else');
    for (const thingName of ['T1', 'T2']) await fixture.iot.send(new CreateThingCommand({ thingName }));
    await add({ thingName: 'T1', thingGroupName: 'Top' });
    await add({ thingArn: `arn:aws:iot:us-east-1:${ACCOUNT}:thing/T2`, thingGroupArn: arn('Mid') });
    await add({ thingName: 'T2', thingGroupName: 'Mid' });
    await add({ thingName: 'T2', thingGroupName: 'Else' });
    assert.deepEqual([await things('Top'), await things('Top', true), await things('Mid')], [['T1'], ['T1', 'T2'], ['T2']]);
    assert.deepEqual((await fixture.iot.send(new ListThingGroupsForThingCommand({ thingName: 'T2' }))).thingGroups, [{ groupName: 'Else', groupArn: arn('Else') }, { groupName: 'Mid', groupArn: arn('Mid') }]);
    await refuses(add({ thingName: 'T2', thingGroupName: 'Top' }), 'InvalidRequestException', 400, 'hierarchy');
    await refuses(add({ thingName: 'Nobody', thingGroupName: 'Top' }), 'ResourceNotFoundException', 404);
    await refuses(add({ thingName: 'T1', thingGroupName: 'Nowhere' }), 'ResourceNotFoundException', 404);
    await refuses(add({ thingGroupName: 'Top' }), 'InvalidRequestException', 400, 'Both thingArn and thingName are empty');
    await refuses(add({ thingName: 'T1', thingGroupName: 'Top', thingGroupArn: arn('Mid') }), 'InvalidRequestException', 400, 'does not match');

    await fixture.iot.send(new UpdateThingGroupsForThingCommand({ thingName: 'T2', thingGroupsToRemove: ['Mid'], thingGroupsToAdd: ['Top'] }));
    assert.deepEqual([await things('Mid'), await things('Top')], [[], ['T1', 'T2']]);
    await fixture.iot.send(new RemoveThingFromThingGroupCommand({ thingName: 'T1', thingGroupName: 'Top' }));
    await fixture.iot.send(new DeleteThingCommand({ thingName: 'T2' }));
    assert.deepEqual([await things('Top'), await things('Top', true), await things('Else')], [[], [], []]);
  });

  it('holds a thing in ten groups, and a hierarchy seven deep', async () => {
    await fixture.iot.send(new CreateThingCommand({ thingName: 'Many' }));
    for (let i = 0; i <= 10; i++) await create(`G${i}`);
    for (let i = 0; i < 10; i++) await add({ thingName: 'Many', thingGroupName: `G${i}` });
    await refuses(add({ thingName: 'Many', thingGroupName: 'G10' }), 'LimitExceededException', 410);
    for (let i = 1; i < 7; i++) await create(`D${i}`, i === 1 ? 'G0' : `D${i - 1}`);
    await refuses(create('D7', 'D6'), 'InvalidRequestException', 400, 'depth');
  });
});
