import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import {
  CreateProvisioningClaimCommand,
  CreateProvisioningTemplateCommand,
  CreateProvisioningTemplateVersionCommand,
  DeleteProvisioningTemplateCommand,
  DeleteProvisioningTemplateVersionCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  DescribeProvisioningTemplateCommand,
  DescribeProvisioningTemplateVersionCommand,
  GetIndexingConfigurationCommand,
  IoTClient,
  ListCertificatesCommand,
  ListProvisioningTemplateVersionsCommand,
  ListProvisioningTemplatesCommand,
  ListTagsForResourceCommand,
  ResourceAlreadyExistsException,
  UpdateProvisioningTemplateCommand,
  paginateListProvisioningTemplates,
  type CreateProvisioningTemplateRequest,
} from '@aws-sdk/client-iot';
import { ACCOUNT, refuses, roleArn, startIot, type IotFixture } from './iotFixture';

const thing = { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' }, ThingGroups: ['GGv2WSGreengrassCoreGroup'] }, OverrideSettings: { ThingGroups: 'MERGE' } };
const policy = { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'GGv2WSIoTThingPolicy' } };
const certificate = { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } };
const body = (resources: object = { thing, policy, certificate }, more: object = {}): string =>
  JSON.stringify({ Parameters: { ThingName: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } }, Resources: resources, ...more });
const HOOK = { targetArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:hook` };

describe('sandbox IoT: provisioning templates', () => {
  let fixture: IotFixture;
  before(async () => (fixture = await startIot()));
  after(() => fixture.close());

  const create = (templateName: string, more: Partial<CreateProvisioningTemplateRequest> = {}) =>
    fixture.iot.send(new CreateProvisioningTemplateCommand({ templateName, templateBody: body(), provisioningRoleArn: roleArn('Provisioning'), ...more }));
  const describeTemplate = (templateName: string) => fixture.iot.send(new DescribeProvisioningTemplateCommand({ templateName }));
  const addVersion = (templateName: string, setAsDefault = false, templateBody = body()) =>
    fixture.iot.send(new CreateProvisioningTemplateVersionCommand({ templateName, templateBody, setAsDefault }));
  const removeVersion = (templateName: string, versionId: number) => fixture.iot.send(new DeleteProvisioningTemplateVersionCommand({ templateName, versionId }));
  const versions = async (templateName: string) =>
    ((await fixture.iot.send(new ListProvisioningTemplateVersionsCommand({ templateName }))).versions ?? []).map((v) => `${v.versionId ?? ''}${v.isDefaultVersion === true ? '*' : ''}`);

  it('creates, disabled unless told otherwise, and describes', async () => {
    const made = await create('Plain');
    const templateArn = `arn:aws:iot:us-east-1:${ACCOUNT}:provisioningtemplate/Plain`;
    assert.deepEqual([made.templateArn, made.templateName, made.defaultVersionId], [templateArn, 'Plain', 1]);
    const described = await describeTemplate('Plain');
    assert.equal(described.enabled, false);
    assert.equal(described.type, 'FLEET_PROVISIONING');
    assert.equal(described.templateBody, body());
    assert.equal(described.provisioningRoleArn, roleArn('Provisioning'));
    assert.equal(described.preProvisioningHook, undefined);
    assert.deepEqual(described.creationDate, fixture.now);

    await create('Full', { enabled: true, description: 'For the workshop', preProvisioningHook: HOOK, tags: [{ Key: 'k', Value: 'v' }] });
    const full = await describeTemplate('Full');
    assert.deepEqual([full.enabled, full.description, full.preProvisioningHook], [true, 'For the workshop', { ...HOOK, payloadVersion: '2020-04-01' }]);
    assert.deepEqual((await fixture.iot.send(new ListTagsForResourceCommand({ resourceArn: full.templateArn }))).tags, [{ Key: 'k', Value: 'v' }]);
  });

  it('refuses a name that exists, is too long or has a dot', async () => {
    await create('Same');
    const error = await refuses(create('Same'), 'ResourceAlreadyExistsException', 409, 'Template with name Same already exists');
    assert.ok(error instanceof ResourceAlreadyExistsException);
    assert.equal(error.resourceId, 'Same');
    await create('G'.repeat(36));
    await refuses(create('G'.repeat(37)), 'InvalidRequestException', 400);
    await refuses(create('a.b'), 'InvalidRequestException', 400);
  });

  it('refuses a role that IoT may not assume', async () => {
    await refuses(create('Role', { provisioningRoleArn: roleArn('Missing') }), 'InvalidRequestException', 400, 'does not exist');
    await refuses(create('Role', { provisioningRoleArn: roleArn('TokenExchange') }), 'InvalidRequestException', 400, 'cannot be assumed by iot.amazonaws.com');
    await refuses(create('Role', { provisioningRoleArn: 'GGv2WSFleetProvisioningRole' }), 'InvalidRequestException', 400);
  });

  it('reads the body', async () => {
    for (const [templateBody, message] of [
      ['{', 'Template format error: JSON not well-formed'],
      ['{"Resources":{},}', 'Template format error: JSON not well-formed'],
      ['{"Resources":{}} x', 'Template format error: JSON not well-formed'],
      ['// x\n{}', 'Template format error: JSON not well-formed'],
      ['\ufeff{}', 'Template format error: JSON not well-formed'],
      ['[]', 'JSON object expected'],
      ['null', 'JSON object expected'],
      [body(undefined, { Resources: [] }), 'at least one Resources member'],
      [body({ thing: 7 }), 'resource thing must be an object'],
      [body({ thing: { Properties: {} } }), 'Unsupported resource type of thing'],
      [body({ thing: { Type: 'AWS::IoT::Thing', Properties: [] } }), 'Properties of thing'],
      [body(undefined, { Parameters: [] }), 'Parameters must be an object'],
      [body(undefined, { Parameters: { N: 'String' } }), 'parameter N must have the type String'],
      [body(undefined, { DeviceConfiguration: [] }), 'DeviceConfiguration must be an object'],
      ['{}', 'Resources'],
      [body({}), 'Resources'],
      [body(undefined, { Conditions: {} }), 'Conditions'],
      [body({ bucket: { Type: 'AWS::S3::Bucket' } }), 'Unsupported resource type'],
      [body({ thing: { Type: 'AWS::IoT::Thing' } }), 'ThingName'],
      [body({ policy: { Type: 'AWS::IoT::Policy', Properties: {} } }), 'Neither policyName nor policyDocument is present in the Template.'],
      [body({ policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'a', PolicyDocument: {} } } }), 'Both'],
      [body(undefined, { Parameters: { N: { Type: 'Number' } } }), 'String'],
    ] as const) {
      await refuses(create('Body', { templateBody }), 'InvalidRequestException', 400, message);
      await refuses(addVersion('Plain', false, templateBody), 'InvalidRequestException', 400, message);
    }
    await refuses(create('Body', { templateBody: `${body()}${' '.repeat(10_240)}` }), 'InvalidRequestException', 400);
    await refuses(describeTemplate('Body'), 'ResourceNotFoundException', 404);
  });

  it('takes a hook for fleet provisioning only', async () => {
    await refuses(create('Jitp', { type: 'JITP', preProvisioningHook: HOOK }), 'InvalidRequestException', 400, 'FLEET_PROVISIONING');
    await refuses(create('Hook', { preProvisioningHook: { targetArn: 'arn:aws:s3:::bucket' } }), 'InvalidRequestException', 400);
    await create('Jitp', { type: 'JITP' });
    assert.equal((await describeTemplate('Jitp')).type, 'JITP');
  });

  it('updates what is given and keeps the rest', async () => {
    await create('Changed', { description: 'first', preProvisioningHook: HOOK });
    const update = (more: object) => fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Changed', ...more }));
    fixture.advance(1000);
    await update({ enabled: true });
    let now = await describeTemplate('Changed');
    assert.deepEqual([now.enabled, now.description, now.preProvisioningHook?.targetArn], [true, 'first', HOOK.targetArn]);
    assert.deepEqual(now.lastModifiedDate, fixture.now);
    assert.notDeepEqual(now.creationDate, fixture.now);
    await update({ description: 'second', removePreProvisioningHook: true });
    now = await describeTemplate('Changed');
    assert.deepEqual([now.enabled, now.description, now.preProvisioningHook], [true, 'second', undefined]);
    await refuses(update({ defaultVersionId: 2 }), 'ResourceNotFoundException', 404);
    await refuses(update({ provisioningRoleArn: roleArn('ForLambda') }), 'InvalidRequestException', 400);
    await refuses(fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Absent' })), 'ResourceNotFoundException', 404);
  });

  it('keeps five versions', async () => {
    await create('Versions');
    const other = body({ thing, policy, certificate }, { DeviceConfiguration: { a: 'b' } });
    assert.deepEqual((({ versionId, isDefaultVersion }) => [versionId, isDefaultVersion])(await addVersion('Versions', true, other)), [2, true]);
    assert.equal((await describeTemplate('Versions')).templateBody, other);
    for (let i = 0; i < 3; i++) await addVersion('Versions');
    await refuses(addVersion('Versions'), 'VersionsLimitExceededException', 409);
    await refuses(removeVersion('Versions', 2), 'DeleteConflictException', 409);
    await fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Versions', defaultVersionId: 5 }));
    await removeVersion('Versions', 2);
    await addVersion('Versions');
    assert.deepEqual(await versions('Versions'), ['6', '5*', '4', '3', '1']);
    const one = await fixture.iot.send(new DescribeProvisioningTemplateVersionCommand({ templateName: 'Versions', versionId: 1 }));
    assert.deepEqual([one.versionId, one.templateBody, one.isDefaultVersion], [1, body(), false]);
    await refuses(removeVersion('Versions', 2), 'ResourceNotFoundException', 404);
    await refuses(addVersion('Absent'), 'ResourceNotFoundException', 404);
    await refuses(versions('Absent'), 'ResourceNotFoundException', 404);
  });

  it('lists by pages, and deletes with all versions', async () => {
    const names: string[] = [];
    for await (const page of paginateListProvisioningTemplates({ client: fixture.iot, pageSize: 2 }, {})) {
      assert.ok((page.templates?.length ?? 0) <= 2);
      names.push(...(page.templates ?? []).map((template) => template.templateName ?? ''));
    }
    assert.ok(names.length >= 6 && new Set(names).size === names.length && names.includes('Versions'));
    await fixture.iot.send(new DeleteProvisioningTemplateCommand({ templateName: 'Versions' }));
    await refuses(describeTemplate('Versions'), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new DeleteProvisioningTemplateCommand({ templateName: 'Versions' })), 'ResourceNotFoundException', 404);
    await create('Versions');
    assert.deepEqual(await versions('Versions'), ['1*']);
    await refuses(fixture.iot.send(new ListProvisioningTemplatesCommand({ nextToken: 'WyJ4IiwieSJd' })), 'InvalidRequestException', 400);
  });

  it('makes a claim of five minutes that is no certificate of the account', async () => {
    await create('Claimed');
    const claim = await fixture.iot.send(new CreateProvisioningClaimCommand({ templateName: 'Claimed' }));
    const parsed = new X509Certificate(claim.certificatePem ?? '');
    assert.ok(parsed.checkPrivateKey(createPrivateKey(claim.keyPair?.PrivateKey ?? '')));
    assert.equal(claim.expiration?.getTime(), fixture.now.getTime() + 300_000);
    assert.ok(Math.abs(new Date(parsed.validTo).getTime() - claim.expiration.getTime()) < 1000);
    assert.deepEqual((await fixture.iot.send(new ListCertificatesCommand({}))).certificates, []);
    await refuses(fixture.iot.send(new DescribeCertificateCommand({ certificateId: claim.certificateId })), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new CreateProvisioningClaimCommand({ templateName: 'Absent' })), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new CreateProvisioningClaimCommand({ templateName: 'Jitp' })), 'InvalidRequestException', 400);
  });
});

describe('sandbox IoT: endpoints', () => {
  let fixture: IotFixture;
  before(async () => (fixture = await startIot()));
  after(() => fixture.close());
  const endpoint = async (endpointType?: string, client = fixture.iot) => (await client.send(new DescribeEndpointCommand({ endpointType }))).endpointAddress ?? '';

  it('has AWS-shaped names, stable per account and region', async () => {
    assert.match(await endpoint('iot:Data-ATS'), /^a[a-z0-9]{13}-ats\.iot\.us-east-1\.amazonaws\.com$/);
    assert.match(await endpoint('iot:Data'), /^a[a-z0-9]{13}\.iot\.us-east-1\.amazonaws\.com$/);
    assert.match(await endpoint('iot:CredentialProvider'), /^c[a-z0-9]{13}\.credentials\.iot\.us-east-1\.amazonaws\.com$/);
    assert.match(await endpoint('iot:Jobs'), /^a[a-z0-9]{13}\.jobs\.iot\.us-east-1\.amazonaws\.com$/);
    assert.equal(await endpoint(), await endpoint('iot:Data'));
    assert.equal(await endpoint('iot:Data-ATS'), await endpoint('iot:Data-ATS'));
    const again = await startIot();
    try {
      assert.equal(await endpoint('iot:Data-ATS', again.iot), await endpoint('iot:Data-ATS'));
    } finally {
      await again.close();
    }
  });

  it('ends in .cn for China and differs by region', async () => {
    const beijing = new IoTClient({ ...fixture.started.client, region: 'cn-north-1' });
    const frankfurt = new IoTClient({ ...fixture.started.client, region: 'eu-central-1' });
    try {
      assert.match(await endpoint('iot:Data-ATS', beijing), /^a\w{13}-ats\.iot\.cn-north-1\.amazonaws\.com\.cn$/);
      assert.notEqual((await endpoint('iot:Jobs', frankfurt)).split('.')[0], (await endpoint('iot:Jobs')).split('.')[0]);
    } finally {
      beijing.destroy();
      frankfurt.destroy();
    }
  });

  it('refuses an unknown type', async () => {
    await refuses(endpoint('iot:Mqtt'), 'InvalidRequestException', 400, 'Endpoint type iot:Mqtt not recognized.');
  });

  it('has fleet indexing off', async () => {
    const { thingIndexingConfiguration, thingGroupIndexingConfiguration } = await fixture.iot.send(new GetIndexingConfigurationCommand({}));
    assert.equal(thingIndexingConfiguration?.thingIndexingMode, 'OFF');
    assert.equal(thingGroupIndexingConfiguration?.thingGroupIndexingMode, 'OFF');
  });
});
