import { monitorEventLoopDelay } from 'node:perf_hooks';

/** One figure beside its reference, both from the same run. Times in milliseconds. */
export interface Figure {
  readonly what: string;
  readonly ours: number;
  readonly reference: number;
  readonly referenceIs: string;
  /** Less is better for times; more is better for rates. */
  readonly unit: 'ms' | 'per second' | 'MiB' | 'KB' | 'requests';
  /** In the listing and the JSON file, but not in the README. */
  readonly minor?: true;
  /** 19 of 20 were no worse; absent where the figure is no median of many. */
  readonly p95?: { readonly ours: number; readonly reference: number };
}

export interface Spread {
  readonly median: number;
  readonly p95: number;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Median and 95th percentile of times that were taken elsewhere. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), p95: quantile(values, 0.95) };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Milliseconds of one call. */
export async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What one keystroke after another costs; `round` tells them apart, so that no answer of the round before can be used again. */
type Work = (round: number) => unknown;

/**
 * Two pieces of work, in turn, so that a slow spell of the machine meets both, after a warm-up of as many rounds as
 * are measured: an engine that has seen a text a few times only still interprets both.
 */
export async function pair(rounds: number, ours: Work, reference: Work): Promise<{ ours: Spread; reference: Spread }> {
  const first: number[] = [];
  const second: number[] = [];
  for (let round = -rounds; round < rounds; round += 1) {
    const a = await time(() => ours(round + rounds));
    const b = await time(() => reference(round + rounds));
    if (round < 0) continue;
    first.push(a);
    second.push(b);
  }
  const spread = (values: readonly number[]): Spread => ({ median: median(values), p95: quantile(values, 0.95) });
  return { ours: spread(first), reference: spread(second) };
}

/** A figure of two spreads. */
export function timesFigure(what: string, result: { readonly ours: Spread; readonly reference: Spread }, referenceIs: string): Figure {
  return { what, ours: result.ours.median, reference: result.reference.median, p95: { ours: result.ours.p95, reference: result.reference.p95 }, referenceIs, unit: 'ms' };
}

/** The longest time in milliseconds that the event loop stood still while each of `works` had a turn of its own. */
export async function longestStall(rounds: number, works: readonly Work[]): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let round = 0; round < rounds; round += 1) {
    for (const work of works) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      await work(round);
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 3));
  delay.disable();
  return delay.max / 1e6;
}
