import type { Cause, DeviceStepId, FleetRunView } from './trace';

/** The value below which this part of the sorted values lies; nearest rank. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? 0;
}

function sortedCopy(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/** Adds up what the devices of a fleet did. Grows by a number per device and step, not by what they said. */
export class FleetTally {
  private readonly times: number[] = [];
  private readonly stepTimes = new Map<DeviceStepId, number[]>();
  private readonly refusals = new Map<string, { cause: Cause; step: DeviceStepId; count: number }>();
  started = 0;
  refused = 0;
  cleaned = 0;

  get proven(): number {
    return this.times.length;
  }

  step(id: DeviceStepId, milliseconds: number): void {
    const times = this.stepTimes.get(id);
    if (times === undefined) this.stepTimes.set(id, [milliseconds]);
    else times.push(milliseconds);
  }

  prove(milliseconds: number): void {
    this.times.push(milliseconds);
  }

  refuse(step: DeviceStepId, cause: Cause): void {
    this.refused += 1;
    const key = `${step} ${cause.code}`;
    const known = this.refusals.get(key);
    if (known === undefined) this.refusals.set(key, { cause, step, count: 1 });
    else known.count += 1;
  }

  view(titles: Readonly<Record<DeviceStepId, string>>): Pick<FleetRunView, 'started' | 'proven' | 'refused' | 'cleaned' | 'times' | 'stepTimes' | 'causes'> {
    const times = sortedCopy(this.times);
    return {
      started: this.started,
      proven: this.proven,
      refused: this.refused,
      cleaned: this.cleaned,
      ...(times.length === 0 ? {} : { times: { median: quantile(times, 0.5), p95: quantile(times, 0.95), slowest: times.at(-1) ?? 0 } }),
      stepTimes: [...this.stepTimes].map(([id, values]) => ({ id, title: titles[id], median: quantile(sortedCopy(values), 0.5) })),
      causes: [...this.refusals.values()].sort((a, b) => b.count - a.count).map((refusal) => ({ ...refusal, title: titles[refusal.step] })),
    };
  }
}
