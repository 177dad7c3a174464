/** One figure beside its reference, both from the same run. Times in milliseconds. */
export interface Figure {
  readonly what: string;
  readonly ours: number;
  readonly reference: number;
  readonly referenceIs: string;
  /** Less is better for times; more is better for rates. */
  readonly unit: 'ms' | 'per second';
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds of one call. */
export async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Medians of two pieces of work, in turn, so that a slow spell of the machine meets both. */
export async function pair(rounds: number, ours: () => unknown, reference: () => unknown): Promise<{ ours: number; reference: number }> {
  const first: number[] = [];
  const second: number[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const a = await time(ours);
    const b = await time(reference);
    // The first two rounds warm the engine.
    if (round < 2) continue;
    first.push(a);
    second.push(b);
  }
  return { ours: median(first), reference: median(second) };
}
