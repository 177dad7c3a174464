import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The checkout: the bench runs in it. */
export const root = process.cwd();

/** A module of scripts/lib, which the bundle of the bench does not take in: it finds its files by its own place. */
async function script<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(path.join(root, 'scripts', 'lib', name)).href)) as T;
}

interface Workbench {
  readonly node: string;
  readonly server: string;
}

export const scripts = {
  build: async () => script<{ ensureBuilt: (names: readonly string[]) => Promise<void> }>('build.mjs'),
  install: async () => script<{ ensureWorkbench: () => Promise<Workbench>; ensureBrowser: () => Promise<string>; findProgram: (name: string) => string | undefined }>('install.mjs'),
  package: async () => script<{ makePackage: (folder: string, options: { rebuild: boolean }) => Promise<string> }>('package.mjs'),
  server: async () => script<{ installVsix: (workbench: Workbench, dataFolder: string, file: string, env: NodeJS.ProcessEnv) => Promise<void> }>('server.mjs'),
  vscodeRun: async () => script<{ runInVscode: (options: { name: string; bundle: string; env: NodeJS.ProcessEnv }) => Promise<{ code: number; results: unknown }> }>('vscodeRun.mjs'),
} as const;
