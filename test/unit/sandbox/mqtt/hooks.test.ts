import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescribeThingCommand, UpdateProvisioningTemplateCommand } from '@aws-sdk/client-iot';
import { hooksFrom } from '../../../../src/sandbox/mqtt/hooks';
import { ACCOUNT, request, startFixture, type MqttFixture } from './mqttFixture';

const HOOKS: Readonly<Record<string, string>> = {
  allow: `export async function handler(event) {
    const known = ['claimCertificateId', 'certificateId', 'certificatePem', 'templateArn', 'clientId', 'parameters'].every((name) => event[name] !== undefined);
    return { allowProvisioning: known && event.parameters.SerialNumber === 'asked', parameterOverrides: { SerialNumber: 'overridden' } };
  }`,
  deny: 'export const handler = () => ({ allowProvisioning: false });',
  text: "export const handler = () => ({ allowProvisioning: 'true' });",
  nothing: 'export const handler = () => undefined;',
  fail: "export const handler = () => { throw new Error('no'); };",
  reject: "export const handler = async () => { throw new Error('no'); };",
  exit: 'export const handler = () => process.exit(0);',
  spin: 'export const handler = () => { for (;;); };',
  wait: 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 60000));',
};

describe('sandbox MQTT: pre-provisioning hooks', () => {
  let fixture: MqttFixture;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'hooks-'));
    for (const [name, text] of Object.entries(HOOKS)) writeFileSync(path.join(folder, `${name}.mjs`), text);
    fixture = await startFixture({ runHook: hooksFrom(folder, 1000) });
  });
  after(async () => {
    await fixture.close();
    rmSync(folder, { recursive: true });
  });

  const provisionWith = async (hook: string) => {
    const targetArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${hook}`;
    await fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Fleet', preProvisioningHook: { targetArn } }));
    const client = await fixture.connect(await fixture.certificate('Claim'));
    const created = JSON.parse((await request(client, '$aws/certificates/create/json', {})).body.toString()) as { certificateOwnershipToken: string };
    const { certificateOwnershipToken } = created;
    return request(client, '$aws/provisioning-templates/Fleet/provision/json', { certificateOwnershipToken, parameters: { SerialNumber: 'asked' } });
  };

  it('allow a device, and override its parameters', async () => {
    const answer = await provisionWith('allow');
    assert.equal(answer.topic, 'accepted', answer.body.toString());
    assert.deepEqual((await fixture.iot.send(new DescribeThingCommand({ thingName: 'Core-overridden' }))).attributes, { serial: 'overridden' });
  });

  for (const hook of ['deny', 'text', 'nothing', 'fail', 'reject', 'exit', 'spin', 'wait', 'missing', 'allow:PROD']) {
    it(hook === 'allow:PROD' ? 'run for a qualified function too' : `deny access: ${hook}`, async () => {
      const answer = await provisionWith(hook);
      if (hook === 'allow:PROD') assert.equal(answer.topic, 'accepted');
      else assert.deepEqual([answer.topic, JSON.parse(answer.body.toString())], ['rejected', { statusCode: 403, errorCode: 'AccessDenied', errorMessage: 'Access Denied' }]);
    });
  }
});
