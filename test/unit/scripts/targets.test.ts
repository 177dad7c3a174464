import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Targets {
  readonly targets: Readonly<Record<string, readonly string[]>>;
  readonly targetOf: (machine?: { platform: string; arch: string; glibc: boolean }) => string;
  readonly ignoreRules: (text: string, target: string) => string;
}

const require = createRequire(import.meta.url);

describe('packages of the platforms', () => {
  const load = async (): Promise<Targets> => (await import(pathToFileURL(path.resolve('scripts/lib/targets.mjs')).href)) as Targets;

  it('name files that the native store has', async () => {
    const { targets } = await load();
    const prebuilds = path.join(path.dirname(require.resolve('classic-level/package.json')), 'prebuilds');
    for (const file of Object.values(targets).flat()) assert.ok(fs.existsSync(path.join(prebuilds, file)), file);
  });

  it('are chosen by the machine; one without a build gets the package for all', async () => {
    const { targetOf, targets } = await load();
    assert.equal(targetOf({ platform: 'linux', arch: 'x64', glibc: true }), 'linux-x64');
    assert.equal(targetOf({ platform: 'linux', arch: 'x64', glibc: false }), 'alpine-x64');
    assert.equal(targetOf({ platform: 'linux', arch: 'arm64', glibc: false }), 'universal');
    assert.equal(targetOf({ platform: 'linux', arch: 'arm', glibc: true }), 'linux-armhf');
    assert.equal(targetOf({ platform: 'darwin', arch: 'arm64', glibc: false }), 'darwin-arm64');
    assert.equal(targetOf({ platform: 'win32', arch: 'arm64', glibc: false }), 'universal');
    assert.ok(Object.hasOwn(targets, targetOf()));
  });

  it('take the files of their platform and no other', async () => {
    const { ignoreRules } = await load();
    const text = fs.readFileSync('.vscodeignore', 'utf8');
    const lines = (target: string): readonly string[] => ignoreRules(text, target).split('\n').filter((line) => line.includes('/prebuilds/'));
    assert.deepEqual(lines('alpine-x64'), ['!dist/sandbox/prebuilds/linux-x64/classic-level.musl.node']);
    assert.deepEqual(lines('universal'), []);
    assert.throws(() => ignoreRules('**', 'linux-x64'), /has no line/);
  });
});
