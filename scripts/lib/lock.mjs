// A lock between processes: a folder that only one can make. Its holder touches it; a stale one (killed holder) is taken over.
import fs from 'node:fs';
import path from 'node:path';

const staleAfterMs = 15_000;
const beatMs = 3000;

/** Runs `work` while no other process holds the lock at `file`. */
export async function withLock(file, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  while (!tryLock(file)) await new Promise((resolve) => setTimeout(resolve, 300));
  const beat = setInterval(() => touch(file), beatMs);
  const release = () => fs.rmSync(file, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.removeListener('exit', release);
    release();
  }
}

function tryLock(file) {
  try {
    fs.mkdirSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    if (Date.now() - fs.statSync(file).mtimeMs < staleAfterMs) return false;
    // Only one waiter can rename the stale lock away.
    const aside = `${file}.stale-${process.pid}`;
    fs.renameSync(file, aside);
    fs.rmSync(aside, { recursive: true, force: true });
  } catch {
    // Released or taken over meanwhile.
  }
  return false;
}

function touch(file) {
  try {
    const now = new Date();
    fs.utimesSync(file, now, now);
  } catch {
    // Gone: the work is ending.
  }
}
