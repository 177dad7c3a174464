// The product as `npm start` shows it: sandbox, sample workspace and VS Code in the browser, all in one temporary folder.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { withoutAws, writeAwsFiles } from './awsProfile.mjs';
import { Failure } from './failure.mjs';
import { findProgram } from './install.mjs';
import { fixtureWorkspace, root } from './paths.mjs';
import { onStop, run, spawnGroup } from './processes.mjs';
import { startServer, workbenchUrl, writeUserSettings } from './server.mjs';

/** Starts the built sandbox on a free port. @returns its line of JSON */
export async function startSandbox(state, args = []) {
  const child = spawnGroup(process.execPath, [path.join(root, 'dist', 'sandbox', 'main.js'), '--port', '0', '--state', state, ...args], {
    env: withoutAws(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let trouble = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (trouble = (trouble + text).slice(-5000)));
  const line = await Promise.race([
    once(readline.createInterface({ input: child.stdout }), 'line').then(([text]) => text),
    once(child, 'exit').then(([code]) => {
      throw new Failure(`The sandbox did not start (exit code ${code}). ${trouble.trim().split('\n').find((text) => text.trim() !== '') ?? ''}`);
    }),
  ]);
  return { child, info: JSON.parse(line) };
}

/** A temporary folder with AWS files that hold no profile, and an environment that leads to them. It goes when the program ends. */
export function makeHome() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'greengrass-fleet-start-'));
  onStop(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return { home, workspace: undefined, sandbox: undefined, env: { ...withoutAws(process.env), ...writeAwsFiles(path.join(home, 'aws')) } };
}

/** A folder with the sandbox running in it, a copy of the sample workspace, and AWS files whose profile `sandbox` leads to it. */
export async function startSample({ sandboxArguments = [] } = {}) {
  const { home } = makeHome();
  const workspace = path.join(home, 'greengrass-fleet');
  fs.cpSync(fixtureWorkspace, workspace, { recursive: true });
  // With git the product can keep keys out of it, which a newcomer should see.
  if (findProgram('git') !== undefined) await run('git', ['init', '--quiet', workspace]);
  const sandbox = await startSandbox(path.join(home, 'sandbox'), sandboxArguments);
  const env = { ...withoutAws(process.env), ...writeAwsFiles(path.join(home, 'aws'), sandbox.info), AWS_REGION: sandbox.info.region };
  return { home, workspace, sandbox, env };
}

/**
 * VS Code in the browser on the sample. The extension is linked into the folder of installed extensions: that needs no
 * test switches of the server, and a reload of the window picks up a new build.
 * @param {{ node: string, server: string }} workbench
 * @param {{ home: string, workspace?: string, env: NodeJS.ProcessEnv }} sample an empty window without `workspace`
 * @param {{ port?: number, logFile?: string, settings?: Record<string, unknown>, trust?: boolean }} [options] `trust` false: the folder is one that nobody has trusted
 */
export async function startWorkbench(workbench, { home, workspace, env }, { port = 0, logFile, settings = {}, trust = true } = {}) {
  const dataFolder = path.join(home, 'vscode');
  // The sample is ours: no question about trusting it.
  const trusting = trust ? { 'security.workspace.trust.enabled': false } : { 'security.workspace.trust.startupPrompt': 'never' };
  writeUserSettings(dataFolder, { ...trusting, ...settings });
  const { name, publisher, version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const extensions = path.join(dataFolder, 'extensions');
  fs.mkdirSync(extensions, { recursive: true });
  fs.symlinkSync(root, path.join(extensions, `${publisher}.${name}-${version}`), 'junction');
  const token = randomBytes(16).toString('hex');
  const server = await startServer(workbench, { port, dataFolder, env, token, logFile, args: trust ? ['--disable-workspace-trust'] : [] });
  return { ...server, url: workbenchUrl({ port: server.port, token, folder: workspace }) };
}
