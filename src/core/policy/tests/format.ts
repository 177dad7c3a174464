import type { Caller, Question } from '../request';
import type { PolicyTarget, Span } from '../ruleContext';

/** How the name of a file with policy tests ends. */
export const policyTestsSuffix = '.policy-tests.json';

/** The file with the tests of a policy: `a-policy.json` and `a-policy.policy-tests.json` stand side by side. */
export function testFileNameFor(policyFileName: string): string {
  return policyFileName.replace(/\.json$/i, '') + policyTestsSuffix;
}

/** What a test may expect; `deny` is either of the two denials. */
export const expectations = ['allow', 'deny', 'explicitDeny', 'implicitDeny'] as const;
export type Expectation = (typeof expectations)[number];

/** The members of a test of which it has exactly one: what the device does. */
export const deeds = ['connect', 'publish', 'subscribe', 'receive', 'assumeRoleAlias', 'call'] as const;
export type Deed = (typeof deeds)[number];

/** Something wrong with the file itself; the test that it stands in cannot be run. */
export interface TestFileProblem extends Span {
  readonly message: string;
  /** VS Code's JSON service marks it too, by syntax or by the schema of these files. */
  readonly reportedByJsonService: boolean;
}

/** A statement that a test names as the reason: by Sid, or by its index in `Statement`, from 0. */
export interface Because extends Span {
  readonly statement: string | number;
}

/** What a test asks, when the file says it well enough. */
export interface PolicyTestQuestion {
  readonly question: Question;
  readonly caller: Caller;
  readonly expect: Expectation;
  readonly because: Because | undefined;
}

export interface PolicyTestCase {
  /** Stable while the name stays: the name and, of tests with one name, which of them. */
  readonly id: string;
  readonly name: string;
  /** The whole object. */
  readonly at: Span;
  /** The value of `expect`: the line that turns red. */
  readonly expectAt: Span;
  /** Undefined when there are problems. */
  readonly asks: PolicyTestQuestion | undefined;
  readonly problems: readonly TestFileProblem[];
}

export interface PolicyReference extends Span {
  /** Relative to the folder of the test file, with forward slashes. */
  readonly path: string;
}

export interface PolicyTestFile {
  /** All of them count together, as the policies attached to one certificate do. */
  readonly policies: readonly PolicyReference[];
  /** What the file says; the rest is taken from the policies' own ARNs. */
  readonly target: Partial<PolicyTarget>;
  readonly cases: readonly PolicyTestCase[];
  /** Problems of the file outside of its tests. */
  readonly problems: readonly TestFileProblem[];
}
