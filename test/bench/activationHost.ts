/** Runs in an extension host that nothing else uses: what one extension costs there. Bundled by activationBench.ts. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as vscode from 'vscode';
import type { HostCosts } from './activationBench';

/** Documents opened one after the other, none of them ours. */
const documents = 40;

export async function run(): Promise<void> {
  const { BENCH_EXTENSION: id = '', BENCH_COMMAND: command, GREENGRASS_FLEET_RESULTS: file = '' } = process.env;
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not installed`);
  // VS Code's own extensions are still starting, and so are the window and its processes.
  await delay(2_000);
  await quiet();
  if (extension.isActive) throw new Error(`${id} was active already`);
  const before = heap();
  const activation = await watched(async () => extension.activate());
  const heapAdded = heap() - before;
  const open = await openJson();
  const first = command === undefined ? undefined : await watched(async () => vscode.commands.executeCommand(command));
  const costs: HostCosts = {
    activate: activation.milliseconds,
    activateStall: activation.stall,
    heap: before + heapAdded,
    heapAdded,
    openJson: open,
    ...(first === undefined ? {} : { firstCommand: first.milliseconds, firstCommandStall: first.stall }),
  };
  fs.writeFileSync(file, JSON.stringify(costs));
}

/** Until the machine has little to do for a second, with whatever it is busy; half a minute at most. */
async function quiet(): Promise<void> {
  const end = performance.now() + 30_000;
  for (let calm = 0; calm < 4 && performance.now() < end; ) {
    const earlier = os.cpus();
    await delay(250);
    const spent = os.cpus().map(({ times }, index) => {
      const before = earlier[index]?.times ?? times;
      return { idle: times.idle - before.idle, all: Object.values(times).reduce((sum, time) => sum + time, 0) - Object.values(before).reduce((sum, time) => sum + time, 0) };
    });
    const idle = spent.reduce((sum, each) => sum + each.idle, 0) / spent.reduce((sum, each) => sum + each.all, 0);
    calm = idle > 0.9 ? calm + 1 : 0;
  }
}

/** MiB in use after a collection. */
function heap(): number {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  collect();
  collect();
  return v8.getHeapStatistics().used_heap_size / 2 ** 20;
}

/** Milliseconds until it is done, and the longest that the event loop stood still until half a second later. */
async function watched(work: () => Promise<unknown>): Promise<{ milliseconds: number; stall: number }> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  await delay(20);
  loop.reset();
  const start = performance.now();
  await work();
  const milliseconds = performance.now() - start;
  await delay(500);
  loop.disable();
  return { milliseconds, stall: loop.max / 1e6 };
}

/** Median milliseconds until a JSON file that nobody claims is open in the host. */
async function openJson(): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-json-'));
  try {
    const times: number[] = [];
    for (let number = 0; number < documents; number += 1) {
      const file = path.join(folder, `data-${String(number)}.json`);
      fs.writeFileSync(file, JSON.stringify({ number, values: Array.from({ length: 200 }, (_, index) => ({ index, name: `value ${String(index)}` })) }));
      const start = performance.now();
      await vscode.workspace.openTextDocument(file);
      times.push(performance.now() - start);
    }
    return times.sort((one, other) => one - other)[documents / 2] ?? Number.NaN;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
