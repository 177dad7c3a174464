import assert from 'node:assert/strict';
import { AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreateThingCommand, DeleteThingCommand, DetachPolicyCommand, DetachThingPrincipalCommand, IoTClient, UpdateCertificateCommand } from '@aws-sdk/client-iot';
import type { SdkAwsGateway } from '../../../src/aws/gateway';
import { isFleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import type { IotApi } from '../../../src/core/ports/iotApi';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { deletePolicyVersions } from '../../../src/services/lifecycle/policyLife';
import { deleteVersions } from '../../../src/services/lifecycle/templateLife';
import { SystemClock } from '../../../src/services/systemClock';
import { removeDevice } from '../../../src/services/testDevice/removeDevice';
import { FakeInteraction } from '../../fakes/fakeInteraction';
import { connectTo } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

const document = (client: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: `arn:aws:iot:us-east-1:123456789012:client/${client}` }] });
const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] });

/** What another person, or an earlier try whose answer was lost, has taken away is as wanted: the real SDK, against the local AWS. */
describe('what is to be deleted and has gone meanwhile', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let iot: IoTClient;
  const { signal } = new AbortController();
  const clock = new SystemClock();

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService], certificateAuthority: createCertificateAuthority });
    iot = new IoTClient(sandbox.client);
  });
  after(async () => {
    iot.destroy();
    await sandbox.close();
  });
  beforeEach(async () => {
    await sandbox.sandbox.reset();
    ({ gateway, connection } = await connectTo(sandbox));
  });
  afterEach(() => gateway.dispose());

  const work = (more: Partial<Connection> = {}) => ({ connection: { ...connection, ...more }, ui: new FakeInteraction(), signal });
  const refused = (category: string) => (error: unknown): boolean => isFleetError(error) && error.category === category;
  /** The port, with something done right before the first call of a method. */
  function justBefore(method: keyof IotApi, act: () => Promise<unknown>): IotApi {
    let done = false;
    return new Proxy(connection.iot, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const call = (): unknown => Reflect.apply(value, target, args);
          if (name !== method || done) return call();
          done = true;
          return act().then(call);
        };
      },
    });
  }

  describe('versions of a policy', () => {
    beforeEach(async () => {
      await connection.iot.createPolicy({ name: 'P', document: document('1') });
      for (const client of ['2', '3', '4']) await connection.iot.createPolicyVersion({ name: 'P', document: document(client), setAsDefault: client === '4' });
    });
    const versions = async (): Promise<readonly string[]> => (await connection.iot.listPolicyVersions('P')).map(({ versionId }) => versionId).sort();

    it('the others are deleted all the same', async () => {
      await connection.iot.deletePolicyVersion('P', '2');
      await deletePolicyVersions(work(), 'P', ['1', '2', '3']);
      assert.deepEqual(await versions(), ['4']);
    });

    it('also when it goes between two of them, and with the whole policy', async () => {
      await deletePolicyVersions(work({ iot: justBefore('deletePolicyVersion', async () => connection.iot.deletePolicyVersion('P', '1')) }), 'P', ['1', '2']);
      assert.deepEqual(await versions(), ['3', '4']);
      const all = async (): Promise<void> => {
        await connection.iot.deletePolicyVersion('P', '3');
        await connection.iot.deletePolicy('P');
      };
      await deletePolicyVersions(work({ iot: justBefore('deletePolicyVersion', all) }), 'P', ['3']);
      assert.equal(await connection.iot.getPolicy('P'), undefined);
    });

    it('what AWS refuses is an error, and what comes after it stays', async () => {
      await assert.rejects(deletePolicyVersions(work(), 'P', ['1', '4', '2']), refused('conflict'));
      assert.deepEqual(await versions(), ['2', '3', '4']);
    });
  });

  describe('versions of a template', () => {
    beforeEach(async () => {
      const { IAMClient, CreateRoleCommand } = await import('@aws-sdk/client-iam');
      const iam = new IAMClient(sandbox.client);
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Provision', AssumeRolePolicyDocument: trust }));
      iam.destroy();
      const templateBody = JSON.stringify({ Parameters: {}, Resources: { certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } } } });
      await connection.iot.createProvisioningTemplate({ name: 'T', templateBody, provisioningRoleArn: Role?.Arn ?? '', enabled: true });
      for (let number = 2; number <= 3; number += 1) await connection.iot.createProvisioningTemplateVersion({ name: 'T', templateBody, setAsDefault: number === 3 });
    });
    async function versions(): Promise<readonly number[]> {
      const found: number[] = [];
      for await (const { versionId } of connection.iot.listProvisioningTemplateVersions('T')) found.push(versionId);
      return found.sort();
    }

    it('the others are deleted all the same', async () => {
      await deleteVersions(work({ iot: justBefore('deleteProvisioningTemplateVersion', async () => connection.iot.deleteProvisioningTemplateVersion('T', 1)) }), 'T', [1, 2]);
      assert.deepEqual(await versions(), [3]);
    });

    it('what AWS refuses is an error, and what comes after it stays', async () => {
      await assert.rejects(deleteVersions(work(), 'T', [3, 1]), refused('conflict'));
      assert.deepEqual(await versions(), [1, 2, 3]);
    });
  });

  describe('a test device', () => {
    let certificateId: string;
    let certificateArn: string;
    beforeEach(async () => {
      ({ certificateId = '', certificateArn = '' } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true })));
      await connection.iot.createPolicy({ name: 'P', document: document('1') });
      await iot.send(new CreateThingCommand({ thingName: 'test-1' }));
      await iot.send(new AttachThingPrincipalCommand({ thingName: 'test-1', principal: certificateArn }));
      await iot.send(new AttachPolicyCommand({ policyName: 'P', target: certificateArn }));
    });
    const remove = async (port: IotApi = connection.iot): Promise<string | undefined> => removeDevice(port, { certificateId, thingName: 'test-1' }, clock, signal);
    async function deleteCertificate(): Promise<void> {
      await iot.send(new DetachThingPrincipalCommand({ thingName: 'test-1', principal: certificateArn }));
      await iot.send(new DetachPolicyCommand({ policyName: 'P', target: certificateArn }));
      await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
      await connection.iot.deleteCertificate(certificateId);
    }
    async function isGone(): Promise<void> {
      assert.equal(await connection.iot.describeCertificate(certificateId), undefined);
      assert.equal(await connection.iot.describeThing('test-1'), undefined);
    }

    for (const method of ['listPrincipalThings', 'detachThingPrincipal', 'updateCertificateStatus', 'deleteCertificate'] as const) {
      it(`its certificate goes before ${method}: the thing is removed all the same`, async () => {
        // A list is told to begin by its first page, which the wrapper cannot wait for: what comes before it is the look at the certificate.
        const act = method === 'deleteCertificate' ? async () => connection.iot.deleteCertificate(certificateId) : deleteCertificate;
        const port = method === 'listPrincipalThings' ? afterLook(act) : justBefore(method, act);
        assert.equal(await remove(port), undefined);
        await isGone();
      });
    }

    function afterLook(act: () => Promise<unknown>): IotApi {
      return new Proxy(connection.iot, {
        get(target, name) {
          if (name !== 'describeCertificate') return Reflect.get(target, name) as unknown;
          return async (id: string) => {
            const found = await target.describeCertificate(id);
            await act();
            return found;
          };
        },
      });
    }

    it('its thing goes before it is deleted', async () => {
      assert.equal(await remove(justBefore('deleteThing', async () => iot.send(new DeleteThingCommand({ thingName: 'test-1' })))), undefined);
      await isGone();
    });

    it('once more: nothing to do', async () => {
      await remove();
      assert.equal(await remove(), undefined);
    });
  });
});
