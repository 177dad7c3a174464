/** Reads an endless list piece by piece, only as far as somebody looked. */
export class PagedList<T> {
  private readonly loaded: T[] = [];
  private iterator: AsyncIterator<T> | undefined;
  private ended = false;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly open: () => AsyncIterable<T>,
    private readonly pageSize: number,
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

  /** Reads one more page; calls at the same time share it. After a failure the next call starts anew. */
  async more(count = this.pageSize): Promise<void> {
    this.reading ??= this.readPage(count).finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async readPage(wanted: number): Promise<void> {
    if (this.ended) return;
    if (this.iterator === undefined) {
      // A list that failed is read from its start again: what was loaded would come twice.
      this.loaded.length = 0;
      this.iterator = this.open()[Symbol.asyncIterator]();
    }
    const iterator = this.iterator;
    try {
      for (let count = 0; count < wanted; count += 1) {
        const next = await iterator.next();
        if (next.done === true) {
          this.ended = true;
          return;
        }
        this.loaded.push(next.value);
      }
    } catch (error) {
      this.iterator = undefined;
      throw error;
    }
  }
}
