import path from 'node:path';
import Mocha from 'mocha';

/**
 * What the extension host calls. The test files are bundled behind this one (scripts/lib/bundleTests.mjs), which
 * passes their loaders; `GREENGRASS_FLEET_GREP` narrows the run.
 */
export async function runSuites(suites: ReadonlyMap<string, () => void>): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    reporter: path.join(process.env['GREENGRASS_FLEET_ROOT'] ?? '.', 'scripts', 'lib', 'mochaReporter.cjs'),
    color: false,
  });
  const grep = process.env['GREENGRASS_FLEET_GREP'];
  if (grep !== undefined && grep !== '') mocha.grep(grep);
  for (const [file, load] of suites) {
    // What mocha itself does around each file: gives it describe, it and the hooks.
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    load();
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
