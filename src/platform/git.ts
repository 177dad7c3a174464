import { execFile } from 'node:child_process';

/** How git answered: its exit code, or undefined when there is no git or it took too long. */
export async function gitExitCode(folder: string, args: readonly string[]): Promise<number | undefined> {
  // No hook of the repository may run because we looked at it.
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args];
  return new Promise((resolve) => {
    execFile('git', safe, { cwd: folder, timeout: 10_000, windowsHide: true }, (error) => {
      if (error === null) resolve(0);
      else resolve(typeof error.code === 'number' ? error.code : undefined);
    });
  });
}
