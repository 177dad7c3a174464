import os from 'node:os';
import { deviceFigures } from './deviceBench';
import type { Figure } from './measure';
import { policyFigures } from './policyBench';
import { provisionFigures } from './provisionBench';

const parts: Readonly<Record<string, () => Promise<Figure[]>>> = { policy: policyFigures, provision: provisionFigures, devices: deviceFigures };

async function main(): Promise<void> {
  const only = process.argv.slice(2).flatMap((name) => name.split(','));
  const unknown = only.filter((name) => parts[name] === undefined);
  if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`);
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(parts)) if (only.length === 0 || only.includes(name)) figures.push(...(await part()));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const shown = (value: number): string => (value < 10 ? value.toFixed(2) : Math.round(value).toString());
  const machine = `${os.cpus()[0]?.model ?? 'unknown'} x${os.cpus().length}, Node ${process.versions.node}`;
  process.stdout.write(`Medians, ${new Date().toISOString().slice(0, 10)}, ${machine}\n\n`);
  process.stdout.write(row(['what', 'ours', 'p95', 'reference', 'p95', 'ratio', 'reference is']) + row(['---', '---', '---', '---', '---', '---', '---']));
  for (const { what, ours, reference, referenceIs, unit, p95 } of figures) {
    process.stdout.write(row([what, `${shown(ours)} ${unit}`, p95 === undefined ? '' : shown(p95.ours), `${shown(reference)} ${unit}`, p95 === undefined ? '' : shown(p95.reference), shown(ours / reference), referenceIs]));
  }
  process.stdout.write(`\n${JSON.stringify({ machine, figures })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
