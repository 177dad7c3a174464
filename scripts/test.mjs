// npm test: every check of this project, in order; a failed one does not stop the next.
//   npm test -- --only unit,lint     some parts
//   npm test -- --grep TEXT          only the tests with this text in their title (unit, vscode, pseudo, browser)
//   npm test -- --jobs N             so many files of unit tests at once; by itself as many as there are cores
// The last line is "N passed, N failed, N skipped"; the exit code is 0 only when nothing failed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureNodeModules } from './lib/install.mjs';
import { Failure } from './lib/failure.mjs';
import { resultsFolder, root } from './lib/paths.mjs';
import { onStop, run, stopAll, stopOnSignals } from './lib/processes.mjs';
import { withoutAws, writeAwsFiles } from './lib/awsProfile.mjs';

const started = Date.now();
const { values } = parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' }, jobs: { type: 'string' } } });
const grep = values.grep ?? '';
/** Milliseconds after which a test counts as hung. Machines are shared, and some are slow: a limit that is reached by work is no finding. */
const hungAfter = 180_000;
/** A test file is run by one process; more of them than this wait for each other's cores. */
const jobs = Math.max(1, Number(values.jobs ?? Math.min(os.availableParallelism(), 8)) || 1);

/** A check that is one test in the totals. @returns {object[]} */
const single = (title, problem) => [problem === undefined ? { title, state: 'passed' } : { title, state: 'failed', error: problem }];
const tool = (name, ...file) => [path.join(root, 'node_modules', name, ...file)];

async function program(title, args) {
  const { code } = await run(process.execPath, args, { cwd: root, echo: true });
  return single(title, code === 0 ? undefined : `exit code ${code}, see above`);
}

/** Test files of a folder of `test`, from the slowest: the others are done beside it. @returns {string[]} */
function testFiles(folder, slowest = []) {
  const place = path.join('test', folder);
  const all = fs.readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts')).sort();
  return [...slowest, ...all.filter((file) => !slowest.includes(file))].map((file) => path.join(place, file));
}

async function mocha(name, files, jobs = 1) {
  const results = path.join(resultsFolder, `${name}.json`);
  fs.rmSync(results, { force: true });
  // No AWS files, no real account: neither unit tests nor the browser test may see those of the person who tests.
  const aws = writeAwsFiles(path.join(resultsFolder, `${name}-aws`));
  const { code } = await run(
    process.execPath,
    [...tool('mocha', 'bin', 'mocha.js'), '--no-package', '--import=tsx', '--reporter', path.join(root, 'scripts', 'lib', 'mochaReporter.cjs'), '--timeout', String(hungAfter), ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []), ...(grep === '' ? [] : ['--fgrep', grep]), ...files],
    { cwd: root, echo: true, env: { ...withoutAws(process.env), ...aws, GREENGRASS_FLEET_RESULTS: results } },
  );
  return collected(name, code, fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, 'utf8')) : undefined);
}

/** Results of a mocha run; a run that broke off, or whose exit code tells of a failure that no test shows, is a failure of its own. */
function collected(name, code, results) {
  if (results === undefined) return single(`${name} tests run to their end`, `they broke off (exit code ${code}), see above`);
  const all = results.map((result) => (result.state === 'skipped' && !result.reason ? { ...result, state: 'failed', error: 'skipped without a reason (use test/helpers/skip.ts)' } : result));
  if (code !== 0 && !results.some((result) => result.state === 'failed')) all.push(...single(`${name} tests end without trouble`, `exit code ${code}, see above`));
  if (all.length === 0 && grep === '') all.push(...single(`${name} tests exist`, 'no test was found'));
  return all;
}

let built;
/** One production build for all parts that run the product. */
function build() {
  built ??= import('./lib/build.mjs').then(({ ensureBuilt }) => ensureBuilt(['extension', 'sandbox', 'check']));
  return built;
}

async function workbench() {
  await build();
  if (process.env.VSCODE_TEST_VERSION) return;
  const { ensureBrowser, ensureWorkbench } = await import('./lib/install.mjs');
  await ensureBrowser();
  await ensureWorkbench();
}

async function inVscode(name, folder, env, extension) {
  await workbench();
  const { bundleVscodeTests } = await import('./lib/bundleTests.mjs');
  const { runInVscode } = await import('./lib/vscodeRun.mjs');
  const { code, results } = await runInVscode({ name, bundle: await bundleVscodeTests(folder, undefined, extension), env: { ...(folder === 'vscode' ? { GREENGRASS_FLEET_GREP: grep } : {}), ...env } });
  return collected(name, code, results);
}

const parts = {
  lint: () => program('eslint finds nothing', [...tool('eslint', 'bin', 'eslint.js'), '-c', 'scripts/eslint.config.mjs', '--max-warnings', '0', '.']),
  types: async () => [
    ...(await program('tsc finds nothing', [...tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', '.'])),
    ...(await program('tsc finds nothing in the pages', [...tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'scripts/pages.tsconfig.json'])),
  ],
  circular: async () => {
    const { findCircularImports } = await import('./lib/circularImports.mjs');
    const circles = await findCircularImports();
    for (const circle of circles) process.stdout.write(`${circle}\n`);
    return single('no modules import each other in a circle', circles.length === 0 ? undefined : circles.join('; '));
  },
  unit: async () => {
    const { ensureShellcheck } = await import('./lib/install.mjs');
    await ensureShellcheck();
    // Some of them run the built sandbox; a build that fails is told by the parts that need all of it.
    await build().catch(() => undefined);
    return mocha('unit', testFiles('unit', [path.join('integration', 'everyFault.test.ts'), path.join('integration', 'testDevice.test.ts')]), jobs);
  },
  vscode: () => inVscode('vscode', 'vscode'),
  // All commands again, in a language that hides English: what was left out of the translations stands out.
  pseudo: async () => {
    await build();
    const { makePseudoExtension } = await import('./lib/language.mjs');
    const { pseudoLanguage } = await import('./lib/pseudo.mjs');
    const folder = fs.mkdtempSync(path.join(resultsFolder, 'pseudo-'));
    onStop(() => fs.rmSync(folder, { recursive: true, force: true }));
    makePseudoExtension(folder);
    return inVscode('pseudo', 'pseudo', { GREENGRASS_FLEET_EXTENSION: folder, GREENGRASS_FLEET_LANGUAGE: pseudoLanguage, GREENGRASS_FLEET_GREP: grep }, folder);
  },
  vsix: async () => {
    await build();
    const { makePackage } = await import('./lib/package.mjs');
    const folder = fs.mkdtempSync(path.join(resultsFolder, 'vsix-'));
    onStop(() => fs.rmSync(folder, { recursive: true, force: true }));
    const vsix = await makePackage(folder, { rebuild: false });
    // VS Code runs tests only beside a development extension: an empty one, so that the product is the installed file.
    const empty = path.join(folder, 'empty');
    fs.mkdirSync(empty);
    fs.writeFileSync(path.join(empty, 'package.json'), JSON.stringify({ name: 'empty', publisher: 'test', version: '0.0.0', engines: { vscode: '*' } }));
    return inVscode('vsix', 'vsix', { GREENGRASS_FLEET_VSIX: vsix, GREENGRASS_FLEET_EXTENSION: empty, GREENGRASS_FLEET_TEST: '' });
  },
  browser: async () => {
    await build();
    const { ensureBrowser, ensureWorkbench } = await import('./lib/install.mjs');
    await ensureBrowser();
    await ensureWorkbench();
    return mocha('browser', testFiles('browser'));
  },
};

stopOnSignals();
const wanted = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(parts);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`Unknown part: ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.\n`);
  process.exit(1);
}

const report = [];
try {
  await ensureNodeModules();
} catch (error) {
  report.push({ name: 'install', results: single('packages are installed', error.message), seconds: 0 });
}
if (report.length === 0) {
  fs.mkdirSync(resultsFolder, { recursive: true });
  for (const name of Object.keys(parts).filter((part) => wanted.includes(part))) {
    process.stdout.write(`\n=== ${name} ===\n`);
    const before = Date.now();
    let results;
    try {
      results = await parts[name]();
    } catch (error) {
      process.stdout.write(`${error instanceof Failure ? error.message : error.stack}\n`);
      results = single(`${name} can run`, error.message.split('\n')[0]);
    }
    report.push({ name, results, seconds: (Date.now() - before) / 1000 });
  }
}
await stopAll();

const count = (results, state) => results.filter((result) => result.state === state).length;
process.stdout.write('\n=== summary ===\n');
for (const { name, results, seconds } of report) {
  process.stdout.write(`${name}: passed ${count(results, 'passed')}, failed ${count(results, 'failed')}, skipped ${count(results, 'skipped')} (${seconds.toFixed(1)} s)\n`);
}
for (const { name, results } of report) {
  for (const result of results.filter(({ state }) => state === 'failed')) process.stdout.write(`FAILED ${name}: ${result.title}: ${(result.error ?? '').split('\n')[0]}\n`);
  for (const result of results.filter(({ state }) => state === 'skipped')) process.stdout.write(`SKIPPED ${name}: ${result.title}: ${result.reason}\n`);
}
const all = report.flatMap(({ results }) => results);
const searched = report.filter(({ name }) => ['unit', 'vscode', 'pseudo', 'browser'].includes(name));
// Not a failure of each part: the title may be one of another part.
if (grep !== '' && searched.length > 0 && searched.every(({ results }) => results.length === 0)) process.stdout.write(`No test has "${grep}" in its title. The text is taken literally: no |, no *, no regular expression.\n`);
process.stdout.write(`All in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${count(all, 'passed')} passed, ${count(all, 'failed')} failed, ${count(all, 'skipped')} skipped\n`);
process.exit(count(all, 'failed') === 0 && count(all, 'passed') > 0 ? 0 : 1);
