// The VS Code server (with its browser workbench) as a child process.
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { run, spawnGroup } from './processes.mjs';

/**
 * Starts the server and waits until it listens.
 * @param {{ node: string, server: string }} workbench from ensureWorkbench
 * @param {{ port?: number, dataFolder: string, env: NodeJS.ProcessEnv, token?: string, args?: string[], logFile?: string }} options
 *   without a token the server accepts everybody: for tests on the loopback address only
 * @returns {Promise<{ port: number, child: import('node:child_process').ChildProcess }>}
 */
export async function startServer(workbench, { port = 0, dataFolder, env, token, args = [], logFile }) {
  const child = spawnGroup(
    workbench.node,
    [
      path.join(workbench.server, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--accept-server-license-terms', '--telemetry-level', 'off'],
      ...['--server-data-dir', dataFolder],
      ...(token === undefined ? ['--without-connection-token'] : ['--connection-token', token]),
      ...args,
    ],
    { env: serverEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const log = logFile === undefined ? undefined : fs.createWriteStream(logFile);
  const listening = await new Promise((resolve, reject) => {
    const read = (text) => {
      log?.write(text);
      if (output.length > 100_000) return;
      output += text;
      const match = /Extension host agent listening on (\d+)/.exec(output);
      if (match) resolve(Number(match[1]));
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(startFailure(port, code, output)));
  });
  return { port: listening, child };
}

function startFailure(port, code, output) {
  if (/EADDRINUSE/.test(output)) return new Failure(`Port ${port} is taken. Free it, or choose another one with --port.`);
  const reason = output.trim().split('\n').find((line) => /error/i.test(line)) ?? output.trim().split('\n').at(-1) ?? '';
  return new Failure(`VS Code for the browser did not start (exit code ${code}). ${reason}`);
}

/** Without what would make the server or its extension host behave as a child of another VS Code or of a debugger. */
function serverEnvironment(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$|NODE_CHANNEL|npm_)/.test(name)));
}

/** User settings of a workbench with this data folder: quiet, no Chat side bar, no start page. */
export function writeUserSettings(dataFolder, extra = {}) {
  const folder = path.join(dataFolder, 'data', 'User');
  fs.mkdirSync(folder, { recursive: true });
  const settings = {
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'workbench.tips.enabled': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'git.openRepositoryInParentFolders': 'never',
    'extensions.ignoreRecommendations': true,
    'telemetry.telemetryLevel': 'off',
    ...extra,
  };
  fs.writeFileSync(path.join(folder, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** Installs a VSIX file into a data folder. */
export async function installVsix(workbench, dataFolder, file, env) {
  const { code, output } = await run(
    workbench.node,
    [path.join(workbench.server, 'out', 'server-main.js'), '--accept-server-license-terms', '--server-data-dir', dataFolder, '--install-extension', file, '--force'],
    { env: serverEnvironment(env) },
  );
  if (code !== 0 || !/successfully installed/i.test(output)) throw new Failure(`VS Code did not install ${file} (exit code ${code}). ${output.trim()}`);
}

/** The address of a workbench page. `payload` is honoured only by a server with --enable-smoke-test-driver. */
export function workbenchUrl({ port, token, folder, payload = [] }) {
  const query = new URLSearchParams();
  if (token !== undefined) query.set('tkn', token);
  if (folder !== undefined) query.set('folder', folder.split(path.sep).join('/'));
  else query.set('ew', 'true'); // an empty window, not the last one
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}

/** A local path as the browser workbench names it. */
export function remoteUri(port, file) {
  return `vscode-remote://127.0.0.1:${port}${encodeURI(file.split(path.sep).join('/').replace(/^([^/])/, '/$1'))}`;
}
