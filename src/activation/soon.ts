/** Work for the next turns of the event loop, each piece in one of its own. */
export class Soon {
  private readonly waiting = new Set<NodeJS.Immediate>();

  /** Answers what takes it back, unless it is done by then. */
  add(work: () => unknown): { dispose(): void } {
    const immediate = setImmediate(() => {
      this.waiting.delete(immediate);
      work();
    });
    this.waiting.add(immediate);
    return { dispose: () => this.drop(immediate) };
  }

  dispose(): void {
    for (const immediate of this.waiting) this.drop(immediate);
  }

  private drop(immediate: NodeJS.Immediate): void {
    this.waiting.delete(immediate);
    clearImmediate(immediate);
  }
}
