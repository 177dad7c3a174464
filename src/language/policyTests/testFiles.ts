import * as vscode from 'vscode';
import { policyTestsSuffix, type PolicyTestFile, type TestFileProblem } from '../../core/policy/tests/format';
import { parsePolicyTests } from '../../core/policy/tests/parse';
import { policyProblem } from '../../core/policy/tests/run';
import { currentText, TextPositions } from './texts';

/** One state of a test file and of the policies that it names. */
export interface LoadedTests {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly positions: TextPositions;
  readonly file: PolicyTestFile;
  /** By the paths of the file; a policy that is not there has no text. */
  readonly policies: ReadonlyMap<string, { readonly uri: vscode.Uri; readonly text: string | undefined }>;
  /** Of the file and of its policies; those of single tests are with the tests. */
  readonly problems: readonly TestFileProblem[];
}

export const policyTestsGlob = `**/*${policyTestsSuffix}`;

export function isPolicyTests(uri: vscode.Uri): boolean {
  return uri.path.endsWith(policyTestsSuffix);
}

/** Reads a test file and its policies as they are now; undefined when there is no such file. */
export async function loadTests(uri: vscode.Uri): Promise<LoadedTests | undefined> {
  const text = await currentText(uri);
  if (text === undefined) return undefined;
  const file = parsePolicyTests(text);
  const read = file.policies.map(async ({ path }) => {
    const policy = vscode.Uri.joinPath(uri, '..', path);
    return [path, { uri: policy, text: await currentText(policy) }] as const;
  });
  const policies = new Map(await Promise.all(read));
  const problems = [
    ...file.problems,
    ...file.policies.flatMap(({ path, offset, length }) => {
      const message = policyProblem(path, policies.get(path)?.text);
      return message === undefined ? [] : [{ offset, length, message, reportedByJsonService: false }];
    }),
  ];
  return { uri, text, positions: new TextPositions(text), file, policies, problems };
}

/** Do both say the same? Then the results of one are those of the other. */
export function sameTests(one: LoadedTests, other: LoadedTests): boolean {
  return one.text === other.text && [...one.policies].every(([path, { text }]) => other.policies.get(path)?.text === text);
}

/** All marks of the file that VS Code's JSON service does not make itself. */
export function diagnosticsOf(tests: LoadedTests, source: string): vscode.Diagnostic[] {
  const checked = vscode.workspace.getConfiguration('json', tests.uri).get<boolean>('validate.enable') !== false;
  return [...tests.problems, ...tests.file.cases.flatMap(({ problems }) => problems)]
    .filter(({ reportedByJsonService }) => !(checked && reportedByJsonService))
    .map((problem) => {
      const diagnostic = new vscode.Diagnostic(tests.positions.rangeOf(problem), problem.message, vscode.DiagnosticSeverity.Error);
      diagnostic.source = source;
      return diagnostic;
    });
}
