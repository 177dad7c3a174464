// npm start: from a fresh clone to the product in VS Code, on a local AWS, without an account.
//   npm start -- --port N      the port of VS Code in the browser (8123 when not given)
//   npm start -- --desktop     the VS Code on the PATH instead of the browser
//   npm start -- --empty       an empty window without an AWS profile: as somebody meets it who has just installed it
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './lib/failure.mjs';
import { ensureNodeModules, ensureWorkbench, findProgram } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { run, stopAll, stopOnSignals } from './lib/processes.mjs';

function readOptions() {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string', default: '8123' }, desktop: { type: 'boolean', default: false }, empty: { type: 'boolean', default: false } } });
    if (values.desktop && values.empty) throw new Error('--empty is for the browser; --desktop cannot have it.');
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port number.`);
    return { ...values, port };
  } catch (error) {
    throw new Failure(`${error.message} Usage: npm start -- [--port N] [--desktop | --empty]`);
  }
}

/** Before minutes of installing, not after them. */
function checkPort(port) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => {
      if (error.code === 'EADDRINUSE') reject(new Failure(`Port ${port} is taken. Choose another one: npm start -- --port N`));
      else reject(new Failure(`Port ${port} cannot be used: ${error.message}`));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

/** Opens the address where a person sits at this machine; elsewhere the printed address is all there is. */
function openBrowser(url) {
  if (!process.stdout.isTTY || process.env.SSH_CONNECTION) return;
  const opener = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
  const program = opener === undefined ? undefined : (findProgram(opener) ?? (process.platform === 'win32' ? opener : undefined));
  if (program === undefined) return;
  spawn(program, [url], { stdio: 'ignore', detached: true }).on('error', () => undefined).unref();
}

const firstClick = `Click the Greengrass Fleet icon in the activity bar (on the left), then "Provision Everything" above the steps.`;

/** An empty folder for who opens one in the empty window. */
function tryFolder(home) {
  const folder = path.join(home, 'my-fleet');
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

stopOnSignals(0);
await runMain(async () => {
  const options = readOptions();
  const code = options.desktop ? findProgram('code') : undefined;
  if (options.desktop && code === undefined) throw new Failure('There is no "code" on the PATH. Start VS Code once and run "Shell Command: Install \'code\' command in PATH", or leave --desktop out.');
  if (!options.desktop) await checkPort(options.port);
  await ensureNodeModules();
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureBuilt(['extension', 'sandbox', 'check']);
  const workbench = options.desktop ? undefined : await ensureWorkbench();
  const { makeHome, startSample, startWorkbench } = await import('./lib/product.mjs');

  try {
    const sample = options.empty ? makeHome() : await startSample();
    const ended = sample.sandbox === undefined ? [] : [[sample.sandbox.child, 'The sandbox']];
    let closed;
    if (options.desktop) {
      // --wait: closing the window ends everything, as Ctrl-C does. The window itself belongs to its owner and stays on Ctrl-C.
      const window = run(code, [`--extensionDevelopmentPath=${root}`, `--user-data-dir=${path.join(sample.home, 'desktop')}`, '--new-window', '--wait', sample.workspace], {
        env: sample.env,
        shell: process.platform === 'win32',
      });
      closed = window.then((result) => {
        if (result.code !== 0) throw new Failure(`VS Code did not start (exit code ${result.code}). ${result.output.trim().split('\n').at(-1) ?? ''}`);
        return 0;
      });
      process.stdout.write(`\nVS Code is opening on ${sample.workspace}\n`);
    } else {
      const { url, child } = await startWorkbench(workbench, sample, { port: options.port });
      ended.push([child, 'VS Code for the browser']);
      process.stdout.write(`\nOpen ${url}\n`);
      openBrowser(url);
    }
    process.stdout.write(options.empty ? `Run "Welcome: Open Walkthrough" from the palette.\nFolder for a try, removed at the end: ${tryFolder(sample.home)}\nCtrl-C ends everything.\n` : `${firstClick}\nThe AWS behind it is a sandbox on this machine: nothing costs money, nothing leaves it. Ctrl-C ends everything.\n`);
    return await new Promise((resolve, reject) => {
      closed?.then(resolve, reject);
      for (const [child, what] of ended) child.once('exit', (exitCode) => reject(new Failure(`${what} ended (exit code ${exitCode}).`)));
    });
  } finally {
    await stopAll();
  }
});
process.exit();
