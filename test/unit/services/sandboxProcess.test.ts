import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CancelledError, type FleetError } from '../../../src/core/errors';
import { SandboxProcess, type SandboxProcessOptions } from '../../../src/services/sandboxProcess';
import { skip } from '../../helpers/skip';

/** Behaves as the sandbox does at its edges: tells by message, locks its folder, answers, ends with its channel. */
const standIn = `
const fs = require('node:fs'), http = require('node:http'), path = require('node:path');
const state = process.argv[process.argv.indexOf('--state') + 1];
const mode = process.argv.at(-1);
if (mode === 'silent') { setInterval(() => {}, 1000); return; }
if (mode === 'failing') { process.stderr.write('the disk is full\\n'); process.exitCode = 1; return; }
if (Object.keys(process.env).some((name) => name.startsWith('AWS_'))) { process.stderr.write('AWS variables'); process.exit(1); }
try { fs.mkdirSync(path.join(state, 'lock')); } catch { process.stderr.write('Another sandbox is using the state folder'); process.exit(1); }
const end = () => { fs.rmSync(path.join(state, 'lock'), { recursive: true, force: true }); process.exit(0); };
process.on('SIGTERM', end); process.on('disconnect', end);
const server = http.createServer((q, s) => {
  if (q.url === '/_sandbox/crash') { fs.rmSync(path.join(state, 'lock'), { recursive: true }); process.exit(3); }
  if (q.url === '/_sandbox/reset') { fs.writeFileSync(path.join(state, 'was-reset'), q.method); s.end(); return; }
  s.end(JSON.stringify({ product: 'greengrass-fleet-sandbox' }));
});
server.listen(0, '127.0.0.1', () => {
  const info = { endpoint: 'http://127.0.0.1:' + server.address().port, region: 'us-east-1', account: '1', accessKeyId: 'AK', secretAccessKey: 'SECRET' };
  process.stdout.write(JSON.stringify(info) + '\\n'); process.send(info);
});
`;

describe('the sandbox as a child process', () => {
  let folder: string;
  let program: string;
  const made: SandboxProcess[] = [];
  const logged: string[] = [];
  const warned: string[] = [];

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'sandbox-process-'));
    program = path.join(folder, 'main.cjs');
    await fs.writeFile(program, `(() => {${standIn}})();`);
    logged.length = 0;
    warned.length = 0;
  });
  afterEach(async () => {
    for (const sandbox of made.splice(0)) await sandbox.stop();
    await fs.rm(folder, { recursive: true });
  });

  function make(more: Partial<SandboxProcessOptions> = {}): SandboxProcess {
    const sandbox = new SandboxProcess({
      program,
      stateFolder: path.join(folder, 'state'),
      log: (line) => logged.push(line),
      warn: (message) => warned.push(message),
      ...more,
    });
    made.push(sandbox);
    return sandbox;
  }

  it('starts once for many callers, tells so, and stops', async () => {
    const sandbox = make();
    const changes: boolean[] = [];
    sandbox.onDidChange((running) => changes.push(running));
    const [one, two] = await Promise.all([sandbox.start(), sandbox.start()]);
    assert.deepEqual(one, two);
    assert.ok(sandbox.running);
    await sandbox.reset();
    assert.equal(await fs.readFile(path.join(folder, 'state', 'was-reset'), 'utf8'), 'POST');
    await sandbox.stop();
    assert.ok(!sandbox.running);
    assert.deepEqual(changes, [true, false]);
    await assert.rejects(fetch(one.endpoint));
    assert.deepEqual(warned, []);
  });

  it('a second window uses the running one and does not stop it', async () => {
    const first = await make().start();
    const second = make();
    assert.deepEqual(await second.start(), first);
    await second.stop();
    assert.ok((await fetch(`${first.endpoint}/_sandbox/`)).ok);
  });

  it('two windows that start at the same time share one', async () => {
    const [one, two] = await Promise.all([make().start(), make().start()]);
    assert.deepEqual(one, two);
  });

  it('keeps the keys from other people and from the log', async () => {
    await make().start();
    const { mode } = await fs.stat(path.join(folder, 'state', 'endpoint.json'));
    assert.equal(mode & 0o777, 0o600);
    assert.ok(!logged.join('\n').includes('SECRET'));
  });

  it('ignores a record of one that is gone or is elsewhere', async () => {
    await fs.mkdir(path.join(folder, 'state'));
    for (const endpoint of ['http://127.0.0.1:1', 'http://example.com:80']) {
      await fs.writeFile(path.join(folder, 'state', 'endpoint.json'), JSON.stringify({ endpoint, region: 'r', accessKeyId: 'a', secretAccessKey: 'b' }));
      const sandbox = make();
      assert.notEqual((await sandbox.start()).endpoint, endpoint);
      await sandbox.stop();
    }
  });

  it('tells of a crash and starts anew', async () => {
    const sandbox = make();
    const { endpoint } = await sandbox.start();
    const ended = new Promise<boolean>((resolve) => sandbox.onDidChange(resolve));
    await fetch(`${endpoint}/_sandbox/crash`).catch(() => undefined);
    assert.equal(await ended, false);
    assert.equal(warned.length, 1);
    assert.ok((await fetch(`${(await sandbox.start()).endpoint}/_sandbox/`)).ok);
  });

  it('says why it did not start', async () => {
    await assert.rejects(make({ args: ['failing'] }).start(), (error: FleetError) => error.code === 'sandboxExited' && error.message.includes('the disk is full'));
    await assert.rejects(make({ args: ['silent'], startTimeoutMs: 300 }).start(), (error: FleetError) => error.code === 'sandboxTimeout');
  });

  it('can be given up while it starts', async () => {
    const abort = new AbortController();
    const starting = make({ args: ['silent'], startTimeoutMs: 1000 }).start(abort.signal);
    abort.abort();
    await assert.rejects(starting, CancelledError);
  });

  it('refuses to empty one that does not run', async () => {
    await assert.rejects(make().reset(), (error: FleetError) => error.remedies[0]?.kind === 'startSandbox');
  });

  it('runs the built program', async function () {
    const built = path.resolve('dist/sandbox/main.js');
    if (!existsSync(built)) skip(this, 'dist/sandbox/main.js is not built');
    const sandbox = make({ program: built });
    const { endpoint } = await sandbox.start();
    const told = (await (await fetch(`${endpoint}/_sandbox/`)).json()) as { product: string };
    assert.equal(told.product, 'greengrass-fleet-sandbox');
    const second = make({ program: built });
    assert.equal((await second.start()).endpoint, endpoint);
    await sandbox.reset();
  });
});
