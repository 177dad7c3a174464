/**
 * Tries until `check` neither throws nor answers false, and answers what it answered. For states that others reach
 * in their own time; the last failure is what the test sees. Times in milliseconds.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: { limit?: number; every?: number; what?: string } = {}): Promise<Exclude<T, false>> {
  const { limit = 45_000, every = 50, what = 'the expected state' } = options;
  const deadline = Date.now() + limit;
  let last: unknown;
  do {
    try {
      const value = await check();
      if (value !== false) return value as Exclude<T, false>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  } while (Date.now() < deadline);
  throw new Error(`${what} was not reached within ${limit} ms${last instanceof Error ? `: ${last.message}` : ''}`, { cause: last });
}
