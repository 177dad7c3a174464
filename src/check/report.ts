import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import type { Severity } from '../core/policy/finding';
import { documentationOf, type CheckFinding } from './checkFile';
import type { Unreadable } from './findFiles';
import { severities } from './options';

/** What a check came to. */
export interface CheckReport {
  readonly tool: { readonly name: string; readonly version: string };
  /** Absolute; paths below it are told relative to it. */
  readonly root: string;
  /** Absolute paths of the files that were read. */
  readonly checked: readonly string[];
  readonly findings: readonly CheckFinding[];
  readonly unreadable: readonly Unreadable[];
}

/** Relative to the root where it is below; the root itself is `.`. */
export function shownPath(file: string, root: string): string {
  const relative = path.relative(root, file);
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative) ? file : relative || '.';
}

function counts(findings: readonly CheckFinding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { error: count('error'), warning: count('warning'), information: count('information') };
}

/** One line per finding, which the problem matcher in package.json reads, and one line to sum up. */
export function asText({ findings, checked, root }: CheckReport): string {
  const lines = findings.map(({ path: file, start, severity, code, message }) => `${shownPath(file, root)}:${start.line}:${start.column}: ${severity} ${code} ${message.replace(/\s+/g, ' ')}`);
  const { error, warning, information } = counts(findings);
  return [...lines, l10n.t('Files checked: {0}. Errors: {1}, warnings: {2}, information: {3}.', checked.length, error, warning, information), ''].join('\n');
}

/** For programs; members may be added, never renamed. */
export function asJson({ findings, checked, unreadable, root, tool }: CheckReport): string {
  const relative = (file: string): string => shownPath(file, root);
  const value = {
    tool,
    summary: { files: checked.length, ...counts(findings) },
    findings: findings.map(({ path: file, ...finding }) => ({ file: relative(file), ...finding })),
    unreadable: unreadable.map(({ path: file, message }) => ({ file: relative(file), message })),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'note' };
const families = { policy: 'policy', template: 'template', policyTests: 'tests' } as const;

/** `roleAliasNotFound` as words, because the codes are the only short name that a rule has. */
function words(code: string): string {
  const text = code.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, as GitHub code scanning takes it. */
export function asSarif({ findings, unreadable, root, tool }: CheckReport): string {
  const location = (file: string): object => {
    const shown = shownPath(file, root);
    if (path.isAbsolute(shown)) return { uri: pathToFileURL(file).href };
    return { uri: shown.split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
  };
  const region = ({ start, end }: Pick<CheckFinding, 'start' | 'end'>): object => ({ startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column });
  const idOf = ({ family, code }: CheckFinding): string => `${families[family]}/${code}`;
  const rules = [...new Map(findings.map((finding) => [idOf(finding), finding])).entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, { family, code, documentation, severity }]) => ({
      id,
      name: code,
      shortDescription: { text: words(code) },
      helpUri: documentationOf(family, code) ?? documentation,
      defaultConfiguration: { level: levels[severity] },
    }));
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const results = findings.map((finding) => ({
    ruleId: idOf(finding),
    ruleIndex: index.get(idOf(finding)),
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: [{ physicalLocation: { artifactLocation: location(finding.path), region: region(finding) } }],
    ...(finding.fixes.length === 0
      ? {}
      : {
          fixes: finding.fixes.map(({ title, changes }) => ({
            description: { text: title },
            artifactChanges: [{ artifactLocation: location(finding.path), replacements: changes.map((change) => ({ deletedRegion: region(change), insertedContent: { text: change.text } })) }],
          })),
        }),
  }));
  const notifications = unreadable.map(({ path: file, message }) => ({ level: 'error', message: { text: message }, locations: [{ physicalLocation: { artifactLocation: location(file) } }] }));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(root).href.replace(/\/$/, '')}/` } },
        invocations: [{ executionSuccessful: unreadable.length === 0, toolExecutionNotifications: notifications }],
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** True when the check has to fail by what was found. */
export function atOrAbove(findings: readonly CheckFinding[], threshold: Severity): boolean {
  return findings.some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(threshold));
}
