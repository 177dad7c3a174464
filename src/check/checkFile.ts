import fs from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { kindOfContents } from '../core/contentKinds';
import { policyKindOfName, type FileKind } from '../core/fileKinds';
import { analyzePolicy } from '../core/policy/analyze';
import type { PolicyFix, Severity } from '../core/policy/finding';
import { findingCodes } from '../core/policy/findingCodes';
import type { Span } from '../core/policy/ruleContext';
import { parsePolicyTests } from '../core/policy/tests/parse';
import { policyProblem, PolicyTestRunner } from '../core/policy/tests/run';
import { analyzeTemplate } from '../core/provisioning/template/analyzeTemplate';
import { templateCodes } from '../core/provisioning/template/templateCodes';
import { LineColumns, type LineColumn } from '../core/util/lineColumns';
import type { FileToCheck } from './findFiles';
import type { CheckOptions } from './options';

/** Findings of policy tests; the tests themselves say what is expected. */
export const testCodes = {
  testFailed: 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html',
  testNotRun: 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html',
  testFile: 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html',
} as const;

/** One finding, with its place as tools name it. */
export interface CheckFinding {
  /** Absolute. */
  readonly path: string;
  readonly start: LineColumn;
  readonly end: LineColumn;
  readonly severity: Severity;
  /** Which table of codes it is of: the same code may mean different things in policies and templates. */
  readonly family: FileKind;
  readonly code: string;
  readonly message: string;
  readonly documentation: string;
  readonly fixes: readonly { readonly title: string; readonly preferred: boolean; readonly changes: readonly { readonly start: LineColumn; readonly end: LineColumn; readonly text: string }[] }[];
}

/** Nothing that this check is for is a hundredth of this. */
const maxBytes = 32 * 1024 * 1024;

/** The text of a file. Throws an Error with a message for people when there is none. */
export function readText(file: string): string {
  const { size } = fs.statSync(file);
  if (size > maxBytes) throw new Error(l10n.t('The file is too large to be read.'));
  return fs.readFileSync(file, 'utf8');
}

/** Everything wrong with one file. Throws an Error with a message for people when the file cannot be read or is none of ours. */
export function checkFile(file: FileToCheck, options: CheckOptions): readonly CheckFinding[] {
  const text = readText(file.path);
  const kind = file.kind ?? kindOfContents(text);
  if (kind === undefined) throw new Error(l10n.t('This is neither an IoT policy, nor a provisioning template, nor a file of policy tests.'));
  const target = options.target === undefined ? {} : { target: options.target };
  if (kind === 'policyTests') return checkTests(file.path, text);
  const place = placing(file.path, text);
  if (kind === 'policy') {
    return analyzePolicy(text, { ...target, kind: policyKindOfName(path.basename(file.path)), rules: options.policyRules }).map((finding) => place('policy', finding));
  }
  return analyzeTemplate(text, { ...target, rules: options.templateRules, policyRules: options.policyRules }).map((finding) =>
    // A finding of a policy inside of the template has a code of the policies.
    place(Object.hasOwn(templateCodes, finding.code) ? 'template' : 'policy', finding),
  );
}

interface AnyFinding extends Span {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly documentation: string;
  readonly fixes: readonly PolicyFix[];
}

function placing(file: string, text: string): (family: FileKind, finding: AnyFinding) => CheckFinding {
  const places = new LineColumns(text);
  const range = ({ offset, length }: Span): { start: LineColumn; end: LineColumn } => ({ start: places.at(offset), end: places.at(offset + length) });
  return (family, finding) => ({
    path: file,
    ...range(finding),
    family,
    severity: finding.severity,
    code: finding.code,
    message: finding.message,
    documentation: finding.documentation,
    fixes: finding.fixes.map(({ title, preferred, changes }) => ({ title, preferred, changes: changes.map((change) => ({ ...range(change), text: change.text })) })),
  });
}

/** Runs the tests of a file on the policies that it names. */
function checkTests(file: string, text: string): readonly CheckFinding[] {
  const place = placing(file, text);
  const found: CheckFinding[] = [];
  const report = (code: keyof typeof testCodes, at: Span, message: string): void =>
    void found.push(place('policyTests', { offset: at.offset, length: at.length, severity: 'error', code, message, documentation: testCodes[code], fixes: [] }));
  const tests = parsePolicyTests(text);
  const texts = new Map<string, string>();
  for (const { path: policy } of tests.policies) {
    try {
      texts.set(policy, readText(path.resolve(path.dirname(file), policy)));
    } catch {
      // Told by policyProblem: a policy without a text is missing.
    }
  }
  for (const problem of tests.problems) report('testFile', problem, problem.message);
  const broken = tests.policies.flatMap((policy) => {
    const message = policyProblem(policy.path, texts.get(policy.path));
    return message === undefined ? [] : [{ policy, message }];
  });
  for (const { policy, message } of broken) report('testFile', policy, message);
  const runner = new PolicyTestRunner(tests, texts);
  for (const test of tests.cases) {
    for (const problem of test.problems) report('testFile', problem, problem.message);
    // Without its policies no test can be run, which is told once.
    if (test.problems.length > 0 || broken.length > 0 || tests.policies.length === 0) continue;
    const outcome = runner.run(test);
    if (outcome.kind !== 'passed') report(outcome.kind === 'failed' ? 'testFailed' : 'testNotRun', outcome.at, outcome.message);
  }
  return found.sort((one, other) => one.start.line - other.start.line || one.start.column - other.start.column);
}

/** The page that states a rule; undefined for a code that there is not. */
export function documentationOf(family: FileKind, code: string): string | undefined {
  const tables: Readonly<Record<FileKind, Readonly<Record<string, string | { readonly documentation: string }>>>> = { policy: findingCodes, template: templateCodes, policyTests: testCodes };
  const entry = Object.hasOwn(tables[family], code) ? tables[family][code] : undefined;
  return typeof entry === 'object' ? entry.documentation : entry;
}
