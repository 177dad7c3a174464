// Prints as mocha's spec reporter does and leaves the numbers in the JSON file named by GREENGRASS_FLEET_RESULTS:
// [{ "title", "state": "passed" | "failed" | "skipped", "reason"?, "error"? }].
const fs = require('node:fs');
const { format, stripVTControlCharacters } = require('node:util');
const Mocha = require('mocha');

// Inside VS Code the console carries much else: lines of the tests are marked, so that the run prints only them.
const marker = process.env.GREENGRASS_FLEET_LOG_MARKER;
if (marker) Mocha.reporters.Base.consoleLog = (...parts) => console.log(`${marker}${stripVTControlCharacters(format(...parts))}`);

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const results = [];
    const add = (test, state, extra) => results.push({ title: test.titlePath().join(' › '), state, ...extra });
    runner.on('pass', (test) => add(test, 'passed'));
    runner.on('fail', (test, error) => add(test, 'failed', { error: String(error?.message ?? error) }));
    // test/helpers/skip.ts leaves the reason; a skip without one is refused by scripts/test.mjs.
    runner.on('pending', (test) => add(test, 'skipped', { reason: test.skipReason ?? test.parent?.skipReason }));
    runner.once('end', () => {
      const file = process.env.GREENGRASS_FLEET_RESULTS;
      if (file) fs.writeFileSync(file, JSON.stringify(results));
    });
  }
};
