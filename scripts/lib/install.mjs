// Everything that a fresh clone lacks, installed on first need.
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, cloneLock, root } from './paths.mjs';
import { run } from './processes.mjs';

/** The VS Code in the browser that tests and `npm start` use: server and workbench of this code-server release. */
const codeServerVersion = '4.139.1';
/** code-server's own `engines` asks for Node 24; the npm registry has the program itself as a package per platform. */
const workbenchNodeVersion = '24.21.0';

const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

function say(text) {
  process.stderr.write(`${text}\n`);
}

async function npm(args, cwd, what) {
  const { code, output } = await run('npm', args, { cwd, env: npmEnvironment() });
  if (code === 0) return;
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENETUNREACH|network/i.test(output)) {
    throw new Failure(`Cannot install ${what}: the npm registry cannot be reached. Check the network and "npm config get registry", then try again.`);
  }
  const reason = output.split('\n').find((line) => /npm error/.test(line) && !/npm error code/.test(line)) ?? output.trim().split('\n').at(-1) ?? '';
  throw new Failure(`Cannot install ${what}: npm failed with exit code ${code}. ${reason.replace(/^npm error\s*/, '')}`);
}

/** npm run sets npm_config_* for the outer command; an inner npm must not inherit them for another folder. */
function npmEnvironment() {
  const env = { ...process.env };
  for (const name of ['npm_config_local_prefix', 'npm_config_prefix', 'npm_package_json', 'INIT_CWD']) delete env[name];
  return env;
}

/** node_modules as the lock file says: present, and not older than the lock file. */
export async function ensureNodeModules() {
  const lockFile = path.join(root, 'package-lock.json');
  const stamp = path.join(root, 'node_modules', '.package-lock.json');
  const fresh = () => {
    if (!fs.existsSync(stamp)) return false;
    if (fs.statSync(stamp).mtimeMs >= fs.statSync(lockFile).mtimeMs) return true;
    // git gives a checked-out file today's date: older by date but the same by content is fresh.
    return samePackages(lockFile, stamp);
  };
  if (fresh()) return;
  await withLock(cloneLock('install'), async () => {
    if (fresh()) return;
    say('Installing the packages of this project (npm ci) …');
    await npm(['ci', '--ignore-scripts', ...quiet], root, 'the packages of this project');
  });
}

function samePackages(lockFile, stamp) {
  const versions = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  const wanted = versions(lockFile);
  const found = versions(stamp);
  return Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional === true || found[name]?.version === entry.version);
}

/** @returns {{ folder: string, node: string, server: string }} paths inside an installed workbench */
function workbenchPaths(folder) {
  const [prefix, platform] = [process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node', process.platform === 'win32' ? 'win' : process.platform];
  const nodePackage = `${prefix}-${platform}-${process.arch}`;
  return {
    folder,
    nodePackage,
    node: path.join(folder, 'node_modules', nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    server: path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode'),
  };
}

/**
 * The browser workbench, in a cache that all clones of this user share. Made in a folder aside and renamed
 * when it is complete, so that a killed or a parallel run never sees half of it.
 */
export async function ensureWorkbench() {
  const folder = path.join(cacheFolder(), `code-server-${codeServerVersion}-node-${workbenchNodeVersion}-${process.platform}-${process.arch}`);
  const installed = workbenchPaths(folder);
  if (fs.existsSync(installed.node) && fs.existsSync(path.join(folder, 'complete'))) return installed;
  try {
    await withLock(`${folder}.lock`, async () => {
      if (fs.existsSync(path.join(folder, 'complete'))) return;
      const aside = `${folder}.new`;
      fs.rmSync(aside, { recursive: true, force: true });
      fs.rmSync(folder, { recursive: true, force: true });
      fs.mkdirSync(aside, { recursive: true });
      say(`Installing VS Code for the browser (code-server ${codeServerVersion}, about 800 MB, once per user) into ${folder} …`);
      const making = workbenchPaths(aside);
      fs.writeFileSync(path.join(aside, 'package.json'), '{ "private": true }\n');
      const options = ['--ignore-scripts', '--omit=dev', ...quiet];
      const what = 'VS Code for the browser';
      await npm(['install', '--save-exact', `code-server@${codeServerVersion}`, `${making.nodePackage}@${workbenchNodeVersion}`, ...options], aside, what);
      await npm(['install', ...options], making.server, what);
      await npm(['install', ...options], path.join(making.server, 'extensions'), what);
      fs.writeFileSync(path.join(aside, 'complete'), '');
      fs.renameSync(aside, folder);
    });
  } catch (error) {
    if (error?.code === 'EACCES' || error?.code === 'ENOSPC' || error?.code === 'EROFS') {
      throw new Failure(`Cannot install VS Code for the browser into ${folder}: ${error.message}. Set GREENGRASS_FLEET_CACHE to a folder with 1 GB of space.`);
    }
    throw error;
  }
  return installed;
}

const browserPlaces = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
    process.env[name] === undefined ? [] : [path.join(process.env[name], 'Google/Chrome/Application/chrome.exe'), path.join(process.env[name], 'Microsoft/Edge/Application/msedge.exe')],
  ),
};

/** A program by name on the PATH, or an absolute path that exists. */
export function findProgram(name) {
  if (path.isAbsolute(name)) return fs.existsSync(name) ? name : undefined;
  const endings = process.platform === 'win32' ? ['.cmd', '.exe', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (folder !== '' && fs.existsSync(file)) return file;
    }
  }
  return undefined;
}

export function findBrowser() {
  if (process.env.CHROMIUM_PATH !== undefined) return findProgram(process.env.CHROMIUM_PATH);
  return (browserPlaces[process.platform] ?? []).map(findProgram).find((file) => file !== undefined);
}

/** A Chromium for the tests; on Debian as root it is installed. */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (!canInstallFromDebian()) throw new Failure('No Chromium, Chrome or Edge found, which the tests in VS Code need. Install one, or set CHROMIUM_PATH to its program.');
  return withLock(path.join(cacheFolder(), 'apt.lock'), async () => {
    if (findBrowser() === undefined) await installFromDebian('chromium');
    return findBrowser();
  });
}

/** Checks the device kit's scripts in the tests; on Debian as root it is installed. Without it those tests say that they were skipped. */
export async function ensureShellcheck() {
  if (findProgram('shellcheck') !== undefined || !canInstallFromDebian()) return;
  await withLock(path.join(cacheFolder(), 'apt.lock'), async () => {
    if (findProgram('shellcheck') === undefined) await installFromDebian('shellcheck');
  });
}

function canInstallFromDebian() {
  return process.platform === 'linux' && process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
}

async function installFromDebian(name) {
  say(`Installing ${name} (apt-get) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  const { code, output } = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { env });
  if (code !== 0) throw new Failure(`Cannot install ${name}: apt-get failed with exit code ${code}. ${output.trim().split('\n').at(-1) ?? ''}`);
}
