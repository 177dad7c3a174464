// One run of bundled tests in VS Code, on a copy of the fixture workspace and with AWS files of its own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withoutAws, writeAwsFiles } from './awsProfile.mjs';
import { fixtureWorkspace, resultsFolder, root } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * @param {{ name: string, bundle: string, env?: NodeJS.ProcessEnv }} options `name` names the result file
 * @returns {Promise<{ code: number, output: string, results: object[] | undefined }>} results of mochaReporter.cjs;
 *   undefined when the tests did not come to their end
 */
export async function runInVscode({ name, bundle, env = {} }) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'greengrass-fleet-test-'));
  const workspace = path.join(home, 'workspace');
  const resultFile = path.join(resultsFolder, `${name}.json`);
  try {
    if (fs.existsSync(fixtureWorkspace)) fs.cpSync(fixtureWorkspace, workspace, { recursive: true });
    fs.mkdirSync(workspace, { recursive: true });
    fs.mkdirSync(resultsFolder, { recursive: true });
    fs.rmSync(resultFile, { force: true });
    const { code, output } = await run(process.execPath, ['--import', 'tsx', path.join(root, 'test', 'runTest.ts'), bundle, workspace], {
      cwd: root,
      echo: true,
      env: {
        ...withoutAws(process.env),
        ...writeAwsFiles(path.join(home, 'aws')),
        GREENGRASS_FLEET_TEST: '1',
        GREENGRASS_FLEET_ROOT: root,
        GREENGRASS_FLEET_RESULTS: resultFile,
        ...(process.env.VSCODE_TEST_VERSION ? {} : { GREENGRASS_FLEET_LOG_MARKER: '│' }),
        ...(process.env.VSCODE_TEST_VERSION ? { GREENGRASS_FLEET_USER_DATA: path.join(home, 'desktop') } : {}),
        ...env,
      },
    });
    const results = fs.existsSync(resultFile) ? JSON.parse(fs.readFileSync(resultFile, 'utf8')) : undefined;
    return { code, output, results };
  } finally {
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
