import fs from 'node:fs';
import * as l10n from '@vscode/l10n';
import manifest from '../../package.json';
import { checkFile, type CheckFinding } from './checkFile';
import { findFiles, type Unreadable } from './findFiles';
import { checkOptions, readArguments, usage, UsageError, type Format } from './options';
import { policyGlobs, policyTestsGlob, templateGlobs } from '../core/fileKinds';
import { asJson, asSarif, asText, atOrAbove, shownPath, type CheckReport } from './report';

/** Where a check runs and where it speaks. */
export interface CheckHost {
  /** Absolute. */
  readonly folder: string;
  out(text: string): void;
  error(text: string): void;
}

const printers: Readonly<Record<Format, (report: CheckReport) => string>> = { text: asText, json: asJson, sarif: asSarif };

/**
 * The whole program. Answers the exit code: 0 clean, 1 findings at or above the threshold, 2 the command line is wrong
 * or a file cannot be read (the others are checked all the same).
 */
export function runCheck(argv: readonly string[], host: CheckHost): 0 | 1 | 2 {
  try {
    const given = readArguments(argv);
    if (given.texts !== undefined) useTexts(given.texts);
    if (given.help === true || given.version === true) {
      host.out(given.help === true ? usage : `${manifest.version}\n`);
      return 0;
    }
    return check(given, host);
  } catch (error) {
    // Also what nobody foresaw is 2: Node's own exit code for it would say that there are findings.
    if (error instanceof UsageError) host.error(`${error.message}\n${l10n.t('Run “{0}” to see how it is used.', 'node check.js --help')}\n`);
    else host.error(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
}

/** The messages in another language than English, from a file that comes with the extension. */
function useTexts(file: string): void {
  try {
    l10n.config({ contents: fs.readFileSync(file, 'utf8') });
  } catch (error) {
    throw new UsageError(l10n.t('{0} cannot be read: {1}', file, error instanceof Error ? error.message : String(error)));
  }
}

function check(given: ReturnType<typeof readArguments>, host: CheckHost): 0 | 1 | 2 {
  const options = checkOptions(given, (message) => host.error(`${message}\n`));
  const found = findFiles(options.files, host.folder, options);
  const unreadable: Unreadable[] = [...found.unreadable];
  const findings: CheckFinding[] = [];
  const checked: string[] = [];
  for (const file of found.files) {
    try {
      findings.push(...checkFile(file, options));
      checked.push(file.path);
    } catch (error) {
      unreadable.push({ path: file.path, message: error instanceof Error ? error.message : String(error) });
    }
  }
  for (const { path: file, message } of unreadable) host.error(`${shownPath(file, host.folder)}: ${message}\n`);
  if (checked.length === 0 && unreadable.length === 0) {
    const names = [...policyGlobs, ...templateGlobs, policyTestsGlob].map((glob) => glob.slice('**/'.length));
    host.error(`${l10n.t('There is nothing to check. Files in folders are found by their names: {0}.', names.join(', '))}\n`);
  }
  host.out(printers[options.format]({ tool: { name: manifest.name, version: manifest.version }, root: host.folder, checked, findings, unreadable }));
  if (unreadable.length > 0) return 2;
  return atOrAbove(findings, options.threshold) ? 1 : 0;
}
