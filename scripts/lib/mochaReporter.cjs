// Prints as mocha's spec reporter does and leaves the numbers in the JSON file named by GREENGRASS_FLEET_RESULTS:
// [{ "title", "state": "passed" | "failed" | "skipped", "milliseconds", "reason"?, "error"? }].
const fs = require('node:fs');
const { format, stripVTControlCharacters } = require('node:util');
const Mocha = require('mocha');

// Inside VS Code the console carries much else: lines of the tests are marked, so that the run prints only them.
const marker = process.env.GREENGRASS_FLEET_LOG_MARKER;
if (marker) Mocha.reporters.Base.consoleLog = (...parts) => console.log(`${marker}${stripVTControlCharacters(format(...parts))}`);

/** What test/helpers/skip.ts has left; a skip without a reason is refused by scripts/test.mjs. */
function reasons(file) {
  if (!fs.existsSync(file)) return [];
  return fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.GREENGRASS_FLEET_RESULTS;
    // Reasons of an earlier run.
    if (file) fs.rmSync(`${file}.skipped`, { force: true });
    const results = [];
    const add = (test, state, extra) => results.push({ title: test.titlePath().join(' › '), state, milliseconds: test.duration ?? 0, ...extra });
    runner.on('pass', (test) => add(test, 'passed'));
    runner.on('fail', (test, error) => add(test, 'failed', { error: String(error?.message ?? error) }));
    runner.on('pending', (test) => add(test, 'skipped'));
    runner.once('end', () => {
      if (!file) return;
      const told = reasons(`${file}.skipped`);
      // A suite that is skipped whole has left one reason for all its tests.
      const reasonOf = (title) => told.find((each) => title === each.title || title.startsWith(`${each.title} › `))?.reason;
      fs.writeFileSync(file, JSON.stringify(results.map((result) => (result.state === 'skipped' ? { ...result, reason: reasonOf(result.title) } : result))));
    });
  }
};
