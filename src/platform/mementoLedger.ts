import type * as vscode from 'vscode';
import type { DeviceLedger, LedgerEntry } from '../core/ports/deviceLedger';

const prefix = 'testDevice.';

/**
 * One key per device, so that two windows do not overwrite each other's. Kept beyond the workspace: a device is in an
 * account, whichever folder is open.
 */
export class MementoLedger implements DeviceLedger {
  constructor(private readonly storage: vscode.Memento) {}

  entries(): readonly LedgerEntry[] {
    return this.storage.keys().flatMap((key) => {
      const value = key.startsWith(prefix) ? this.storage.get<unknown>(key) : undefined;
      return isEntry(value) ? [value] : [];
    });
  }

  async put(entry: LedgerEntry): Promise<void> {
    await this.storage.update(`${prefix}${entry.certificateId}`, entry);
  }

  async remove(certificateId: string): Promise<void> {
    await this.storage.update(`${prefix}${certificateId}`, undefined);
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { account, region, certificateId, createdAt, kept } = value as Partial<Record<keyof LedgerEntry, unknown>>;
  return [account, region, certificateId, createdAt].every((text) => typeof text === 'string') && typeof kept === 'boolean';
}
