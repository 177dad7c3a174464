/**
 * The one entry for every run in VS Code. By default the browser workbench (scripts/browser-workbench.mjs) plays the
 * VS Code program; with VSCODE_TEST_VERSION=stable or a version number, a desktop VS Code is downloaded and used.
 * Arguments: the bundle of the tests, then the folder to open; GREENGRASS_FLEET_EXTENSION names the extension's folder.
 */
import path from 'node:path';
import { runTests, runVSCodeCommand } from '@vscode/test-electron';
import { writeLanguagePack } from '../scripts/lib/language.mjs';

async function main(): Promise<void> {
  const root = path.join(__dirname, '..');
  const [tests, folder] = process.argv.slice(2);
  if (tests === undefined || folder === undefined) throw new Error('Usage: runTest.ts BUNDLE FOLDER');
  const version = process.env['VSCODE_TEST_VERSION'];
  const userData = process.env['GREENGRASS_FLEET_USER_DATA'];
  const profile = userData === undefined ? [] : [`--user-data-dir=${userData}`, `--extensions-dir=${userData}-extensions`];
  const vsix = process.env['GREENGRASS_FLEET_VSIX'];
  const language = process.env['GREENGRASS_FLEET_LANGUAGE'];
  if (language !== undefined && userData !== undefined) writeLanguagePack(userData, language);
  // The browser workbench installs the file itself, into the data folder that it makes.
  if (vsix !== undefined && version !== undefined) await runVSCodeCommand(['--install-extension', vsix, ...profile], { version });
  await runTests({
    ...(version === undefined || version === '' ? { vscodeExecutablePath: path.join(root, 'scripts', 'browser-workbench.mjs') } : { version }),
    extensionDevelopmentPath: process.env['GREENGRASS_FLEET_EXTENSION'] ?? root,
    extensionTestsPath: tests,
    launchArgs: [folder, ...profile, ...(language === undefined ? [] : [`--locale=${language}`])],
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
