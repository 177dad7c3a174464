import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Commands } from '../../src/ids';
import type { BenchOptions } from './main';
import { median, type Figure } from './measure';
import { root, scripts } from './scripts';

/** What the host reports: milliseconds and MiB. */
export interface HostCosts {
  readonly activate: number;
  readonly activateStall: number;
  readonly heap: number;
  readonly heapAdded: number;
  readonly openJson: number;
  readonly firstCommand?: number;
  readonly firstCommandStall?: number;
}

interface Subject {
  readonly name: string;
  /** Unpacked. */
  readonly folder: string;
  readonly id: string;
  /** Loads the rest of it. */
  readonly command?: string;
}

/** A start of VS Code varies by a factor of two on a shared machine: fewer show the machine. */
const rounds = 15;
const floor = 'an empty extension';

/**
 * Our package in a real VS Code beside an empty extension and whatever else is given: each alone in a host of its own,
 * in turn, so that a slow spell of the machine meets all. Activated by the bench, not by an event: the start of a window is no part of it.
 */
export async function activationFigures({ vsix }: BenchOptions): Promise<Figure[]> {
  const { ensureBuilt } = await scripts.build();
  await ensureBuilt(['extension', 'sandbox', 'check']);
  const { ensureBrowser, ensureWorkbench } = await scripts.install();
  await ensureBrowser();
  await ensureWorkbench();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-activation-'));
  try {
    const { makePackage } = await scripts.package();
    const ours: Subject = { ...(await unpack(folder, await makePackage(folder, { rebuild: false }))), name: 'ours', command: Commands.refresh };
    const empty = makeEmpty(folder);
    const others: Subject[] = [];
    for (const file of vsix) others.push(await unpack(folder, path.resolve(file)));
    const bundle = await bundleHost();
    const costs = new Map<Subject, HostCosts[]>([empty, ours, ...others].map((subject) => [subject, []]));
    for (let round = 0; round < rounds; round += 1) {
      // Each of them comes first once: what is regular on this machine shall not meet always the same one.
      const turns = [...costs];
      for (const [subject, found] of [...turns.slice(round % turns.length), ...turns.slice(0, round % turns.length)]) found.push(await measure(subject, bundle));
    }
    const of = (subject: Subject): readonly HostCosts[] => costs.get(subject) ?? [];
    return [...compare('', of(ours), of(empty), floor), ...others.flatMap((other) => compare('', of(ours), of(other), other.name))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function compare(prefix: string, ours: readonly HostCosts[], reference: readonly HostCosts[], referenceIs: string): Figure[] {
  const figure = (what: string, unit: Figure['unit'], value: (costs: HostCosts) => number | undefined): Figure[] => {
    const [mine, other] = [ours, reference].map((all) => median(all.flatMap((costs) => value(costs) ?? [])));
    return mine === undefined || other === undefined || Number.isNaN(other) ? [] : [{ what: `${prefix}${what}`, ours: mine, reference: other, referenceIs, unit }];
  };
  return [
    ...figure('activation', 'ms', (costs) => costs.activate),
    ...figure('activation: longest stall of the host', 'ms', (costs) => costs.activateStall),
    ...figure('heap of the extension host, active', 'MiB', (costs) => costs.heap),
    ...figure('activation: heap added', 'MiB', (costs) => costs.heapAdded),
    ...figure('opening a JSON file that is not ours', 'ms', (costs) => costs.openJson),
    ...figure('first command, which loads the rest', 'ms', (costs) => costs.firstCommand),
    ...figure('first command: longest stall of the host', 'ms', (costs) => costs.firstCommandStall),
  ];
}

async function measure(subject: Subject, bundle: string): Promise<HostCosts> {
  const { runInVscode } = await scripts.vscodeRun();
  const { code, results } = await runInVscode({
    name: 'bench-activation',
    bundle,
    env: { GREENGRASS_FLEET_TEST: '', GREENGRASS_FLEET_EXTENSION: subject.folder, BENCH_EXTENSION: subject.id, ...(subject.command === undefined ? {} : { BENCH_COMMAND: subject.command }) },
  });
  if (code !== 0 || results === undefined) throw new Error(`${subject.name} could not be measured in VS Code: see "error:" in test-results/bench-activation-console.log.`);
  return results as HostCosts;
}

async function bundleHost(): Promise<string> {
  const { build } = await import('esbuild');
  const outfile = path.join(root, 'dist', 'test', 'benchActivation.js');
  await build({ entryPoints: [path.join(root, 'test', 'bench', 'activationHost.ts')], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'], logLevel: 'warning' });
  return outfile;
}

/** An extension with one command and nothing else, in a folder like that of an installed one: the floor. */
function makeEmpty(parent: string): Subject {
  const folder = path.join(parent, 'data-empty', 'extensions', 'bench.empty-0.0.1');
  const command = 'empty.nothing';
  fs.mkdirSync(path.join(folder, 'dist'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'empty', publisher: 'bench', version: '0.0.1', engines: { vscode: '^1.105.0' }, main: './dist/main.js', contributes: { commands: [{ command, title: 'Nothing' }] } }));
  fs.writeFileSync(path.join(folder, 'dist', 'main.js'), `const vscode = require('vscode');\nexports.activate = (context) => void context.subscriptions.push(vscode.commands.registerCommand('${command}', () => undefined));\n`);
  return { name: 'empty', folder, id: 'bench.empty', command };
}

/**
 * VS Code unpacks it. It loses its activation events: by one of them (a JSON file that an extension of VS Code reads, the
 * end of the start) it could be active before it is measured.
 */
async function unpack(parent: string, file: string): Promise<Subject> {
  const { ensureWorkbench } = await scripts.install();
  const { installVsix } = await scripts.server();
  const data = await mkdtemp(path.join(parent, 'data-'));
  await installVsix(await ensureWorkbench(), data, file, process.env);
  const extensions = path.join(data, 'extensions');
  const [name] = fs.readdirSync(extensions).filter((entry) => fs.existsSync(path.join(extensions, entry, 'package.json')));
  if (name === undefined) throw new Error(`VS Code unpacked nothing from ${file}`);
  const folder = path.join(extensions, name);
  const manifestFile = path.join(folder, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8')) as { name: string; publisher: string; version: string };
  fs.writeFileSync(manifestFile, JSON.stringify({ ...manifest, activationEvents: [] }));
  return { name: `${manifest.name} ${manifest.version}`, folder, id: `${manifest.publisher}.${manifest.name}` };
}
