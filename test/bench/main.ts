import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { activationFigures } from './activationBench';
import { deviceFigures } from './deviceBench';
import type { Figure } from './measure';
import { policyFigures } from './policyBench';
import { provisionFigures } from './provisionBench';
import { filtered, intoJson, intoReadme, table, type Measured } from './report';
import { sandboxFigures } from './sandboxBench';
import { sizeFigures } from './sizeBench';
import { treeFigures } from './treeBench';

export interface BenchOptions {
  /** Packages of other extensions to measure beside ours. */
  readonly vsix: readonly string[];
}

const parts: Readonly<Record<string, (options: BenchOptions) => Promise<readonly Figure[]>>> = {
  activation: activationFigures,
  size: sizeFigures,
  policy: policyFigures,
  provision: provisionFigures,
  sandbox: sandboxFigures,
  devices: deviceFigures,
  tree: treeFigures,
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' }, readme: { type: 'boolean' }, vsix: { type: 'string', multiple: true } } });
  const only = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(parts);
  const unknown = only.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`);
  const machine = `${os.cpus()[0]?.model ?? 'unknown'} x${os.cpus().length}, Node ${process.versions.node}`;
  let measured: Record<string, Measured> = {};
  for (const [name, part] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    measured[name] = { date: new Date().toISOString().slice(0, 10), machine, figures: await part({ vsix: values.vsix ?? [] }) };
    // As soon as it is known: a long run that breaks off keeps what it has.
    if (values.json !== undefined) intoJson(values.json, measured);
  }
  process.stdout.write(table(filtered(measured, false)));
  const minor = filtered(measured, true);
  if (Object.keys(minor).length > 0) process.stdout.write(`\nIn detail. ${table(minor)}`);
  if (values.json !== undefined) measured = { ...intoJson(values.json, measured) };
  if (values.readme === true) fs.writeFileSync('README.md', intoReadme(fs.readFileSync('README.md', 'utf8'), measured));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
