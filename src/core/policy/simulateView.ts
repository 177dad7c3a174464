import * as l10n from '@vscode/l10n';
import type { AuthorizationAnswer, AuthorizationQuestion } from '../ports/iotApi';
import type { SimulatedAnswer } from './simulate';

/** What AWS answered about one row; absent for what TestAuthorization cannot be asked. */
export interface AwsCell {
  readonly text: string;
  readonly differs: boolean;
  readonly note: string;
}

export interface SimulationRow {
  readonly question: string;
  readonly as: string;
  readonly outcome: 'allowed' | 'explicitDeny' | 'implicitDeny';
  readonly decision: string;
  /** Label of the statement that decided; it can be gone to. */
  readonly statement?: string;
  readonly why: string;
  /** JSON of the least that would allow it. */
  readonly smallest?: string;
  readonly insertable: boolean;
  readonly aws?: AwsCell;
}

/** All that the result page shows. Texts only. */
export interface SimulationView {
  readonly title: string;
  readonly summary: string;
  readonly rows: readonly SimulationRow[];
  /** What must be known to read the answers of AWS; empty before they were asked for. */
  readonly awsNotes: readonly string[];
  readonly hasAws: boolean;
}

/** What the person wants of the page that shows a result; rows by their place. */
export type SimulationRequest =
  | { readonly type: 'show'; readonly row: number }
  | { readonly type: 'insert'; readonly row: number }
  | { readonly type: 'compare' }
  | { readonly type: 'again' };

export interface AwsAnswers {
  /** By row; undefined where AWS was not asked. */
  readonly answers: readonly (AuthorizationAnswer | undefined)[];
  readonly notes: readonly string[];
}

const decisions: Readonly<Record<AuthorizationAnswer['decision'], SimulationRow['outcome']>> = { ALLOWED: 'allowed', EXPLICIT_DENY: 'explicitDeny', IMPLICIT_DENY: 'implicitDeny' };

export function decisionText(outcome: SimulationRow['outcome']): string {
  return outcome === 'allowed' ? l10n.t('Allowed') : outcome === 'explicitDeny' ? l10n.t('Denied by a statement') : l10n.t('Not allowed');
}

/** The page of a simulation, and of AWS's answers if it was asked. */
export function simulationView(name: string, answers: readonly SimulatedAnswer[], insertAllowed: boolean, aws?: AwsAnswers): SimulationView {
  const allowed = answers.filter(({ decision }) => decision.outcome === 'allowed').length;
  const differing = answers.filter(({ decision }, index) => differs(decision.outcome, aws?.answers[index])).length;
  const compared = aws === undefined ? [] : [differing === 0 ? l10n.t('AWS answers the same.') : l10n.t('{0} differ from AWS.', differing)];
  return {
    title: l10n.t('Simulation of {0}', name),
    summary: [l10n.t('{0} of {1} allowed.', allowed, answers.length), ...compared].join(' '),
    rows: answers.map((answer, index) => row(answer, insertAllowed, aws === undefined ? undefined : cell(answer.decision.outcome, aws.answers[index]))),
    awsNotes: aws?.notes ?? [],
    hasAws: aws !== undefined,
  };
}

/** What TestAuthorization can be asked of these, with the row of each and the client id. The rest is HTTPS, which it does not know. */
export function authorizationQuestions(answers: readonly SimulatedAnswer[]): readonly { readonly row: number; readonly clientId: string; readonly question: AuthorizationQuestion }[] {
  const actions = { connect: 'CONNECT', publish: 'PUBLISH', subscribe: 'SUBSCRIBE', receive: 'RECEIVE' } as const;
  return answers.flatMap(({ asked: { question, caller }, decision }, row) =>
    question.kind === 'assumeRole' || question.kind === 'call'
      ? []
      : [{ row, clientId: question.kind === 'connect' ? question.clientId : (caller.clientId ?? ''), question: { action: actions[question.kind], resource: decision.request.resource } }],
  );
}

function row({ asked, decision, missing, insertable }: SimulatedAnswer, insertAllowed: boolean, aws: AwsCell | undefined): SimulationRow {
  const { by, smallest } = decision;
  return {
    question: asked.label,
    as: asked.question.kind === 'assumeRole' || asked.question.kind === 'call' ? '' : l10n.t('as {0}', asked.caller.clientId ?? ''),
    outcome: decision.outcome,
    decision: decisionText(decision.outcome),
    ...(by === undefined ? {} : { statement: by.sid === undefined ? l10n.t('Statement {0}', by.statement + 1) : l10n.t('Statement {0}, {1}', by.statement + 1, by.sid) }),
    why: why(decision.outcome, missing),
    ...(smallest === undefined ? {} : { smallest: JSON.stringify(smallest, undefined, 2) }),
    insertable: insertable && insertAllowed,
    ...(aws === undefined ? {} : { aws }),
  };
}

function why(outcome: SimulationRow['outcome'], missing: readonly string[]): string {
  if (outcome !== 'implicitDeny') return '';
  if (missing.length === 0) return l10n.t('No statement allows it.');
  return l10n.t('No statement allows it. Without a value on this call: {0}.', missing.join(', '));
}

function differs(outcome: SimulationRow['outcome'], answer: AuthorizationAnswer | undefined): boolean {
  return answer !== undefined && decisions[answer.decision] !== outcome;
}

function cell(outcome: SimulationRow['outcome'], answer: AuthorizationAnswer | undefined): AwsCell {
  if (answer === undefined) return { text: l10n.t('Not asked'), differs: false, note: l10n.t('TestAuthorization knows MQTT only.') };
  const notes = [
    ...(answer.policies.length === 0 ? [] : [l10n.t('by {0}', answer.policies.join(', '))]),
    ...(answer.missing.length === 0 ? [] : [l10n.t('without a value: {0}', answer.missing.join(', '))]),
  ];
  return { text: decisionText(decisions[answer.decision]), differs: differs(outcome, answer), note: notes.join('; ') };
}
