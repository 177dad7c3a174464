/**
 * Looks at one thing of which only the last counts. A new look aborts the one before it; whoever asked for an older one
 * is answered when the last is done, so that what they were promised to see is there.
 */
export class LatestLook {
  private abort = new AbortController();
  private last: Promise<void> = Promise.resolve();

  /** Settles as the last look does. A look that was aborted does not fail. */
  async take(look: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel();
    const { signal } = (this.abort = new AbortController());
    this.last = this.begin(look, signal);
    let seen;
    do {
      seen = this.last;
      await seen;
    } while (seen !== this.last);
  }

  cancel(): void {
    this.abort.abort();
  }

  private async begin(look: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    // Not at once: a look that asks for the next one right away must not be taken for the later of the two.
    await Promise.resolve();
    try {
      await look(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
