import assert from 'node:assert/strict';
import {
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  CreateThingTypeCommand,
  DeleteThingCommand,
  DeleteThingTypeCommand,
  DeprecateThingTypeCommand,
  DescribeThingCommand,
  DescribeThingTypeCommand,
  DetachThingPrincipalCommand,
  ListPrincipalThingsCommand,
  ListPrincipalThingsV2Command,
  ListThingPrincipalsCommand,
  ListThingPrincipalsV2Command,
  ListThingTypesCommand,
  ListThingsCommand,
  ResourceAlreadyExistsException,
  UpdateThingCommand,
  UpdateThingTypeCommand,
  paginateListThings,
  type CreateThingRequest,
  type ListThingsRequest,
  type ThingPrincipalType,
  type UpdateThingRequest,
} from '@aws-sdk/client-iot';
import { ACCOUNT, refuses, startIot, type IotFixture } from './iotFixture';

describe('sandbox IoT: things, types, principals', () => {
  let fixture: IotFixture;
  before(async () => (fixture = await startIot()));
  after(() => fixture.close());

  const create = (thingName: string, attributes?: Record<string, string>, more: Partial<CreateThingRequest> = {}) =>
    fixture.iot.send(new CreateThingCommand({ thingName, ...(attributes === undefined ? {} : { attributePayload: { attributes } }), ...more }));
  const describeThing = (thingName: string) => fixture.iot.send(new DescribeThingCommand({ thingName }));
  const update = (thingName: string, more: Partial<UpdateThingRequest>) => fixture.iot.send(new UpdateThingCommand({ thingName, ...more }));
  const names = async (filter: ListThingsRequest = {}): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of paginateListThings({ client: fixture.iot, pageSize: 2 }, filter)) found.push(...(page.things ?? []).map((thing) => thing.thingName ?? ''));
    return found;
  };

  it('creates and describes; the same again is no error, another is', async () => {
    const made = await create('Core:1_a-b', { site: 'A' });
    assert.equal(made.thingArn, `arn:aws:iot:us-east-1:${ACCOUNT}:thing/Core:1_a-b`);
    assert.deepEqual((await create('Core:1_a-b', { site: 'A' })).thingId, made.thingId);
    const error = await refuses(create('Core:1_a-b', { site: 'B' }), 'ResourceAlreadyExistsException', 409);
    assert.ok(error instanceof ResourceAlreadyExistsException);
    assert.deepEqual([error.resourceId, error.resourceArn], [made.thingId, made.thingArn]);
    const thing = await describeThing('Core:1_a-b');
    assert.deepEqual([thing.defaultClientId, thing.thingId, thing.attributes, thing.version, thing.thingTypeName], ['Core:1_a-b', made.thingId, { site: 'A' }, 1, undefined]);
    await refuses(describeThing('Nobody'), 'ResourceNotFoundException', 404);
    await refuses(create('has space'), 'InvalidRequestException', 400);
    await refuses(create('Billed', undefined, { billingGroupName: 'none' }), 'ResourceNotFoundException', 404);
  });

  it('updates attributes: replaces, merges, removes, counts versions', async () => {
    await create('Updated', { a: '1', b: '2' });
    await update('Updated', { attributePayload: { attributes: { b: '', c: '3' }, merge: true } });
    assert.deepEqual([(await describeThing('Updated')).attributes, (await describeThing('Updated')).version], [{ a: '1', c: '3' }, 2]);
    await update('Updated', { attributePayload: { attributes: { d: '4' } }, expectedVersion: 2 });
    assert.deepEqual((await describeThing('Updated')).attributes, { d: '4' });
    await refuses(update('Updated', { expectedVersion: 2 }), 'VersionConflictException', 409, 'The version for thing Updated does not match the expected version.');
    await refuses(update('Nobody', {}), 'ResourceNotFoundException', 404);
    await refuses(update('Updated', { attributePayload: { attributes: { a: '1', b: '2', c: '3', d: '4' } } }), 'InvalidRequestException', 400);
    assert.deepEqual(await names({ attributeName: 'a', attributeValue: '1' }), []);
    assert.deepEqual(await names({ attributeName: 'd' }), ['Updated']);
  });

  it('has types: deprecation, deletion after five minutes, 50 attributes', async () => {
    const { iot } = fixture;
    const type = (thingTypeName: string, searchableAttributes = ['site']) => iot.send(new CreateThingTypeCommand({ thingTypeName, thingTypeProperties: { searchableAttributes, thingTypeDescription: 'd' } }));
    const made = await type('Sensor');
    assert.equal((await type('Sensor')).thingTypeId, made.thingTypeId);
    await refuses(type('Sensor', ['other']), 'ResourceAlreadyExistsException', 409);
    const four = { a: '1', b: '2', c: '3', d: '4' };
    await refuses(create('Typed', four), 'InvalidRequestException', 400);
    await create('Typed', four, { thingTypeName: 'Sensor' });
    await refuses(create('TypedB', {}, { thingTypeName: 'Nothing' }), 'ResourceNotFoundException', 404);
    await refuses(update('Typed', { removeThingType: true }), 'InvalidRequestException', 400);
    assert.deepEqual(await names({ thingTypeName: 'Sensor' }), ['Typed']);

    await iot.send(new UpdateThingTypeCommand({ thingTypeName: 'Sensor', thingTypeProperties: { thingTypeDescription: 'new' } }));
    const described = await iot.send(new DescribeThingTypeCommand({ thingTypeName: 'Sensor' }));
    assert.deepEqual(described.thingTypeProperties, { searchableAttributes: ['site'], thingTypeDescription: 'new' });
    assert.equal(described.thingTypeMetadata?.deprecated, false);

    const remove = () => iot.send(new DeleteThingTypeCommand({ thingTypeName: 'Sensor' }));
    const deprecate = (undoDeprecate?: boolean) => iot.send(new DeprecateThingTypeCommand({ thingTypeName: 'Sensor', undoDeprecate }));
    await refuses(remove(), 'InvalidRequestException', 400, 'deprecated');
    await deprecate();
    await refuses(create('Late', {}, { thingTypeName: 'Sensor' }), 'InvalidRequestException', 400, 'deprecated');
    await deprecate(true);
    await create('Late', {}, { thingTypeName: 'Sensor' });
    await deprecate();
    assert.deepEqual((await iot.send(new DescribeThingTypeCommand({ thingTypeName: 'Sensor' }))).thingTypeMetadata?.deprecationDate, fixture.now);
    await refuses(remove(), 'InvalidRequestException', 400, '5 minutes');
    fixture.advance(5 * 60_000);
    await refuses(remove(), 'InvalidRequestException', 400, 'still associated');
    await update('Late', { removeThingType: true });
    await iot.send(new DeleteThingCommand({ thingName: 'Typed' }));
    await remove();
    await refuses(remove(), 'ResourceNotFoundException', 404);
    await type('Sensor2');
    await type('Sensor');
    const listed = async (thingTypeName?: string) => (await iot.send(new ListThingTypesCommand({ thingTypeName }))).thingTypes?.map((each) => each.thingTypeName);
    assert.deepEqual([await listed(), await listed('Sensor'), await listed('Sens')], [['Sensor', 'Sensor2'], ['Sensor'], []]);
  });

  it('lists by attribute, by the beginning of its value, by type, and by both', async () => {
    await fixture.iot.send(new CreateThingTypeCommand({ thingTypeName: 'Kind' }));
    await create('L1', { city: 'Ulm' });
    await create('L2', { city: 'Ulmen' }, { thingTypeName: 'Kind' });
    await create('L3', { city: 'Ulm' }, { thingTypeName: 'Kind' });
    await create('L4', { cities: 'Ulm' });
    assert.deepEqual(await names({ attributeName: 'city', attributeValue: 'Ulm' }), ['L1', 'L3']);
    assert.deepEqual((await names({ attributeName: 'city', attributeValue: 'Ulm', usePrefixAttributeValue: true })).sort(), ['L1', 'L2', 'L3']);
    assert.deepEqual(await names({ attributeName: 'city', attributeValue: 'Ulm', thingTypeName: 'Kind' }), ['L3']);
    assert.deepEqual(await names({ thingTypeName: 'Kind' }), ['L2', 'L3']);
    assert.ok((await names()).length >= 6);
    const listed = (await fixture.iot.send(new ListThingsCommand({ thingTypeName: 'Kind', maxResults: 1 }))).things?.[0];
    assert.deepEqual(listed, { thingName: 'L2', thingTypeName: 'Kind', thingArn: `arn:aws:iot:us-east-1:${ACCOUNT}:thing/L2`, attributes: { city: 'Ulmen' }, version: 1 });
    await refuses(names({ attributeValue: 'Ulm' }), 'InvalidRequestException', 400);
    await refuses(fixture.iot.send(new ListThingsCommand({ maxResults: 251 })), 'InvalidRequestException', 400);
    const { nextToken } = await fixture.iot.send(new ListThingsCommand({ maxResults: 1 }));
    await refuses(fixture.iot.send(new ListThingsCommand({ nextToken, thingTypeName: 'Kind' })), 'InvalidRequestException', 400);
  });

  it('deletes, unless principals are attached; an absent thing is deleted already', async () => {
    const { certificateArn } = await fixture.iot.send(new CreateKeysAndCertificateCommand({}));
    await create('Attached', { x: 'y' });
    await fixture.iot.send(new AttachThingPrincipalCommand({ thingName: 'Attached', principal: certificateArn }));
    const remove = (thingName: string, expectedVersion?: number) => fixture.iot.send(new DeleteThingCommand({ thingName, expectedVersion }));
    await refuses(remove('Attached'), 'InvalidRequestException', 400, 'Cannot delete. Thing Attached is still attached to one or more principals');
    await fixture.iot.send(new DetachThingPrincipalCommand({ thingName: 'Attached', principal: certificateArn }));
    await refuses(remove('Attached', 7), 'VersionConflictException', 409);
    await remove('Attached', 1);
    await remove('Attached');
    assert.deepEqual(await names({ attributeName: 'x' }), []);
  });

  it('attaches principals, exclusively or not, and lists both ways', async () => {
    const { iot } = fixture;
    const principal = (await iot.send(new CreateKeysAndCertificateCommand({}))).certificateArn ?? '';
    const second = (await iot.send(new CreateKeysAndCertificateCommand({}))).certificateArn ?? '';
    for (const name of ['P1', 'P2']) await create(name);
    const attach = (thingName: string, arn: string, thingPrincipalType?: ThingPrincipalType) => iot.send(new AttachThingPrincipalCommand({ thingName, principal: arn, thingPrincipalType }));
    await attach('P1', principal, 'EXCLUSIVE_THING');
    await attach('P1', principal, 'EXCLUSIVE_THING');
    await refuses(attach('P2', principal), 'InvalidRequestException', 400, 'exclusive');
    await attach('P1', second);
    await attach('P2', second);
    await refuses(attach('P2', second, 'EXCLUSIVE_THING'), 'InvalidRequestException', 400, 'exclusive');

    assert.deepEqual((await iot.send(new ListThingPrincipalsCommand({ thingName: 'P1' }))).principals?.sort(), [principal, second].sort());
    assert.deepEqual((await iot.send(new ListPrincipalThingsCommand({ principal: second }))).things, ['P1', 'P2']);
    assert.deepEqual((await iot.send(new ListThingPrincipalsV2Command({ thingName: 'P1', thingPrincipalType: 'EXCLUSIVE_THING' }))).thingPrincipalObjects, [{ principal, thingPrincipalType: 'EXCLUSIVE_THING' }]);
    assert.deepEqual((await iot.send(new ListPrincipalThingsV2Command({ principal }))).principalThingObjects, [{ thingName: 'P1', thingPrincipalType: 'EXCLUSIVE_THING' }]);
    const page = await iot.send(new ListPrincipalThingsCommand({ principal: second, maxResults: 1 }));
    assert.deepEqual((await iot.send(new ListPrincipalThingsCommand({ principal: second, maxResults: 1, nextToken: page.nextToken }))).things, ['P2']);

    await refuses(iot.send(new DetachThingPrincipalCommand({ thingName: 'P2', principal })), 'ResourceNotFoundException', 404);
    await refuses(attach('Nobody', second), 'ResourceNotFoundException', 404);
    await refuses(attach('P1', second.replace(/.$/, (last) => (last === '0' ? '1' : '0'))), 'ResourceNotFoundException', 404);
    await refuses(iot.send(new ListThingPrincipalsCommand({ thingName: 'Nobody' })), 'ResourceNotFoundException', 404, 'Failed to list principals for thing Nobody because the thing does not exist in your account');
  });
});
