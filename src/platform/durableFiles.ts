import { constants } from 'node:fs';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';

export interface DurableWriteOptions {
  /** File mode from the first byte on, for example 0o600. */
  readonly mode: number;
  /** False: an existing file is never replaced; the write then fails with the code EEXIST. */
  readonly replace: boolean;
}

/**
 * Writes a file so that after it resolves the bytes survive a power cut, and before that the old content (or no file)
 * is there: temporary file in the same folder, fsync, rename or link, fsync of the folder.
 */
export async function writeDurably(file: string, text: string, options: DurableWriteOptions): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, options.mode);
  try {
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (options.replace) await rename(temporary, file);
    else await linkOrCopy(temporary, file, text, options.mode);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Makes the folder with everything above it, and makes sure the new entries are on disk. */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  const first = await mkdir(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  if (first !== undefined) await syncFolder(path.dirname(first));
}

/** A new or removed name is durable only after the folder itself was synced. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// rename() replaces silently; link() refuses an existing name, atomically. Some file systems have no hard links.
async function linkOrCopy(temporary: string, file: string, text: string, mode: number): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    const handle = await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, mode);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  await unlink(temporary);
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
