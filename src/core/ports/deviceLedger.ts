/** A test device that is, or may be, in an account. */
export interface LedgerEntry {
  readonly account: string;
  readonly region: string;
  readonly certificateId: string;
  /** Known once it is registered, or from the template. */
  readonly thingName?: string;
  /** ISO time. */
  readonly createdAt: string;
  /** True: the person wants it to stay until told otherwise. */
  readonly kept: boolean;
  /** Folder with its key and certificate, relative to the workspace folder. */
  readonly folder?: string;
}

/** Test devices that are not cleaned up yet, kept over restarts, so that none is forgotten. */
export interface DeviceLedger {
  /** Oldest first. */
  entries(): Promise<readonly LedgerEntry[]>;
  /** Adds the device or replaces what was known of its certificate. Resolves once it is stored. */
  put(entry: LedgerEntry): Promise<void>;
  remove(certificateId: string): Promise<void>;
}
