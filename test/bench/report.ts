import fs from 'node:fs';
import type { Figure } from './measure';

/** What one part measured, when and where. */
export interface Measured {
  /** ISO 8601, a day. */
  readonly date: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** By name of the part: what `--json` leaves. */
export type Measurements = Readonly<Record<string, Measured>>;

const shown = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US'));
/** Nothing where there is nothing to compare with. */
const ratio = (ours: number, reference: number): string => (reference < ours / 50 ? '' : shown(ours / reference));
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** A Markdown table under a line with date and machine. */
export function table(measurements: Measurements): string {
  const all = Object.values(measurements);
  const each = (values: readonly string[]): string => [...new Set(values)].sort().join(', ');
  const lines = all.flatMap(({ figures }) =>
    figures.map(({ what, ours, reference, referenceIs, unit, p95 }) =>
      row([what, `${shown(ours)} ${unit}`, p95 === undefined ? '' : shown(p95.ours), `${shown(reference)} ${unit}`, p95 === undefined ? '' : shown(p95.reference), ratio(ours, reference), referenceIs]),
    ),
  );
  return `Medians, ${each(all.map(({ date }) => date))}, ${each(all.map(({ machine }) => machine))}\n\n${row(['what', 'ours', 'p95', 'reference', 'p95', 'ratio', 'reference is'])}${row(Array<string>(7).fill('---'))}${lines.join('')}`;
}

/** The figures that a README shows, or the others; parts without any are left out. */
export function filtered(measurements: Measurements, minor: boolean): Measurements {
  const parts = Object.entries(measurements).map(([name, part]) => [name, { ...part, figures: part.figures.filter((figure) => (figure.minor === true) === minor) }] as const);
  return Object.fromEntries(parts.filter(([, { figures }]) => figures.length > 0));
}

/** Puts the table between `<!-- bench -->` and `<!-- /bench -->`. Throws when the text has no such place. */
export function intoReadme(text: string, measurements: Measurements): string {
  const place = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  if (!place.test(text)) throw new Error('The README has no lines <!-- bench --> and <!-- /bench -->, between which the table could stand.');
  return text.replace(place, (_all, before: string, after: string) => `${before}${table(filtered(measurements, false))}${after}`);
}

/** Parts that this run did not measure stay as the file has them. Answers all that the file holds now. */
export function intoJson(file: string, measured: Measurements): Measurements {
  const kept = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Measurements) : {};
  const all = { ...kept, ...measured };
  fs.writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
  return all;
}
