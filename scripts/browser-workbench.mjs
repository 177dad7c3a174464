#!/usr/bin/env node
// Stands in for the desktop VS Code program in test runs: takes its arguments (--extensionDevelopmentPath,
// --extensionTestsPath, a folder), runs them in the browser workbench with a real extension host, prints what the
// tests log and exits with the suite's code. So one entry (test/runTest.ts) serves both.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Failure, runMain } from './lib/failure.mjs';
import { ensureBrowser, ensureWorkbench } from './lib/install.mjs';
import { writeLanguagePack } from './lib/language.mjs';
import { resultsFolder } from './lib/paths.mjs';
import { onStop, stopAll, stopOnSignals } from './lib/processes.mjs';
import { installVsix, remoteUri, startServer, workbenchUrl, writeUserSettings } from './lib/server.mjs';
import { browserArguments } from './lib/browser.mjs';

/** Starts each line of the tests' own log; the rest of VS Code's console goes to a file. */
const marker = process.env.GREENGRASS_FLEET_LOG_MARKER ?? '';
const limitMs = Number(process.env.GREENGRASS_FLEET_TEST_LIMIT_MS ?? 15 * 60_000);

function readArguments(argv) {
  const values = {};
  let folder;
  for (const argument of argv) {
    const match = /^--([^=]+)(?:=(.*))?$/.exec(argument);
    if (match) values[match[1]] = match[2] ?? true;
    else folder = path.resolve(argument);
  }
  return { values, folder };
}

stopOnSignals();
await runMain(async () => {
  const { values, folder } = readArguments(process.argv.slice(2));
  if (typeof values.extensionTestsPath !== 'string') throw new Failure('--extensionTestsPath=FILE is missing.');
  const browserProgram = await ensureBrowser();
  const workbench = await ensureWorkbench();
  const { chromium } = await import('playwright-core');

  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'greengrass-fleet-vscode-'));
  onStop(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const dataFolder = path.join(home, 'server');
  writeUserSettings(dataFolder, values['disable-workspace-trust'] === true ? { 'security.workspace.trust.enabled': false } : {});
  const language = typeof values.locale === 'string' ? values.locale : undefined;
  if (language !== undefined) writeLanguagePack(path.join(dataFolder, 'data'), language);
  const vsix = process.env.GREENGRASS_FLEET_VSIX;
  if (vsix) await installVsix(workbench, dataFolder, vsix, process.env);
  fs.mkdirSync(resultsFolder, { recursive: true });
  const name = path.basename(process.env.GREENGRASS_FLEET_RESULTS ?? 'run', '.json');
  const logFile = path.join(resultsFolder, `${name}-server.log`);
  const log = fs.createWriteStream(path.join(resultsFolder, `${name}-console.log`));

  try {
    const { port, child } = await startServer(workbench, {
      dataFolder,
      logFile,
      env: process.env,
      args: ['--enable-smoke-test-driver', '--log', 'info', ...(values['disable-workspace-trust'] === true ? ['--disable-workspace-trust'] : []), ...(language === undefined ? [] : ['--locale', language])],
    });
    const browser = await chromium.launch({ executablePath: browserProgram, args: browserArguments, handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false });
    onStop(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const payload = [['extensionTestsPath', remoteUri(port, values.extensionTestsPath)], ['skipWelcome', 'true']];
    if (typeof values.extensionDevelopmentPath === 'string') payload.push(['extensionDevelopmentPath', remoteUri(port, values.extensionDevelopmentPath)]);

    const code = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Failure(`The tests in VS Code did not end within ${limitMs / 60_000} minutes.`)), limitMs);
      child.once('exit', (exitCode) => reject(new Failure(`The VS Code server ended during the tests (exit code ${exitCode}), see ${logFile}.`)));
      page.once('crash', () => reject(new Failure('The page with VS Code crashed during the tests.')));
      const finish = (value) => {
        clearTimeout(timer);
        resolve(value);
      };
      void (async () => {
        await page.exposeFunction('codeAutomationLog', (type, parts) => {
          const text = parts.map(String).join(' ');
          if (marker !== '' && text.startsWith(marker)) process.stdout.write(`${text.slice(marker.length)}\n`);
          else log.write(`${type}: ${text}\n`);
        });
        await page.exposeFunction('codeAutomationExit', (value) => finish(value));
        await page.goto(workbenchUrl({ port, folder, payload }));
      })().catch(reject);
    });
    if (code !== 0) await page.screenshot({ path: path.join(resultsFolder, `${name}-failed.png`) }).catch(() => undefined);
    return code;
  } finally {
    await stopAll();
  }
});
process.exit();
