/**
 * Does something for each item of a list, several at once, and gives the answers in the order of the items. Reads on only
 * when the answers before were taken.
 */
export async function* together<A, B>(items: AsyncIterable<A>, atOnce: number, by: (item: A) => Promise<B>): AsyncIterable<B> {
  let batch: A[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < atOnce) continue;
    yield* await Promise.all(batch.map(by));
    batch = [];
  }
  yield* await Promise.all(batch.map(by));
}
