import * as l10n from '@vscode/l10n';
import { PolicyEvaluator, type Decision, type NamedPolicy } from '../evaluate';
import { parsePolicy, type PolicyDocument } from '../model';
import { nearest } from '../nearest';
import type { PolicyTarget, Span } from '../ruleContext';
import type { Because, Expectation, PolicyTestCase, PolicyTestFile, PolicyTestQuestion } from './format';
import { shorten } from './reader';
import { targetOfPolicies } from './target';

/** A statement in one of the policies. `policy` is the path that the test file names. */
export interface StatementPlace extends Span {
  readonly policy: string;
  readonly label: string;
}

export type CaseOutcome =
  | { readonly kind: 'passed'; readonly decision: Decision }
  | {
      readonly kind: 'failed';
      readonly decision: Decision;
      readonly message: string;
      /** In the test file: the value of `expect`, or of `because`. */
      readonly at: Span;
      /** To be compared with each other. */
      readonly expected: string;
      readonly actual: string;
      /** What decided; of an implicit denial undefined. */
      readonly decidedBy: StatementPlace | undefined;
    }
  /** The test could not be asked: the file or a policy is wrong. */
  | { readonly kind: 'errored'; readonly message: string; readonly at: Span };

/** Why a policy cannot be evaluated; undefined when it can. AWS refuses such a text as a whole, so no test may pass by it. */
export function whyUnreadable(text: string): string | undefined {
  const parsed = parsePolicy(text);
  if (parsed.kind === 'unread') return parsed.reason === 'empty' ? l10n.t('it is empty') : l10n.t('it is too long or nested too deeply');
  if (parsed.kind === 'notObject') return l10n.t('it is no JSON object');
  return parsed.errors.length > 0 ? l10n.t('it is not valid JSON') : undefined;
}

/** One state of the test file and its policies; answers each of its tests. Reads nothing, remembers nothing. */
export class PolicyTestRunner {
  readonly target: PolicyTarget;
  private readonly evaluator: PolicyEvaluator;
  private readonly documents: ReadonlyMap<string, PolicyDocument>;
  private readonly broken: { readonly at: Span; readonly message: string } | undefined;

  /** `texts`: by the paths of `file.policies`; a policy that is not there is missing. */
  constructor(
    private readonly file: PolicyTestFile,
    texts: ReadonlyMap<string, string>,
  ) {
    const policies: NamedPolicy[] = file.policies.flatMap(({ path }) => {
      const text = texts.get(path);
      return text === undefined ? [] : [{ name: path, text }];
    });
    this.target = { ...targetOfPolicies(policies.map(({ text }) => text)), ...file.target };
    this.evaluator = new PolicyEvaluator(policies);
    this.documents = new Map(policies.flatMap(({ name, text }) => {
      const parsed = parsePolicy(text);
      return parsed.kind === 'policy' ? [[name, parsed.policy] as const] : [];
    }));
    this.broken = this.findBroken(texts);
  }

  run(test: PolicyTestCase): CaseOutcome {
    const [problem] = test.problems;
    if (problem !== undefined) return { kind: 'errored', message: problem.message, at: problem };
    if (this.broken !== undefined) return { kind: 'errored', message: this.broken.message, at: this.broken.at };
    if (test.asks === undefined) return { kind: 'errored', message: l10n.t('This test cannot be read.'), at: test.at };
    const { asks } = test;
    const decision = this.evaluator.ask(asks.question, asks.caller, this.target);
    const actual = decision.outcome === 'allowed' ? 'allow' : decision.outcome;
    if (actual !== asks.expect && !(asks.expect === 'deny' && actual !== 'allow')) return this.failed(test, asks, decision, actual, test.expectAt, this.explain(asks.expect, decision));
    if (asks.because === undefined || this.decidedBy(asks.because, decision)) return { kind: 'passed', decision };
    return this.failed(test, asks, decision, actual, asks.because, this.explainBecause(asks.because, decision));
  }

  private failed(test: PolicyTestCase, asks: PolicyTestQuestion, decision: Decision, actual: string, at: Span, message: string): CaseOutcome {
    const { request } = decision;
    const asked = [request.action, request.resource];
    const place = this.placeOf(decision);
    return {
      kind: 'failed',
      decision,
      message: `${test.name}: ${message}`,
      at,
      expected: [asks.expect, ...(asks.because === undefined ? [] : [l10n.t('because of {0}', nameOf(asks.because.statement))]), ...asked].join('\n'),
      actual: [actual, ...(place === undefined ? [] : [l10n.t('because of {0}', place.label)]), ...asked].join('\n'),
      decidedBy: place,
    };
  }

  private explain(expect: Expectation, decision: Decision): string {
    const { request, smallest } = decision;
    const check = [request.action, shorten(request.resource)] as const;
    const place = this.placeOf(decision);
    if (place !== undefined) {
      return decision.outcome === 'allowed'
        ? l10n.t('Expected {0}, but {1} on {2} is allowed by {3}.', expect, ...check, place.label)
        : l10n.t('Expected {0}, but {1} on {2} is denied by {3}.', expect, ...check, place.label);
    }
    const denied = l10n.t('Expected {0}, but no statement allows {1} on {2}.', expect, ...check);
    if (expect !== 'allow' || smallest === undefined) return denied;
    return `${denied} ${l10n.t('The smallest statement that would: {0}', JSON.stringify(smallest))}`;
  }

  private explainBecause(because: Because, decision: Decision): string {
    const wanted = nameOf(because.statement);
    const place = this.placeOf(decision);
    const decided = place === undefined ? l10n.t('no statement decides') : l10n.t('{0} decides', place.label);
    const first = l10n.t('Expected {0} to decide, but {1}.', wanted, decided);
    if (typeof because.statement === 'number') {
      const { statement } = because;
      const exists = [...this.documents.values()].some((document) => document.statements.some(({ index }) => index === statement));
      return exists ? first : `${first} ${l10n.t('There is no statement of that index; the first one is 0.')}`;
    }
    const sids = [...this.documents.values()].flatMap((document) => document.statements.flatMap(({ sid }) => (sid === undefined ? [] : [sid.value])));
    if (sids.includes(because.statement)) return first;
    const meant = nearest(because.statement, sids);
    return `${first} ${meant === undefined ? l10n.t('No statement has that Sid.') : l10n.t('No statement has that Sid. Did you mean “{0}”?', meant)}`;
  }

  private decidedBy({ statement }: Because, { by }: Decision): boolean {
    if (by === undefined) return false;
    return typeof statement === 'number' ? by.statement === statement : by.sid === statement;
  }

  private placeOf({ by }: Decision): StatementPlace | undefined {
    if (by === undefined) return undefined;
    const label = by.sid === undefined ? l10n.t('Statement[{0}] of {1}', by.statement, by.policy) : l10n.t('{0} of {1}', by.sid, by.policy);
    return { policy: by.policy, offset: by.offset, length: by.length, label };
  }

  private findBroken(texts: ReadonlyMap<string, string>): { readonly at: Span; readonly message: string } | undefined {
    const { policies } = this.file;
    if (policies.length === 0) return { at: { offset: 0, length: 1 }, message: l10n.t('This file names no policy, so its tests have nothing to ask.') };
    for (const reference of policies) {
      const problem = policyProblem(reference.path, texts.get(reference.path));
      if (problem !== undefined) return { at: reference, message: problem };
    }
    return undefined;
  }
}

/** What is wrong with a policy that a test file names; undefined when it can be asked. */
export function policyProblem(path: string, text: string | undefined): string | undefined {
  if (text === undefined) return l10n.t('There is no file {0}, seen from the folder of this file.', shorten(path));
  const reason = whyUnreadable(text);
  return reason === undefined ? undefined : l10n.t('{0} cannot be evaluated, because {1}.', shorten(path), reason);
}

function nameOf(statement: string | number): string {
  return typeof statement === 'number' ? `Statement[${statement}]` : shorten(statement);
}
