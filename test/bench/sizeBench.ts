import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import budgets from '../../scripts/bundleBudgets.json';
import type { Figure } from './measure';
import { root, scripts } from './scripts';

const programs = { extension: 'dist', sandbox: 'dist/sandbox', check: 'dist' } as const;
/** Packages that are listed by program. */
const listed = 12;

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly sourceBytes: number;
}

/** The package of this machine's platform and all that is in it, each beside its budget. */
export async function sizeFigures(): Promise<Figure[]> {
  const { ensureBuilt } = await scripts.build();
  await ensureBuilt(Object.keys(programs));
  const { makePackage } = await scripts.package();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-size-'));
  try {
    const vsix = await makePackage(folder, { rebuild: false });
    const figures = [size(`package ${path.basename(vsix).replace(/-\d.*$/, '')}`, fs.statSync(vsix).size, budgets.vsix['*'])];
    for (const [program, where] of Object.entries(programs)) figures.push(...bundles(program as keyof typeof programs, where), ...packages(program));
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function size(what: string, bytes: number, budget: number, minor?: true): Figure {
  return { what, ours: bytes / 1000, reference: budget / 1000, referenceIs: 'its budget, past which the build fails', unit: 'KB', ...(minor === undefined ? {} : { minor }) };
}

/** Files with a budget of their own are told in the README too. */
function bundles(program: keyof typeof programs, where: string): Figure[] {
  const own: Readonly<Record<string, number>> = budgets[program];
  const files = fs.readdirSync(path.join(root, where)).filter((file) => file.endsWith('.js') && (file === 'check.js') === (program === 'check'));
  return files
    .map((file) => size(`${program}: ${file}`, fs.statSync(path.join(root, where, file)).size, own[file] ?? own['*'] ?? Number.NaN, Object.hasOwn(own, file) ? undefined : true))
    .sort((one, other) => other.ours - one.ours);
}

/** What of others is in the bundles of a program, before minification. */
function packages(program: string): Figure[] {
  const all = JSON.parse(fs.readFileSync(path.join(root, 'dist', 'notices', `${program}.json`), 'utf8')) as readonly Bundled[];
  const whole = all.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0);
  return [...all]
    .sort((one, other) => other.sourceBytes - one.sourceBytes)
    .slice(0, listed)
    .map(({ name, version, sourceBytes }) => ({ what: `${program} holds ${name} ${version}`, ours: sourceBytes / 1000, reference: whole / 1000, referenceIs: `sources of all ${String(all.length)} packages in it`, unit: 'KB', minor: true }));
}
