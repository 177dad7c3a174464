import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { GreengrassV2Client, ListCoreDevicesCommand } from '@aws-sdk/client-greengrassv2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreatePolicyCommand, IoTClient, ListPoliciesCommand } from '@aws-sdk/client-iot';
import { GetPolicyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { FaultKind } from '../../../../src/sandbox/faults/injection';
import { PlannedFaults, type FaultRule } from '../../../../src/sandbox/faults/plan';
import { createCertificateAuthority } from '../../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createGreengrassService } from '../../../../src/sandbox/services/greengrass/greengrassService';
import { createIamService } from '../../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../../src/sandbox/services/iot/iotService';
import { createLambdaService } from '../../../../src/sandbox/services/lambda/lambdaService';
import { createStsService } from '../../../../src/sandbox/services/sts/stsService';
import { startSandbox, type StartedSandbox } from '../../../helpers/sandbox';
import { skip } from '../../../helpers/skip';

const run = promisify(execFile);
const services = [createStsService, createIamService, createIotService, createCloudFormationService, createGreengrassService, createLambdaService()];
const start = (...rules: readonly FaultRule[]): Promise<StartedSandbox> => startSandbox({ services, certificateAuthority: createCertificateAuthority, faults: new PlannedFaults(rules) });
const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] });

interface Failure extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $fault?: string;
}

describe('sandbox: calls go wrong by plan', () => {
  let started: StartedSandbox;
  afterEach(async () => started.close());

  /** The first call of each service, by its own client; no client tries again. */
  async function failuresOfAll(): Promise<Record<string, string>> {
    const { client } = started;
    const clients = { iot: new IoTClient(client), cloudformation: new CloudFormationClient(client), iam: new IAMClient(client), sts: new STSClient(client), greengrass: new GreengrassV2Client(client), lambda: new LambdaClient(client) };
    const calls = {
      iot: clients.iot.send(new ListPoliciesCommand({})),
      cloudformation: clients.cloudformation.send(new ListStacksCommand({})),
      iam: clients.iam.send(new ListRolesCommand({})),
      sts: clients.sts.send(new GetCallerIdentityCommand({})),
      greengrass: clients.greengrass.send(new ListCoreDevicesCommand({})),
      lambda: clients.lambda.send(new GetPolicyCommand({ FunctionName: 'Hook' })),
    };
    const told = await Promise.all(
      Object.entries(calls).map(async ([service, call]) => {
        const failure = await (call as Promise<unknown>).then(
          () => undefined,
          (error: unknown) => error as Failure,
        );
        return [service, `${failure?.name ?? 'ok'} ${String(failure?.$metadata?.httpStatusCode)}`];
      }),
    );
    for (const each of Object.values(clients)) each.destroy();
    return Object.fromEntries(told) as Record<string, string>;
  }

  it('throttled: the name and status of each service', async () => {
    started = await start({ fault: 'throttled' });
    assert.deepEqual(await failuresOfAll(), {
      iot: 'ThrottlingException 400',
      cloudformation: 'Throttling 400',
      iam: 'Throttling 400',
      sts: 'Throttling 400',
      greengrass: 'ThrottlingException 429',
      lambda: 'TooManyRequestsException 429',
    });
  });

  it('serverError: the name and status of each service', async () => {
    started = await start({ fault: 'serverError' });
    assert.deepEqual(await failuresOfAll(), {
      iot: 'InternalFailureException 500',
      cloudformation: 'InternalFailure 500',
      iam: 'ServiceFailureException 500',
      sts: 'InternalFailure 500',
      greengrass: 'InternalServerException 500',
      lambda: 'ServiceException 500',
    });
  });

  it('denied: the name and status of each service, and who may not do what', async () => {
    started = await start({ fault: 'denied' });
    assert.deepEqual(await failuresOfAll(), {
      iot: 'AccessDeniedException 403',
      cloudformation: 'AccessDenied 403',
      iam: 'AccessDenied 403',
      sts: 'AccessDenied 403',
      greengrass: 'AccessDeniedException 403',
      lambda: 'AccessDeniedException 403',
    });
    const iot = new IoTClient(started.client);
    await assert.rejects(iot.send(new ListPoliciesCommand({})), /^AccessDeniedException: User: arn:aws:iam::\d{12}:\S+ is not authorized to perform: iot:ListPolicies on resource: \*/);
    iot.destroy();
  });

  /** Makes a policy with this fault; tells how that ended, and whether the policy is there. */
  async function create(fault: FaultKind, options: { readonly requestTimeout?: number } = {}): Promise<{ outcome: string; there: boolean }> {
    started = await start({ operation: 'CreatePolicy', fault });
    const iot = new IoTClient({ ...started.client, requestHandler: { ...options, throwOnRequestTimeout: true } });
    try {
      const outcome = await iot.send(new CreatePolicyCommand({ policyName: 'P', policyDocument: document })).then(
        () => 'ok',
        (error: unknown) => `${(error as Error).name} ${String((error as { code?: string }).code)}`,
      );
      const { policies = [] } = await iot.send(new ListPoliciesCommand({}));
      return { outcome, there: policies.length === 1 };
    } finally {
      iot.destroy();
    }
  }

  it('connectionCut: without effect', async () => {
    assert.deepEqual(await create('connectionCut'), { outcome: 'TimeoutError ECONNRESET', there: false });
  });
  it('answerLost: the call took effect', async () => {
    assert.deepEqual(await create('answerLost'), { outcome: 'TimeoutError ECONNRESET', there: true });
  });
  it('hangsBefore: no answer comes, without effect; the sandbox closes all the same', async () => {
    assert.deepEqual(await create('hangsBefore', { requestTimeout: 300 }), { outcome: 'TimeoutError ETIMEDOUT', there: false });
  });
  it('hangsAfter: no answer comes, and the call took effect', async () => {
    assert.deepEqual(await create('hangsAfter', { requestTimeout: 300 }), { outcome: 'TimeoutError ETIMEDOUT', there: true });
  });

  it('a client that tries again gets through when one call is planned only', async () => {
    started = await start({ service: 'cloudformation', operation: 'DescribeStacks', occurrence: 1, fault: 'throttled' }, { service: 'iot', occurrence: 1, fault: 'serverError' });
    const settings = { ...started.client, maxAttempts: 3 };
    const [cloudFormation, iot] = [new CloudFormationClient(settings), new IoTClient(settings)];
    assert.equal((await cloudFormation.send(new DescribeStacksCommand({}))).$metadata.attempts, 2);
    assert.equal((await iot.send(new ListPoliciesCommand({}))).$metadata.attempts, 2);
    cloudFormation.destroy();
    iot.destroy();
  });

  it('latencyMs delays, and nothing else', async () => {
    started = await start({ operation: 'ListPolicies', latencyMs: 250 });
    const iot = new IoTClient(started.client);
    const before = performance.now();
    assert.deepEqual((await iot.send(new ListPoliciesCommand({}))).policies, []);
    assert.ok(performance.now() - before >= 240);
    iot.destroy();
  });

  it('a reset of the sandbox begins the plan anew', async () => {
    started = await start({ service: 'iot', occurrence: 1, fault: 'denied' });
    const iot = new IoTClient(started.client);
    const list = async (): Promise<unknown> => iot.send(new ListPoliciesCommand({}));
    await assert.rejects(list(), { name: 'AccessDeniedException' });
    await list();
    await started.sandbox.reset();
    await assert.rejects(list(), { name: 'AccessDeniedException' });
    iot.destroy();
  });

  it('the AWS CLI tells each as it does for AWS', async function () {
    if (spawnSync('aws', ['--version']).status !== 0) return skip(this, 'no AWS CLI on the PATH');
    started = await start(
      { service: 'iot', operation: 'ListPolicies', fault: 'throttled' },
      { service: 'iot', operation: 'ListThings', fault: 'denied' },
      { service: 'cloudformation', operation: 'DescribeStacks', fault: 'serverError' },
      { service: 'cloudformation', operation: 'ListStacks', fault: 'denied' },
      { service: 'iam', operation: 'ListRoles', fault: 'throttled' },
      { service: 'iot', operation: 'ListThingGroups', fault: 'connectionCut' },
      { service: 'iot', operation: 'ListRoleAliases', occurrence: 1, fault: 'answerLost' },
    );
    const home = await mkdtemp(`${tmpdir()}/faults-cli-`);
    const { endpoint, region, accessKeyId, secretAccessKey } = started;
    const env = { PATH: process.env['PATH'], HOME: home, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_DEFAULT_REGION: region, AWS_PAGER: '', AWS_MAX_ATTEMPTS: '2', AWS_RETRY_MODE: 'standard' };
    const said = async (...args: readonly string[]): Promise<string> =>
      run('aws', ['--endpoint-url', endpoint, '--output', 'json', ...args], { env }).then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    try {
      const [throttled, denied, failed, deniedQuery, throttledQuery, cut, lost] = await Promise.all([
        said('iot', 'list-policies'),
        said('iot', 'list-things'),
        said('cloudformation', 'describe-stacks'),
        said('cloudformation', 'list-stacks'),
        said('iam', 'list-roles'),
        said('iot', 'list-thing-groups'),
        said('iot', 'list-role-aliases'),
      ]);
      assert.match(throttled, /An error occurred \(ThrottlingException\) when calling the ListPolicies operation \(reached max retries: 1\): Rate exceeded/);
      assert.match(denied, /An error occurred \(AccessDeniedException\) when calling the ListThings operation: User: \S+ is not authorized to perform: iot:ListThings/);
      assert.match(failed, /An error occurred \(InternalFailure\) when calling the DescribeStacks operation \(reached max retries: 1\)/);
      assert.match(deniedQuery, /An error occurred \(AccessDenied\) when calling the ListStacks operation: /);
      assert.match(throttledQuery, /An error occurred \(Throttling\) when calling the ListRoles operation \(reached max retries: 1\): Rate exceeded/);
      assert.match(cut, /Connection was closed before we received a valid response/);
      assert.deepEqual(JSON.parse(lost), { roleAliases: [] });
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
