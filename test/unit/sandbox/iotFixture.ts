import assert from 'node:assert/strict';
import { IoTClient, IoTServiceException } from '@aws-sdk/client-iot';
import type { GetRoleRequest, GetRoleResponse } from '@aws-sdk/client-iam';
import { Fault, type CallContext, type Kernel, type ServiceFactory } from '../../../src/sandbox/kernel/types';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

export const ACCOUNT = '470123856219';

/** Roles that every fixture has, in the account of the call. */
export const roleArn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;

const trust = (service: string): string =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] }));

const ROLES: Readonly<Record<string, { trust: string; path?: string; maxSession?: number }>> = {
  TokenExchange: { trust: trust('credentials.iot.amazonaws.com') },
  TokenExchangeLong: { trust: trust('credentials.iot.amazonaws.com'), path: 'iot/', maxSession: 7200 },
  Provisioning: { trust: trust('iot.amazonaws.com') },
  ForLambda: { trust: trust('lambda.amazonaws.com') },
};

/** IAM as far as the IoT control plane asks it: one read operation, answered like the real one (URL-encoded trust policy). */
const iamWithRoles: ServiceFactory = () => ({
  service: 'iam',
  handlers: {
    GetRole(input: GetRoleRequest, call: CallContext): GetRoleResponse {
      const name = input.RoleName ?? '';
      const role = ROLES[name];
      if (role === undefined) throw new Fault('NoSuchEntity', `The role with name ${name} cannot be found.`, {}, 404);
      return {
        Role: {
          Path: `/${role.path ?? ''}`,
          RoleName: name,
          RoleId: 'AROAEXAMPLE',
          Arn: `arn:${call.partition}:iam::${call.account}:role/${role.path ?? ''}${name}`,
          CreateDate: call.now(),
          AssumeRolePolicyDocument: role.trust,
          MaxSessionDuration: role.maxSession ?? 3600,
        },
      };
    },
  },
});

export interface IotFixture {
  readonly started: StartedSandbox;
  readonly iot: IoTClient;
  /** The sandbox's clock. It stands still unless moved. */
  now: Date;
  /** Moves the sandbox's clock, and the client's, whose signatures must fit it. */
  advance(milliseconds: number): void;
  /** Work inside the sandbox, in a transaction, as its listeners do it. */
  inside<T>(work: (call: CallContext) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function startIot(region = 'us-east-1'): Promise<IotFixture> {
  const clock = { now: new Date() };
  let kernel: Kernel | undefined;
  const iamAndKernel: ServiceFactory = (given) => iamWithRoles((kernel = given));
  const started = await startSandbox({ services: [createIotService, iamAndKernel], certificateAuthority: createCertificateAuthority, account: ACCOUNT, region, now: () => clock.now });
  const iot = new IoTClient(started.client);
  // Before each call anew: the client corrects its clock by the Date header of the last answer, which is the real time.
  iot.middlewareStack.add(
    (next) => (call) => {
      iot.config.systemClockOffset = clock.now.getTime() - Date.now();
      return next(call);
    },
    { step: 'initialize' },
  );
  return Object.assign(clock, {
    started,
    iot,
    async inside<T>(work: (call: CallContext) => Promise<T>): Promise<T> {
      assert.ok(kernel);
      const principal = { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT, accessKeyId: '' };
      return kernel.run({ account: ACCOUNT, region, partition: 'aws', principal }, work);
    },
    advance: (milliseconds: number) => {
      clock.now = new Date(clock.now.getTime() + milliseconds);
    },
    close: async () => {
      iot.destroy();
      await started.close();
    },
  });
}

/** Asserts that a call fails with this error, status and (part of the) message; gives the error for more. */
export async function refuses(call: Promise<unknown>, name: string, status: number, message: string | RegExp = ''): Promise<IoTServiceException> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof IoTServiceException, String(error));
    assert.equal(error.name, name, error.message);
    assert.equal(error.$metadata.httpStatusCode, status);
    if (typeof message === 'string') assert.ok(error.message.includes(message), `"${error.message}" should hold "${message}"`);
    else assert.match(error.message, message);
    return error;
  }
  assert.fail(`expected ${name}`);
}
