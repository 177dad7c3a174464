import fs from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { minimatch } from 'minimatch';
import { policyGlobs, policyTestsGlob, templateGlobs, type FileKind } from '../core/fileKinds';

/** A file to check. */
export interface FileToCheck {
  /** Absolute. */
  readonly path: string;
  /** Undefined: the name does not tell, the contents must. */
  readonly kind: FileKind | undefined;
}

export interface Unreadable {
  /** Absolute. */
  readonly path: string;
  readonly message: string;
}

export interface FoundFiles {
  /** Each once, in the order of their paths. */
  readonly files: readonly FileToCheck[];
  readonly unreadable: readonly Unreadable[];
}

export interface NameOptions {
  readonly policyFiles: readonly string[];
  readonly templateFiles: readonly string[];
}

/** Folders with files of others. */
const passedOver: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn']);

const slashes = (file: string): string => file.split(path.sep).join('/');

/** What a file is by its name. `file` is absolute, `root` the folder that relative globs are meant from. */
export function kindByName(file: string, root: string, options: NameOptions): FileKind | undefined {
  const relative = slashes(path.relative(root, file));
  const named = (globs: readonly string[]): boolean => globs.some((glob) => minimatch(relative, glob, { dot: true }) || minimatch(slashes(file), glob, { dot: true }));
  if (named([policyTestsGlob])) return 'policyTests';
  if (named([...templateGlobs, ...options.templateFiles])) return 'template';
  return named([...policyGlobs, ...options.policyFiles]) ? 'policy' : undefined;
}

/**
 * The files that are meant: a file as it is, whatever its name; in a folder and of a glob those whose name tells what
 * they are. What was named and is not there is unreadable.
 *
 * @param wanted files, folders and globs
 * @param root absolute; what relative ones are meant from
 */
export function findFiles(wanted: readonly string[], root: string, options: NameOptions): FoundFiles {
  const files = new Map<string, FileToCheck>();
  const unreadable: Unreadable[] = [];
  const fail = (file: string, error: unknown): void => void unreadable.push({ path: file, message: error instanceof Error ? error.message : String(error) });
  const add = (file: string, named: boolean): boolean => {
    const kind = kindByName(file, root, options);
    if (kind !== undefined || named) files.set(file, { path: file, kind });
    return files.has(file);
  };
  for (const item of wanted) {
    const absolute = path.resolve(root, item);
    const stats = fs.statSync(absolute, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) for (const file of walk(absolute, fail)) add(file, false);
    else if (stats !== undefined) add(absolute, true);
    else if (/[*?[{]/.test(item)) {
      const matching = matches(item, root, fail);
      // A misspelled glob must not pass a build.
      if (matching.length === 0) fail(absolute, l10n.t('No file matches.'));
      else if (matching.filter((file) => add(file, false)).length === 0) fail(absolute, l10n.t('No file that matches is named like an IoT policy, provisioning template or policy test. Name the files one by one, or use --policy-files or --template-files.'));
    } else fail(absolute, l10n.t('There is no such file.'));
  }
  return { files: [...files.values()].sort((one, other) => (one.path < other.path ? -1 : 1)), unreadable };
}

/** The files of a glob. Its folders are names, not patterns: the way to the workspace may hold brackets. */
function matches(glob: string, root: string, fail: (file: string, error: unknown) => void): readonly string[] {
  const parts = glob.split(/[/\\]/);
  const first = parts.findIndex((part) => /[*?[{]/.test(part));
  // The deepest folder that every match is in.
  const folder = path.resolve(root, parts.slice(0, first).join('/') || (glob.startsWith('/') ? '/' : '.'));
  if (!fs.existsSync(folder)) return [];
  const pattern = parts.slice(first).join('/');
  return [...walk(folder, fail)].filter((file) => minimatch(slashes(path.relative(folder, file)), pattern, { dot: true }));
}

function* walk(folder: string, fail: (file: string, error: unknown) => void): Generator<string> {
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    fail(folder, error);
    return;
  }
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    // Links to folders are not followed: they could lead in a circle.
    if (entry.isDirectory()) {
      if (!passedOver.has(entry.name)) yield* walk(file, fail);
    } else if (entry.isFile() || (entry.isSymbolicLink() && fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true)) yield file;
  }
}
