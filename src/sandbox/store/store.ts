/** A sorted map of text to text with atomic batches. Keys sort by their UTF-8 bytes. */
export interface ReadView {
  get(key: string): Promise<string | undefined>;
  /** `from` is inclusive, `to` is exclusive. */
  entries(range: { readonly from: string; readonly to: string; readonly reverse?: boolean }): AsyncIterable<readonly [key: string, value: string]>;
}

export interface Snapshot extends ReadView {
  close(): Promise<void>;
}

export type Write = { readonly type: 'put'; readonly key: string; readonly value: string } | { readonly type: 'del'; readonly key: string };

export interface Store extends ReadView {
  /** A view of this moment that later writes do not change. Close it. */
  snapshot(): Snapshot;
  /** All or nothing, also when the process is killed meanwhile. */
  write(batch: readonly Write[]): Promise<void>;
  /** Deletes everything but writes these, as one batch. */
  clear(keep: readonly Write[]): Promise<void>;
  close(): Promise<void>;
}

/** The folder cannot be used; the message says why in one line. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}
