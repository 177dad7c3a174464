import assert from 'node:assert/strict';
import http from 'node:http';
import type { NormalizedSchema } from '@smithy/core/schema';
import { CreateRoleAliasCommand, IoTClient, ListThingsCommand, UpdateThingCommand } from '@aws-sdk/client-iot';
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { Fault, type CallContext, type ServiceFactory } from '../../../src/sandbox/kernel/types';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { readModels } from '../../../src/sandbox/wire/models';
import { RestRouter } from '../../../src/sandbox/wire/restRouter';
import { parseAuthorization, verifySignature } from '../../../src/sandbox/wire/signature';
import { javaToJs } from '../../../src/core/validation/constraints';
import tables from '../../../src/sandbox/wire/constraints.json';

const echoIot: ServiceFactory = () => ({
  service: 'iot',
  handlers: {
    ListThings: () => ({ things: [] }),
    UpdateThing: () => {
      throw new TypeError('a bug in a handler');
    },
    CreateRoleAlias: (input: { roleAlias: string }, call: CallContext) => ({
      roleAlias: input.roleAlias,
      roleAliasArn: `arn:${call.partition}:iot:${call.region}:${call.account}:rolealias/${input.roleAlias}`,
    }),
  },
});

describe('sandbox: wire', () => {
  let started: StartedSandbox;
  let now = new Date();
  const errors: unknown[] = [];

  before(async () => {
    started = await startSandbox({ services: [createStsService, createIamService, echoIot], now: () => now, logError: (error) => errors.push(error) });
  });
  beforeEach(() => {
    now = new Date();
  });
  after(() => started.close());

  const sts = (overrides: object = {}): STSClient => new STSClient({ ...started.client, ...overrides });
  const iot = (overrides: object = {}): IoTClient => new IoTClient({ ...started.client, ...overrides });

  describe('signatures', () => {
    it('refuses a wrong secret, in each protocol its way', async () => {
      const credentials = { ...started.client.credentials, secretAccessKey: 'wrong' };
      await assert.rejects(sts({ credentials }).send(new GetCallerIdentityCommand({})), (error: Error & { $metadata: { httpStatusCode: number } }) => {
        assert.equal(error.name, 'SignatureDoesNotMatch');
        assert.equal(error.$metadata.httpStatusCode, 403);
        assert.match(error.message, /^The request signature we calculated does not match the signature you provided\./);
        return true;
      });
      await assert.rejects(iot({ credentials }).send(new ListThingsCommand({})), { name: 'InvalidSignatureException' });
    });

    it('refuses an unknown key', async () => {
      const credentials = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'x' };
      const message = 'The security token included in the request is invalid.';
      await assert.rejects(sts({ credentials }).send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId', message });
      await assert.rejects(iot({ credentials }).send(new ListThingsCommand({})), { name: 'UnrecognizedClientException', message });
    });

    it('refuses a session token with a long-term key', async () => {
      const credentials = { ...started.client.credentials, sessionToken: 'x' };
      await assert.rejects(sts({ credentials }).send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' });
    });

    it('refuses a clock that is off by more than five minutes, both ways', async () => {
      const before = new Date();
      now = new Date(before.getTime() + 6 * 60_000);
      await assert.rejects(sts().send(new GetCallerIdentityCommand({})), { name: 'SignatureDoesNotMatch', message: /^Signature expired: \d{8}T\d{6}Z is now earlier than / });
      now = new Date(before.getTime() - 6 * 60_000);
      await assert.rejects(sts().send(new GetCallerIdentityCommand({})), { name: 'SignatureDoesNotMatch', message: /^Signature not yet current: / });
      now = new Date(before.getTime() + 4 * 60_000);
      await sts().send(new GetCallerIdentityCommand({}));
    });

    it('takes any region, and knows its partition', async () => {
      for (const [region, partition] of [['eu-central-1', 'aws'], ['cn-north-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov']] as const) {
        const { roleAliasArn } = await iot({ region }).send(new CreateRoleAliasCommand({ roleAlias: 'a@1=x', roleArn: 'arn:aws:iam::470123856219:role/r' }));
        assert.equal(roleAliasArn, `arn:${partition}:iot:${region}:${started.account}:rolealias/a@1=x`);
        assert.match((await sts({ region }).send(new GetCallerIdentityCommand({}))).Arn ?? '', new RegExp(`^arn:${partition}:iam::`));
      }
    });

    it('checks the content against the signature', () => {
      const request = {
        method: 'POST',
        path: '/',
        query: '',
        body: Buffer.from('a=1'),
        headers: new Map([['host', 'x'], ['x-amz-date', '20260101T000000Z'], ['x-amz-content-sha256', '0'.repeat(64)]]),
      };
      const authorization = parseAuthorization('AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/iot/aws4_request, SignedHeaders=host;x-amz-date, Signature=00');
      assert.ok(authorization);
      assert.throws(() => verifySignature(request, authorization, 's', new Date('2026-01-01T00:00:00Z')), { name: 'XAmzContentSHA256Mismatch' });
    });

    it('verifies the vector that AWS publishes', () => {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html: the "get-vanilla" suite case.
      const request = { method: 'GET', path: '/', query: '', body: Buffer.alloc(0), headers: new Map([['host', 'example.amazonaws.com'], ['x-amz-date', '20150830T123600Z']]) };
      const authorization = parseAuthorization(
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
      );
      assert.ok(authorization);
      const at = new Date('2015-08-30T12:36:00Z');
      verifySignature(request, authorization, 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', at);
      assert.throws(() => verifySignature({ ...request, method: 'POST' }, authorization, 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', at), Fault);
    });

    it('asks for a signature where there is none', async () => {
      const json = await raw({ path: '/things' });
      assert.equal(json.status, 403);
      assert.equal(json.headers['x-amzn-errortype'], 'MissingAuthenticationTokenException');
      const query = await raw({ method: 'POST', path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=GetCallerIdentity&Version=2011-06-15' });
      assert.equal(query.status, 403);
      assert.match(query.body, /<Code>MissingAuthenticationToken<\/Code>/);
      const basic = await raw({ path: '/things', headers: { authorization: 'Basic eDp5' } });
      assert.equal(basic.headers['x-amzn-errortype'], 'IncompleteSignatureException');
    });
  });

  describe('errors', () => {
    it('says which operation it does not implement', async () => {
      const iam = new IAMClient(started.client);
      const { ListUsersCommand } = await import('@aws-sdk/client-iam');
      await assert.rejects(iam.send(new ListUsersCommand({})), { name: 'InvalidAction', message: 'The sandbox does not implement ListUsers of iam.' });
      const { ListJobsCommand } = await import('@aws-sdk/client-iot');
      await assert.rejects(iot().send(new ListJobsCommand({})), { name: 'NotImplementedException', message: 'The sandbox does not implement ListJobs of iot.' });
    });

    it('answers a programming error as InternalFailure, and logs it', async () => {
      await assert.rejects(iot().send(new UpdateThingCommand({ thingName: 'x' })), (error: Error & { $metadata: { httpStatusCode: number } }) => {
        assert.equal(error.$metadata.httpStatusCode, 500);
        assert.ok(!error.message.includes('a bug'));
        return true;
      });
      assert.equal((errors.pop() as Error).message, 'a bug in a handler');
    });

    it("uses AWS's words for lengths, patterns, ranges and absent members", async () => {
      const alias = (input: Partial<{ roleAlias: string; roleArn: string; credentialDurationSeconds: number }>) => iot().send(new CreateRoleAliasCommand(input as never));
      const roleArn = 'arn:aws:iam::470123856219:role/r';
      await assert.rejects(alias({ roleAlias: 'a', roleArn: 'x' }), {
        name: 'InvalidRequestException',
        message: "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
      });
      await assert.rejects(alias({ roleAlias: 'a.b', roleArn }), {
        message: "1 validation error detected: Value 'a.b' at 'roleAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w=,@-]+",
      });
      await assert.rejects(alias({ roleAlias: 'a', roleArn, credentialDurationSeconds: 60 }), {
        message: "1 validation error detected: Value '60' at 'credentialDurationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
      });
      await assert.rejects(alias({ roleAlias: 'a' }), { message: "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null" });
      await assert.rejects(alias({ roleAlias: 'a.b', roleArn: 'x' }), { message: /^2 validation errors detected: Value 'a\.b' at 'roleAlias' .*; Value 'x' at 'roleArn' / });
      const iam = new IAMClient(started.client);
      await assert.rejects(iam.send(new GetRoleCommand({ RoleName: 'a b' })), {
        name: 'ValidationError',
        message: "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
      });
      await assert.rejects(iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}', Tags: [{ Key: '', Value: 'v' }] })), {
        message: /Value '' at 'tags\.1\.member\.key' failed to satisfy constraint: Member must have length greater than or equal to 1/,
      });
      await assert.rejects(sts().send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'x' })), { message: /at 'roleSessionName'/ });
    });

    it('answers unreadable requests with SerializationException', async () => {
      const response = await signedRaw('POST', '/role-aliases/x', '{"roleArn": 7');
      assert.equal(response.status, 400);
      assert.equal(response.headers['x-amzn-errortype'], 'SerializationException');
      const wrongType = await signedRaw('POST', '/role-aliases/x', '{"roleArn": 7}');
      assert.equal(wrongType.headers['x-amzn-errortype'], 'SerializationException');
    });
  });

  describe('routing', () => {
    it('prefers the more specific template, decodes labels, takes greedy ones', () => {
      const router = new RestRouter(readModels().iot);
      const find = (method: string, path: string) => router.find(method, path, new URLSearchParams());
      assert.equal(find('GET', '/things')?.operation.name, 'ListThings');
      assert.equal(find('POST', '/things/a%20b%2Fc')?.labels.get('thingName'), 'a b/c');
      assert.equal(find('PUT', '/thing-groups/addThingToThingGroup')?.operation.name, 'AddThingToThingGroup');
      assert.equal(find('GET', '/nothing/here'), undefined);
      assert.throws(() => find('GET', '/things/%ff%'), { name: 'SerializationException' });
    });

    it('finds every operation by its own template', () => {
      const { iot: model } = readModels();
      const router = new RestRouter(model);
      for (const operation of model.operations.values()) {
        const [path = '', query = ''] = (operation.http?.template ?? '').split('?');
        const found = router.find(operation.http?.method ?? '', path.replace(/\{[^}]+\}/g, 'label'), new URLSearchParams(query));
        assert.equal(found?.operation.name, operation.name);
      }
    });
  });

  describe('the door', () => {
    it('answers only to local host names', async () => {
      for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example']) assert.equal((await raw({ path: '/_sandbox/', headers: { host } })).status, 403);
      for (const host of ['localhost:99', '[::1]:99', 'abc.localhost:1', '127.0.0.1']) assert.equal((await raw({ path: '/_sandbox/', headers: { host } })).status, 200);
    });

    it('says what it is, gives no CORS header', async () => {
      const { body, headers } = await raw({ path: '/_sandbox/', headers: { origin: 'https://a.example' } });
      const info = JSON.parse(body) as Record<string, string>;
      assert.equal(info['product'], 'greengrass-fleet-sandbox');
      assert.equal(info['account'], started.account);
      assert.equal(headers['access-control-allow-origin'], undefined);
    });

    it('resets, but not for a web page', async () => {
      const iam = new IAMClient(started.client);
      const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
      await iam.send(new CreateRoleCommand({ RoleName: 'kept', AssumeRolePolicyDocument: document }));
      assert.equal((await raw({ method: 'POST', path: '/_sandbox/reset', headers: { origin: 'https://a.example' } })).status, 403);
      await iam.send(new GetRoleCommand({ RoleName: 'kept' }));
      assert.equal((await raw({ method: 'POST', path: '/_sandbox/reset' })).status, 200);
      await assert.rejects(iam.send(new GetRoleCommand({ RoleName: 'kept' })), { name: 'NoSuchEntityException' });
    });

    it('refuses a body above the limit', async () => {
      assert.equal((await raw({ method: 'POST', path: '/', body: 'x'.repeat(1024 * 1024 + 1) })).status, 413);
    });
  });

  describe('constraint table', () => {
    it('names only members that the clients know', () => {
      const models = readModels();
      const unknown: string[] = [];
      for (const service of ['iot', 'cloudformation', 'iam', 'sts'] as const) {
        const known = membersOf(models[service].operations.values());
        for (const key of Object.keys(tables[service])) if (!known.has(key.replace(/(\[\]|\{\}|\{key\})+$/, ''))) unknown.push(`${service} ${key}`);
      }
      assert.deepEqual(unknown, []);
    });

    it('holds only patterns that can be enforced', () => {
      for (const table of Object.values(tables)) {
        for (const constraint of Object.values(table) as { pattern?: string }[]) if (constraint.pattern !== undefined) new RegExp(`^(?:${javaToJs(constraint.pattern)})$`, 'u');
      }
    });
  });

  interface RawRequest {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }

  /** Without an SDK: `fetch` would not let a test choose the Host header. */
  function raw({ method = 'GET', path, headers = {}, body }: RawRequest): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
    const { port } = new URL(started.endpoint);
    return new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  async function signedRaw(method: string, path: string, body: string) {
    const captured: { headers: Record<string, string> } = { headers: {} };
    const client = iot();
    // The client signs what the last step before it makes of the request, and its own answer is not of interest.
    client.middlewareStack.add(
      (next) => async (args) => {
        Object.assign(args.request as object, { method, path, body });
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    client.middlewareStack.add(
      () => async (args) => {
        captured.headers = (args.request as { headers: Record<string, string> }).headers;
        throw new Error('captured');
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(new ListThingsCommand({})).catch(() => undefined);
    return raw({ method, path, body, headers: captured.headers });
  }
});

function membersOf(operations: Iterable<{ input: NormalizedSchema }>): ReadonlySet<string> {
  const known = new Set<string>();
  const seen = new Set<string>();
  const visit = (schema: NormalizedSchema): void => {
    if (schema.isStructSchema()) {
      const name = schema.getName() ?? '';
      if (seen.has(name)) return;
      seen.add(name);
      for (const [member, child] of schema.structIterator()) {
        known.add(`${name}.${member}`);
        visit(child);
      }
    } else if (schema.isListSchema() || schema.isMapSchema()) visit(schema.getValueSchema());
  };
  for (const operation of operations) visit(operation.input);
  return known;
}
