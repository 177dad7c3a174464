// A failure that a newcomer can act on: one line, no stack trace, exit code 1.
export class Failure extends Error {}

/**
 * Runs a script's main function; a Failure becomes one line on standard error, anything else keeps its stack.
 * @param {() => Promise<number | void>} main answers the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(error instanceof Failure ? `${error.message}\n` : `${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
}
