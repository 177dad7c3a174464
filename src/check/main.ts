import { runCheck } from './run';

// Set, not called: what is written to a pipe must get there before the process ends.
process.exitCode = runCheck(process.argv.slice(2), {
  folder: process.cwd(),
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
});
