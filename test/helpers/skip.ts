/** Skips the running test with a reason, which the summary of `npm test` prints. A skip without a reason fails the run. */
export function skip(context: Mocha.Context, reason: string): never {
  const test: (Mocha.Runnable & { skipReason?: string }) | undefined = context.test;
  if (test) test.skipReason = reason;
  return context.skip();
}
