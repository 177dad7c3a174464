import type { DeviceLedger, LedgerEntry } from '../../src/core/ports/deviceLedger';

/** A ledger that lasts as long as the test. */
export class MemoryLedger implements DeviceLedger {
  private readonly byId = new Map<string, LedgerEntry>();
  async entries(): Promise<readonly LedgerEntry[]> {
    return [...this.byId.values()];
  }
  async put(entry: LedgerEntry): Promise<void> {
    this.byId.set(entry.certificateId, entry);
  }
  async remove(certificateId: string): Promise<void> {
    this.byId.delete(certificateId);
  }
}
