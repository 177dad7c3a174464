import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AddPermissionCommand, GetPolicyCommand, InvokeCommand, LambdaClient, LambdaServiceException, RemovePermissionCommand, type AddPermissionRequest } from '@aws-sdk/client-lambda';
import { functionsFrom } from '../../../src/sandbox/mqtt/hooks';
import { createLambdaService } from '../../../src/sandbox/services/lambda/lambdaService';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

describe('sandbox Lambda: the functions of --hooks', () => {
  let folder: string;
  let sandbox: StartedSandbox;
  let lambda: LambdaClient;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'functions-'));
    await writeFile(path.join(folder, 'Gate.mjs'), 'export const handler = async (event) => ({ allowProvisioning: event.parameters.SerialNumber === "good", seen: event });');
    await writeFile(path.join(folder, 'Broken.mjs'), "export const handler = () => { throw new TypeError('no such serial'); };");
    await writeFile(path.join(folder, 'Slow.mjs'), 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 60000));');
    sandbox = await startSandbox({ services: [createLambdaService(async () => functionsFrom(folder, 500))] });
    lambda = new LambdaClient(sandbox.client);
  });
  after(async () => {
    lambda.destroy();
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  const arn = (name: string): string => `arn:aws:lambda:${sandbox.region}:${sandbox.account}:function:${name}`;
  const policyOf = async (FunctionName: string, Qualifier?: string): Promise<{ Statement: { Sid: string }[] }> =>
    JSON.parse((await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }))).Policy ?? '') as { Statement: { Sid: string }[] };
  const refused = (name: string, status: number, text: string) => (error: unknown) => {
    assert.ok(error instanceof LambdaServiceException, String(error));
    assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status]);
    assert.ok(error.message.includes(text), error.message);
    return true;
  };

  it('gives permissions as AWS writes them, and takes them away', async () => {
    const template = `arn:aws:iot:${sandbox.region}:${sandbox.account}:provisioningtemplate/Fleet`;
    const permission: AddPermissionRequest = { FunctionName: 'Gate', StatementId: 'iot', Action: 'lambda:InvokeFunction', Principal: 'iot.amazonaws.com', SourceArn: template, SourceAccount: sandbox.account };
    await assert.rejects(policyOf('Gate'), refused('ResourceNotFoundException', 404, 'does not exist'));
    const { Statement } = await lambda.send(new AddPermissionCommand(permission));
    const statement = {
      Sid: 'iot',
      Effect: 'Allow',
      Principal: { Service: 'iot.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: arn('Gate'),
      Condition: { StringEquals: { 'AWS:SourceAccount': sandbox.account }, ArnLike: { 'AWS:SourceArn': template } },
    };
    assert.deepEqual(JSON.parse(Statement ?? ''), statement);
    await assert.rejects(lambda.send(new AddPermissionCommand(permission)), refused('ResourceConflictException', 409, 'already exists'));
    assert.deepEqual(await policyOf(arn('Gate')), { Version: '2012-10-17', Id: 'default', Statement: [statement] });
    assert.deepEqual(await policyOf(`${sandbox.account}:function:Gate`), await policyOf('Gate'));
    // A version or alias has a policy of its own.
    await assert.rejects(policyOf('Gate', 'PROD'), refused('ResourceNotFoundException', 404, ''));
    await lambda.send(new AddPermissionCommand({ ...permission, FunctionName: `${arn('Gate')}:PROD`, StatementId: 'other' }));
    assert.deepEqual((await policyOf('Gate', 'PROD')).Statement.map(({ Sid }) => Sid), ['other']);
    await lambda.send(new RemovePermissionCommand({ FunctionName: 'Gate', StatementId: 'iot' }));
    await assert.rejects(policyOf('Gate'), refused('ResourceNotFoundException', 404, ''));
    await assert.rejects(lambda.send(new RemovePermissionCommand({ FunctionName: 'Gate', StatementId: 'iot' })), refused('ResourceNotFoundException', 404, 'iot'));
  });

  it('knows only functions of the folder, account and region', async () => {
    for (const name of ['Nobody', `arn:aws:lambda:eu-west-1:${sandbox.account}:function:Gate`, `arn:aws:lambda:${sandbox.region}:111122223333:function:Gate`]) {
      await assert.rejects(policyOf(name), refused('ResourceNotFoundException', 404, 'Function not found'));
    }
    await assert.rejects(policyOf('../Gate'), refused('ValidationException', 400, 'functionName'));
    await assert.rejects(policyOf(`${arn('Gate')}:A`, 'B'), refused('InvalidParameterValueException', 400, 'qualifier'));
  });

  it('runs a function; its failure is an answer', async () => {
    const invoke = async (FunctionName: string, payload: unknown) => {
      const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(payload)) }));
      return { status: answer.StatusCode, failed: answer.FunctionError, value: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as unknown };
    };
    const event = { parameters: { SerialNumber: 'good' } };
    assert.deepEqual(await invoke(arn('Gate'), event), { status: 200, failed: undefined, value: { allowProvisioning: true, seen: event } });
    assert.deepEqual(await invoke('Broken', event), { status: 200, failed: 'Unhandled', value: { errorType: 'TypeError', errorMessage: 'no such serial' } });
    const slow = await invoke('Slow', event);
    assert.equal(slow.failed, 'Unhandled');
    assert.match(JSON.stringify(slow.value), /timed out after 0.50 seconds/);
    await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: 'Gate', Payload: Buffer.from('{') })), refused('InvalidRequestContentException', 400, 'parse'));
  });
});
