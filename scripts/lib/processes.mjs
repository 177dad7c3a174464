// Child processes as whole groups, so that nothing that a child started outlives us.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const isWindows = process.platform === 'win32';
const groups = new Set();
const cleanups = [];
let stopping;

/** Starts a program as the leader of its own process group, which stopAll ends. */
export function spawnGroup(command, args, options = {}) {
  const child = spawn(command, args, { windowsHide: true, ...options, detached: !isWindows });
  groups.add(child);
  // The group may outlive its leader for a moment (orphans of a crashed server): the last sweep is in stopAll.
  child.once('error', () => groups.delete(child));
  return child;
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return false;
  try {
    if (isWindows) return child.exitCode === null && spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']).status === 0;
    return process.kill(-child.pid, signal);
  } catch {
    return false; // ESRCH: nobody is left in the group
  }
}

/** Ends a child with everything that it started: politely first, by force after `graceMs`. */
export async function stopGroup(child, graceMs = 5000) {
  groups.delete(child);
  if (!signalGroup(child, 'SIGTERM')) return;
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline) {
    if (isWindows ? child.exitCode !== null : !signalGroup(child, 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  signalGroup(child, 'SIGKILL');
}

/** Something to undo at the end (a temporary folder, a lock), last one first. */
export function onStop(cleanup) {
  cleanups.push(cleanup);
}

/** Ends every group and runs every cleanup, once. */
export function stopAll() {
  stopping ??= (async () => {
    await Promise.all([...groups].map((child) => stopGroup(child)));
    for (const cleanup of cleanups.reverse()) await cleanup();
  })();
  return stopping;
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Makes Ctrl-C, a closed terminal and a kill end our children too. Exits with 128 + the signal's number, as shells expect. */
export function stopOnSignals(exitCode) {
  for (const signal of Object.keys(signalNumbers)) {
    process.on(signal, () => void stopAll().finally(() => process.exit(exitCode ?? 128 + signalNumbers[signal])));
  }
  onParentGone(() => void stopAll().finally(() => process.exit(exitCode ?? 143)));
  // A crash of ours: no time for politeness.
  process.on('exit', () => {
    for (const child of groups) signalGroup(child, 'SIGKILL');
  });
}

/**
 * npm runs scripts through a shell, and a kill of npm ends that shell without a word to the script: the script
 * notices by its parent. Outside npm nothing is watched (`nohup`, a closed parent shell are meant to leave it running).
 */
export function onParentGone(stop) {
  if (process.env.npm_lifecycle_event === undefined || isWindows) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 300);
  timer.unref();
}

/**
 * Runs a program to its end.
 * @returns {Promise<{ code: number, output: string }>} code 127 when it could not be started
 */
export async function run(command, args, { echo = false, stdio, shell, ...options } = {}) {
  const child = spawnGroup(command, args, { shell: shell ?? (isWindows && /^(npm|npx)$/.test(command)), stdio: stdio ?? ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const [stream, target] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (echo) (echo === 'stderr' ? process.stderr : target).write(text);
    });
  }
  try {
    const [code] = await once(child, 'close');
    groups.delete(child);
    return { code: code ?? 1, output };
  } catch (error) {
    return { code: 127, output: `${output}${error.message}\n` };
  }
}
