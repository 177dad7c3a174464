/** A list that is read once, page by page, by whoever comes to its end; and never further than `limit`. */
export class ListSoFar<T> {
  private pages: (readonly T[])[] = [];
  private iterator: AsyncIterator<T> | undefined;
  private reading: Promise<void> | undefined;
  private ended = false;

  constructor(
    private readonly open: () => AsyncIterable<T>,
    private readonly limit: number,
    /** As many as one call gives: what is known is told after each. */
    private readonly pageSize: number,
  ) {}

  /** Whether what was read is all there is. */
  get complete(): boolean {
    return this.ended;
  }

  get count(): number {
    return this.pages.reduce((sum, page) => sum + page.length, 0);
  }

  /** What is known at once, then page by page what is not. Ends when the signal aborts; the page under way is kept. */
  async *batches(signal: AbortSignal): AsyncIterable<readonly T[]> {
    for (let page = 0; !signal.aborted; page += 1) {
      if (page === this.pages.length) {
        if (this.ended || this.count >= this.limit) return;
        this.reading ??= this.readPage().finally(() => (this.reading = undefined));
        await this.reading;
      }
      const items = this.pages[page];
      if (items !== undefined && items.length > 0) yield items;
    }
  }

  private async readPage(): Promise<void> {
    this.iterator ??= this.open()[Symbol.asyncIterator]();
    const items: T[] = [];
    try {
      while (items.length < this.pageSize) {
        const next = await this.iterator.next();
        if (next.done === true) {
          this.ended = true;
          break;
        }
        items.push(next.value);
      }
    } catch (error) {
      // A list that failed is at its end for ever: the next one starts anew.
      this.iterator = undefined;
      this.pages = [];
      throw error;
    }
    this.pages.push(items);
  }
}
