import { readdir, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceLedger, LedgerEntry } from '../core/ports/deviceLedger';
import { hasCode, makeFolder, writeDurably } from './durableFiles';

/**
 * One small file per device in a folder of the extension's own, beyond any workspace: a device is in an account, whichever
 * folder is open. Not in a Memento: VS Code may overwrite its newest values with older ones when many change at once, and
 * two windows would overwrite each other's.
 */
export class FolderLedger implements DeviceLedger {
  constructor(private readonly folder: string) {}

  async entries(): Promise<readonly LedgerEntry[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    const found = await Promise.all(names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).map((name) => this.read(name)));
    return found.flat().sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  async put(entry: LedgerEntry): Promise<void> {
    await makeFolder(this.folder, 0o700);
    await writeDurably(this.file(entry.certificateId), JSON.stringify(entry), { mode: 0o600, replace: true });
  }

  async remove(certificateId: string): Promise<void> {
    await unlink(this.file(certificateId)).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
  }

  private async read(name: string): Promise<readonly LedgerEntry[]> {
    try {
      const value: unknown = JSON.parse(await readFile(path.join(this.folder, name), 'utf8'));
      return isEntry(value) ? [value] : [];
    } catch {
      // Gone meanwhile, or not ours.
      return [];
    }
  }

  private file(certificateId: string): string {
    // It becomes a file's name.
    if (!/^[0-9a-f]{64}$/.test(certificateId)) throw new Error('not the id of a certificate');
    return path.join(this.folder, `${certificateId}.json`);
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { account, region, certificateId, createdAt, kept } = value as Partial<Record<keyof LedgerEntry, unknown>>;
  return [account, region, certificateId, createdAt].every((text) => typeof text === 'string') && typeof kept === 'boolean';
}
