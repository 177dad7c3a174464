import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, ListRolesCommand, PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { ArgumentError, USAGE, readArguments } from '../../../src/sandbox/arguments';
import { skip } from '../../helpers/skip';
import type { SandboxInfo } from '../../../src/sandbox/sandbox';

const MAIN = path.resolve('src/sandbox/main.ts');
const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
const ACCESS = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] });
const run = promisify(execFile);

/** Ports that nobody listened on a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => resolve(server)); })),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(); });
    socket.once('error', reject);
  });
}

describe('sandbox: program', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-cli-'));
  });
  after(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const args = (options: readonly string[]): string[] => ['--import', 'tsx', MAIN, ...options];

  async function start(options: readonly string[]): Promise<{ child: ChildProcess; info: SandboxInfo }> {
    const child = spawn(process.execPath, args(options), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    children.push(child);
    const line = new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.endsWith('\n')) resolve(text);
      });
      child.once('exit', (code) => reject(new Error(`exit ${code}`)));
    });
    const message = new Promise<unknown>((resolve) => child.once('message', resolve));
    const info = JSON.parse(await line) as SandboxInfo;
    assert.deepEqual(await message, info);
    return { child, info };
  }
  const exit = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  const clientOf = ({ endpoint, region, accessKeyId, secretAccessKey }: SandboxInfo): IAMClient =>
    new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });

  it('refuses a plan of faults that cannot be used, with one line and exit code 2, and starts nothing', async () => {
    const state = path.join(folder, 'never-made');
    const plans: readonly (readonly [text: string | undefined, message: RegExp])[] = [
      [undefined, /^The plan of faults cannot be read: ENOENT/],
      ['{"rules": [{"operation": "CreatePolcy", "fault": "denied"}]}', /plan-1\.json, rule 1: no service here has an operation 'CreatePolcy'\. Did you mean 'CreatePolicy'\?$/],
    ];
    for (const [index, [text, message]] of plans.entries()) {
      const plan = path.join(folder, `plan-${String(index)}.json`);
      if (text !== undefined) await writeFile(plan, text);
      const { status, stderr, stdout } = spawnSync(process.execPath, args(['--state', state, '--faults', plan]), { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
      assert.equal(status, 2, stderr);
      assert.match(stderr.trim(), message);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.equal(stdout, '');
    }
    await assert.rejects(stat(state), { code: 'ENOENT' });
    assert.throws(() => readArguments(['--faults', '']), ArgumentError);
  });

  it('lets calls go wrong by a plan', async () => {
    const plan = path.join(folder, 'plan.json');
    await writeFile(plan, JSON.stringify({ rules: [{ service: 'iam', operation: 'ListRoles', every: 2, fault: 'denied' }] }));
    const { child, info } = await start(['--faults', plan]);
    const iam = clientOf(info);
    const list = async (): Promise<unknown> => iam.send(new ListRolesCommand({}));
    await list();
    await assert.rejects(list(), { name: 'AccessDenied' });
    await list();
    iam.destroy();
    child.kill('SIGTERM');
    assert.equal(await exit(child), 0);
  });

  it('refuses a wrong command line with one line and exit code 2', () => {
    for (const options of [['--port', 'x'], ['--nonsense'], ['extra'], ['--account', '12'], ['--access-key-id', 'AKIAIOSFODNN7EXAMPLE'], ['--reset'], ['--region', 'mars'], ['--mqtt-port', '65536'], ['--credentials-port', '-1'], ['--proxy-port', '']]) {
      assert.throws(() => readArguments(options), (error: Error) => error instanceof ArgumentError && !error.message.includes('\n'), options.join(' '));
    }
    for (const options of [['--port', 'x'], ['--nonsense']]) {
      const { status, stderr, stdout } = spawnSync(process.execPath, args(options), { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
      assert.equal(status, 2, options.join(' '));
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.equal(stdout, '');
    }
  });

  it('serves devices on the ports that it is told, and names the option of a port that is taken', async () => {
    const free = await freePorts(4);
    const [port = 0, mqttPort = 0, credentialsPort = 0, proxyPort = 0] = free;
    const options = ['--port', port, '--mqtt-port', mqttPort, '--credentials-port', credentialsPort, '--proxy-port', proxyPort].map(String);
    const { child, info } = await start(options);
    assert.deepEqual([info.endpoint, info.mqttPort, info.credentialsPort, info.proxyPort], [`http://127.0.0.1:${port}`, mqttPort, credentialsPort, proxyPort]);
    for (const open of free) await connects(open);

    for (const [option, taken] of [['--mqtt-port', mqttPort], ['--credentials-port', credentialsPort], ['--proxy-port', proxyPort]] as const) {
      const { status, stderr, stdout } = spawnSync(process.execPath, args([option, String(taken)]), { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
      assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [1, '', 1], stderr);
      assert.ok(stderr.includes(`Choose another with ${option}.`), stderr);
    }
    const ended = exit(child);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('takes free ports when told none', () => {
    const { port, mqttPort, credentialsPort, proxyPort } = readArguments([]);
    assert.deepEqual([port, mqttPort, credentialsPort, proxyPort], [0, 0, 0, 0]);
    for (const option of ['--port', '--mqtt-port', '--credentials-port', '--proxy-port']) assert.ok(USAGE.includes(`[${option} P]`), option);
  });

  it('keeps every acknowledged write over kill -9, and no half call', async () => {
    const state = path.join(folder, 'crash');
    const acknowledged = new Set<string>();
    for (let round = 0; round < 2; round++) {
      const { child, info } = await start(['--state', state]);
      const client = clientOf(info);
      let alive = true;
      const gone = exit(child).then(() => (alive = false));
      const hammer = async (lane: number): Promise<void> => {
        for (let i = 0; alive; i++) {
          const RoleName = `r${round}-${lane}-${i}`;
          try {
            await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'k', Value: RoleName }] }));
            await client.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: ACCESS }));
          } catch {
            return;
          }
          acknowledged.add(RoleName);
          // In the middle of what the other lanes are writing.
          if (acknowledged.size >= 60 * (round + 1)) child.kill('SIGKILL');
        }
      };
      await Promise.all([0, 1, 2, 3].map(hammer));
      await gone;
      client.destroy();
    }
    const { child, info } = await start(['--state', state]);
    const client = clientOf(info);
    const { Roles = [] } = await client.send(new ListRolesCommand({ MaxItems: 1000 }));
    const names = new Set(Roles.map((role) => role.RoleName));
    assert.deepEqual([...acknowledged].filter((name) => !names.has(name)), []);
    // At most the calls that were under way may be there without an answer.
    assert.ok(names.size <= acknowledged.size + 8, `${names.size} of ${acknowledged.size}`);
    // Each one whole: role, trust, tags and inline policy of one call or of the two that made it.
    for (const RoleName of [...names].filter((name) => name !== undefined)) {
      const { Role } = await client.send(new GetRoleCommand({ RoleName }));
      assert.ok(Role);
      assert.deepEqual(JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument ?? '')), JSON.parse(TRUST));
      assert.deepEqual(Role.Tags, [{ Key: 'k', Value: RoleName }]);
      assert.match(Role.RoleId ?? '', /^AROA[A-Z0-9]{17}$/);
      const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName }));
      if (acknowledged.has(RoleName)) assert.deepEqual(PolicyNames, ['inline']);
      for (const PolicyName of PolicyNames) {
        const { PolicyDocument = '' } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        assert.equal(decodeURIComponent(PolicyDocument), ACCESS);
      }
    }
    // The same name is free or taken for good, never something between.
    const [one = ''] = acknowledged;
    await assert.rejects(client.send(new CreateRoleCommand({ RoleName: one, AssumeRolePolicyDocument: TRUST })), { name: 'EntityAlreadyExistsException' });
    await client.send(new DeleteRolePolicyCommand({ RoleName: one, PolicyName: 'inline' }));
    await client.send(new DeleteRoleCommand({ RoleName: one }));
    await client.send(new CreateRoleCommand({ RoleName: one, AssumeRolePolicyDocument: TRUST }));
    client.destroy();
    const ended = exit(child);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('keeps its secrets to the owner, refuses a second on the folder, ends with its parent', async () => {
    const state = path.join(folder, 'own');
    const { child, info } = await start(['--state', state]);
    assert.equal((await stat(path.join(state, 'db'))).mode & 0o077, 0);
    assert.match(await readFile(info.caFile, 'utf8'), /^-----BEGIN CERTIFICATE-----/);
    assert.equal(await (await fetch(`${info.endpoint}/_sandbox/ca.pem`)).text(), await readFile(info.caFile, 'utf8'));
    const second = spawnSync(process.execPath, args(['--state', state]), { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
    assert.equal(second.status, 1);
    assert.equal(second.stderr, `Another sandbox is using the state folder ${state}. Stop it or choose another folder.\n`);
    const port = new URL(info.endpoint).port;
    const taken = spawnSync(process.execPath, args(['--port', port]), { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
    assert.equal(taken.status, 1);
    assert.match(taken.stderr, /^The port is taken: [^\n]+\n$/);
    const ended = exit(child);
    child.disconnect();
    assert.equal(await ended, 0);
  });

  it('serves the AWS CLI', async function () {
    const found = spawnSync('aws', ['--version'], { encoding: 'utf8' });
    if (found.error !== undefined || found.status !== 0) skip(this, 'no AWS CLI on the PATH');
    const { child, info } = await start([]);
    const config = path.join(folder, 'config');
    await writeFile(config, '');
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: config,
      AWS_ACCESS_KEY_ID: info.accessKeyId,
      AWS_SECRET_ACCESS_KEY: info.secretAccessKey,
      AWS_DEFAULT_REGION: info.region,
      AWS_PAGER: '',
    };
    const aws = async (...command: string[]): Promise<unknown> => {
      const { stdout } = await run('aws', [...command, '--endpoint-url', info.endpoint, '--output', 'json'], { env });
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    };
    assert.equal(((await aws('sts', 'get-caller-identity')) as { Account: string }).Account, info.account);
    const created = (await aws('iam', 'create-role', '--role-name', 'cli', '--assume-role-policy-document', TRUST)) as { Role: { Arn: string; AssumeRolePolicyDocument: unknown } };
    assert.equal(created.Role.Arn, `arn:aws:iam::${info.account}:role/cli`);
    // The CLI decodes the document only when it is URL-encoded JSON.
    assert.deepEqual(created.Role.AssumeRolePolicyDocument, JSON.parse(TRUST));
    await assert.rejects(aws('iam', 'create-role', '--role-name', 'cli', '--assume-role-policy-document', TRUST), /\(EntityAlreadyExists\) when calling the CreateRole operation.*: Role with name cli already exists\./);
    const ended = exit(child);
    child.kill('SIGINT');
    assert.equal(await ended, 0);
  });
});
