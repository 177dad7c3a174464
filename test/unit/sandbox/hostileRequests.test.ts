import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { checkedProperties } from '../../../src/sandbox/services/cloudformation/resources/registry';
import type { JsonObject } from '../../../src/sandbox/services/cloudformation/template/model';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { violationsOf, type ConstraintTable } from '../../../src/core/validation/constraints';
import tables from '../../../src/sandbox/wire/constraints.json';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

const MEGABYTE = 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

interface Sent {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('sandbox: hostile requests', () => {
  let started: StartedSandbox;
  let port: number;
  const errors: unknown[] = [];
  before(async () => {
    started = await startSandbox({
      services: [createStsService, createIamService, createIotService, createCloudFormationService],
      certificateAuthority: createCertificateAuthority,
      logError: (error) => errors.push(error),
    });
    port = Number(new URL(started.endpoint).port);
  });
  // What is answered with an internal error is written to the log: nothing here may be.
  afterEach(async () => {
    assert.equal((await fetch(`${started.endpoint}/_sandbox/`)).status, 200);
    assert.deepEqual(errors.splice(0), []);
  });
  after(() => started.close());

  /** Whatever the content, rightly signed: so that it gets past the door. */
  function send({ service, method = 'POST', path = '/', body = '', headers = {} }: Sent): Promise<Answer> {
    const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
    const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
    const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const date = time.slice(0, 8);
    const host = `127.0.0.1:${port}`;
    // The dispatcher encodes each segment of the path once more.
    const encoded = path.split('/').map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)).join('/');
    const canonical = [method, encoded, '', `host:${host}`, `x-amz-date:${time}`, '', 'host;x-amz-date', sha256(body)].join('\n');
    const scope = `${date}/${started.region}/${service}/aws4_request`;
    const key = [date, started.region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${started.secretAccessKey}`);
    const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${started.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port, method, path, agent: false, headers: { host, 'x-amz-date': time, authorization, 'content-length': Buffer.byteLength(body), ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }
  const json = (path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send({ service: 'iot', path, body, headers: { 'content-type': 'application/json', ...headers } });
  const form = (service: string, action: string, parameters: Readonly<Record<string, string>>): Promise<Answer> =>
    send({ service, body: new URLSearchParams({ Action: action, ...parameters }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });

  /** Raw bytes on a connection; what came back until it closed or fell silent. */
  function raw(bytes: Buffer): Promise<string> {
    return new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
      socket.end(bytes);
    });
  }

  it('signs as the clients do, so the tests below test what they say', async () => {
    assert.match((await form('sts', 'GetCallerIdentity', { Version: '2011-06-15' })).body, new RegExp(`<Account>${started.account}</Account>`));
    assert.equal((await json('/things/a', '{}')).status, 200);
  });

  it('listens on the loopback interface alone', async () => {
    const outside = Object.values(os.networkInterfaces()).flat().find((address) => address !== undefined && !address.internal && address.family === 'IPv4');
    // Without another interface there is nothing to reach it from.
    if (outside === undefined) return;
    await assert.rejects(fetch(`http://${outside.address}:${port}/_sandbox/`));
  });

  it('answers no foreign host name, not even with a good signature', async () => {
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '0.0.0.0', '', '[::2]']) {
      const { status } = await send({ service: 'sts', headers: { host } });
      // An empty name is refused by Node's parser.
      assert.equal(status, host === '' ? 400 : 403, host);
    }
    assert.match(await raw(Buffer.from('GET /_sandbox/ HTTP/1.0\r\n\r\n')), /^HTTP\/1\.1 403 /);
  });

  it('outlives arbitrary bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      await raw(Buffer.from(bytes));
    }), { numRuns: 100 });
  });

  it('outlives arbitrary requests in the form of HTTP', async () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
    const value = fc.oneof(fc.stringMatching(/^[\x20-\x7e]{0,60}$/), fc.constantFrom('AWS4-HMAC-SHA256 Credential=a/20260101/r/iot/aws4_request, SignedHeaders=host, Signature=00', 'chunked', '100-continue', 'websocket', 'close', '-1', '99999999999'));
    const name = fc.oneof(token, fc.constantFrom('authorization', 'content-type', 'content-length', 'transfer-encoding', 'expect', 'upgrade', 'connection', 'x-amz-date', 'x-amz-content-sha256', 'host'));
    const request = fc.record({
      method: fc.oneof(token, fc.constantFrom('GET', 'POST', 'CONNECT', 'OPTIONS', 'HEAD', 'DELETE')),
      path: fc.oneof(fc.webPath(), fc.constantFrom('*', '/%', '/%ff', '//', '/things/%00', 'http://x/', '/../..', '/?%=%&&=', '/_sandbox/', '/_sandbox/../things')),
      headers: fc.array(fc.tuple(name, value), { maxLength: 8 }),
      body: fc.string({ maxLength: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, headers, body }) => {
        const lines = [`${method} ${path === '' ? '/' : path} HTTP/1.1`, 'Host: localhost', ...headers.map(([key, text]) => `${key}: ${text}`), '', body];
        const answer = await raw(Buffer.from(lines.join('\r\n')));
        assert.doesNotMatch(answer, /^HTTP\/1\.1 500 /);
      }),
      { numRuns: 200 },
    );
  });

  it('answers any signed JSON with a refusal or a result', async () => {
    const paths = ['/things/t', '/policies/p', '/role-aliases/r', '/provisioning-templates', '/certificates', '/thing-groups/g', '/tags', '/keys-and-certificate', '/target-policies/p'];
    const hostile = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'attributePayload', 'attributes', 'tags', 'policyDocument', 'roleArn', 'templateName', 'templateBody', 'certificateSigningRequest');
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 5 }, fc.jsonValue({ maxDepth: 1 }), fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(hostile, tie('node'), { maxKeys: 5 })),
    })).node;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.oneof(value.map((item) => JSON.stringify(item)), fc.string()), async (path, body) => {
        const { status } = await json(path, body);
        assert.ok(status < 500 || status === 501, `${path} ${body}: ${status}`);
      }),
      { numRuns: 200 },
    );
    assert.equal(({} as Record<string, unknown>)['policyDocument'], undefined);
  });

  it('answers any signed form with a refusal or a result', async () => {
    const action = fc.constantFrom(...['CreateRole', 'PutRolePolicy', 'TagRole', 'ListRoles'].map((name) => ['iam', name] as const), ...['CreateStack', 'ValidateTemplate', 'DescribeStacks', 'CreateChangeSet'].map((name) => ['cloudformation', name] as const));
    const part = fc.constantFrom('__proto__', 'constructor', 'Tags', 'member', '1', '0', '-1', '99999999999999999999', '', 'Key', 'Value', 'RoleName', 'StackName', 'TemplateBody', 'Parameters', 'AssumeRolePolicyDocument', 'MaxItems');
    const key = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
    await fc.assert(
      fc.asyncProperty(action, fc.dictionary(key, fc.string({ maxLength: 40 }), { maxKeys: 8 }), async ([service, name], parameters) => {
        const { status, body } = await form(service, name, parameters);
        assert.ok(status < 500, `${name} ${JSON.stringify(parameters)}: ${body}`);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps members that are called __proto__ apart from the prototype', async () => {
    const stored = await json('/things/polluted', '{"attributePayload":{"attributes":{"__proto__":"x","constructor":"y"}},"__proto__":{"thingTypeName":"z"}}');
    assert.equal(stored.status, 200);
    const { body } = await send({ service: 'iot', method: 'GET', path: '/things/polluted' });
    assert.match(body, /"__proto__":"x"/);
    assert.equal(({} as Record<string, unknown>)['thingTypeName'], undefined);
    const answer = await form('iam', 'CreateRole', { '__proto__.RoleName': 'x', 'constructor.prototype.RoleName': 'y', 'Tags.member.__proto__.Key': 'z' });
    assert.match(answer.body, /roleName.*must not be null/);
    assert.equal(({} as Record<string, unknown>)['RoleName'], undefined);
  });

  it('names that every object inherits are unknown names in a template', async () => {
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      const role = { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: { Ref: name } } };
      for (const TemplateBody of [
        JSON.stringify({ Resources: { A: role } }),
        JSON.stringify({ Resources: { A: { Type: 'AWS::IoT::ThingGroup', DependsOn: name } } }),
        JSON.stringify({ Resources: { A: { Type: 'AWS::IoT::ThingGroup', Condition: name } } }),
        JSON.stringify({ Resources: { A: { Type: name } } }),
        JSON.stringify({ Resources: { A: { Type: 'AWS::IoT::ThingGroup' } }, Outputs: { O: { Value: { 'Fn::GetAtt': ['A', name] } } } }),
        JSON.stringify({ Resources: { A: { Type: 'AWS::IoT::ThingGroup' } }, Outputs: { O: { Value: { 'Fn::If': [name, 'a', 'b'] } } } }),
        JSON.stringify({ Resources: { A: { Type: 'AWS::IoT::ThingGroup' } }, Outputs: { O: { Value: { 'Fn::Sub': ['${' + name + '}', {}] } } } }),
      ]) {
        const { status, body } = await form('cloudformation', 'CreateStack', { StackName: 'inherited', TemplateBody });
        assert.ok(status === 400 && body.includes('<Code>ValidationError</Code>'), `${TemplateBody}: ${body}`);
      }
      assert.throws(() => checkedProperties('AWS::IoT::ThingGroup', 'A', JSON.parse(`{"${name}":"x"}`) as JsonObject), /extraneous key/);
    }
  });

  it('outlives content nested beyond the stack', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const deepObject = '{"a":'.repeat(8000) + '1' + '}'.repeat(8000);
    for (const body of [deep, `{"attributePayload":${deep}}`, `{"attributePayload":{"attributes":${deepObject}}}`]) {
      assert.equal((await json('/things/deep', body)).status, 400, body.slice(0, 40));
    }
    for (const policyDocument of [deep, deepObject, `{"Version":"2012-10-17","Statement":${deep}}`]) {
      assert.equal((await json('/policies/deep', JSON.stringify({ policyDocument }))).status, 400, policyDocument.slice(0, 60));
    }
    for (const TemplateBody of [deep, deepObject, `{"Resources":{"A":{"Type":"AWS::IoT::ThingGroup","Properties":{"P":${deep}}}}}`, `Resources: ${deep}`, `Resources:\n  ${'- '.repeat(20_000)}x`, `Resources:\n  ${'? '.repeat(20_000)}x`, `{"Resources": # ${deep}\n 1}`, `a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b]\n`]) {
      assert.equal((await form('cloudformation', 'ValidateTemplate', { TemplateBody })).status, 400, TemplateBody.slice(0, 60));
      assert.equal((await form('cloudformation', 'CreateStack', { StackName: 'deep', TemplateBody })).status, 400, TemplateBody.slice(0, 60));
    }
    for (const AssumeRolePolicyDocument of [deepObject, `{"Version":"2012-10-17","Statement":[{"Effect":${deep}}]}`]) {
      assert.equal((await form('iam', 'CreateRole', { RoleName: 'deep', AssumeRolePolicyDocument })).status, 400);
    }
  });

  it('reads a billion laughs as a refusal', async () => {
    const names = 'abcdefghi'.split('');
    const lines = names.map((name, index) => `${name}: &${name} [${index === 0 ? 'lol' : Array.from({ length: 9 }, () => `*${names[index - 1] ?? ''}`).join(', ')}]`);
    const before = performance.now();
    const { status } = await form('cloudformation', 'ValidateTemplate', { TemplateBody: `Metadata:\n  ${lines.join('\n  ')}\nResources: {A: {Type: 'AWS::IoT::ThingGroup'}}\n` });
    assert.equal(status, 400);
    assert.ok(performance.now() - before < 5000);
  });

  it('does not unpack what is packed, and takes no more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MEGABYTE, ' '));
    assert.equal((await json('/things/gz', bomb, { 'content-encoding': 'gzip' })).status, 400);
    const large = await json('/things/large', Buffer.alloc(8 * MEGABYTE, ' '));
    assert.equal(large.status, 413);
    // The same without a length beforehand.
    const endless = await fetch(`${started.endpoint}/things/x`, { method: 'POST', body: new Blob([Buffer.alloc(3 * MEGABYTE)]).stream(), duplex: 'half' });
    assert.equal(endless.status, 413);
  });

  it('tells its own clock', async () => {
    const at = Date.parse((await form('sts', 'GetCallerIdentity', {})).headers.date ?? '');
    assert.ok(Math.abs(at - Date.now()) < 5000);
  });

  it('checks a megabyte against any rule within a moment', () => {
    const seeds = ['a', '-', 'arn:aws-a', 'arn:aws:iam::123456789012:role/', 'a.', 'a/', ':', '\u0000'];
    let slowest = { ms: 0, what: '' };
    for (const [service, table] of Object.entries(tables as Readonly<Record<string, ConstraintTable>>)) {
      for (const [name, constraint] of Object.entries(table)) {
        if (constraint.pattern === undefined) continue;
        for (const seed of seeds) {
          const value = `${seed.repeat(Math.ceil(MEGABYTE / seed.length))}\n!`;
          const before = performance.now();
          violationsOf(constraint, value);
          const ms = performance.now() - before;
          if (ms > slowest.ms) slowest = { ms, what: `${service} ${name} '${seed}'` };
        }
      }
    }
    assert.ok(slowest.ms < 1000, `${slowest.what}: ${Math.round(slowest.ms)} ms`);
  });
});
