/** Pages that are read again after a failure. */
const mostReadAgain = 4;

/** Reads an endless list piece by piece, only as far as somebody looked. */
export class PagedList<T> {
  private readonly loaded: T[] = [];
  private iterator: AsyncIterator<T> | undefined;
  private ended = false;
  private reading: Promise<void> | undefined;

  private readonly keys = new Set<string>();

  constructor(
    private readonly open: () => AsyncIterable<T>,
    private readonly pageSize: number,
    /** Of two items with the same key the first is kept: a list that changes while it is read may tell one twice. */
    private readonly keyOf?: (item: T) => string,
  ) {}

  get items(): readonly T[] {
    return this.loaded;
  }

  /** False once the end was reached. */
  get hasMore(): boolean {
    return !this.ended;
  }

  /** Makes sure that a first page is there; of `atLeast` items when that is more than a page. */
  async first(atLeast = 0): Promise<readonly T[]> {
    if (this.loaded.length === 0 && !this.ended) await this.more(Math.max(atLeast, this.pageSize));
    return this.loaded;
  }

  /** Reads one more page; calls at the same time share it. After a failure what was read stays, and the next call goes on behind it. */
  async more(count = this.pageSize): Promise<void> {
    this.reading ??= this.readPage(count).finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async readPage(wanted: number): Promise<void> {
    if (this.ended) return;
    // A list that failed can only be read from its start again: as far as it was, at most a few pages, and one page more.
    const again = this.iterator === undefined ? Math.min(this.loaded.length, mostReadAgain * this.pageSize) : 0;
    const iterator = this.iterator ?? this.open()[Symbol.asyncIterator]();
    this.iterator = iterator;
    const items: T[] = [];
    let ended = false;
    try {
      while (items.length < again + wanted && !ended) {
        const next = await iterator.next();
        if (next.done === true) ended = true;
        else items.push(next.value);
      }
    } catch (error) {
      this.iterator = undefined;
      throw error;
    }
    this.ended = ended;
    if (again > 0) {
      this.loaded.length = 0;
      this.keys.clear();
    }
    for (const item of items) {
      const key = this.keyOf?.(item);
      if (key !== undefined && this.keys.has(key)) continue;
      if (key !== undefined) this.keys.add(key);
      this.loaded.push(item);
    }
  }
}
