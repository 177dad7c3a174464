import { appendFileSync } from 'node:fs';

/**
 * Skips the running test, or from a `before` all tests of its suite, with a reason, which the summary of `npm test` prints.
 * A skip without a reason fails the run. The reason goes into a file: what a test may tell the reporter across processes has no room for it.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const test: (Mocha.Runnable & { readonly type?: string }) | undefined = context.test;
  const skipped = test?.type === 'hook' ? test.parent : test;
  const results = process.env['GREENGRASS_FLEET_RESULTS'];
  if (results && skipped) appendFileSync(`${results}.skipped`, `${JSON.stringify({ title: skipped.titlePath().join(' › '), reason })}\n`);
  return context.skip();
}
