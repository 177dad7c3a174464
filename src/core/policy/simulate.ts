import { parseArn } from './arn';
import { PolicyEvaluator, type Decision } from './evaluate';
import { parsePolicy } from './model';
import type { Caller, Question } from './request';
import type { PolicyTarget } from './ruleContext';
import { insertStatement } from './simulateInsert';

/** A question with who asks it. `label` says it in words, localized. */
export interface SimulatedQuestion {
  readonly label: string;
  readonly question: Question;
  readonly caller: Caller;
}

export interface SimulatedAnswer {
  readonly asked: SimulatedQuestion;
  readonly decision: Decision;
  /** For a denial: variables without a value on this call. */
  readonly missing: readonly string[];
  /** The smallest statement can be put into the text, and then allows what was denied. */
  readonly insertable: boolean;
}

const sample: PolicyTarget = { partition: 'aws', region: 'us-east-1', account: '123456789012' };

/** Where the policy lives, read from its own ARNs; so a simulation needs no account. The other place where it tells nothing. */
export function targetOfPolicy(text: string, otherwise: PolicyTarget = sample): PolicyTarget {
  const parsed = parsePolicy(text);
  const arns = parsed.kind !== 'policy' ? [] : parsed.policy.statements.flatMap(({ resources }) => resources.flatMap((item) => parseArn(item.value) ?? []));
  const whole = arns.find((arn) => /^\d{12}$/.test(arn.account.text) && /^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(arn.region.text) && /^aws[a-z-]*$/.test(arn.partition.text));
  if (whole === undefined) return otherwise;
  return { partition: whole.partition.text, region: whole.region.text, account: whole.account.text };
}

/** The device that connects with this client id: the thing of that name, without the `#2` that further connections of a core append. */
export function callerOf(clientId: string): Caller {
  return { clientId, thing: { name: clientId.replace(/#\d+$/, ''), attached: true } };
}

/** Asks one policy text all questions. Pure; takes any text: what cannot be read allows nothing. */
export function simulate(name: string, text: string, questions: readonly SimulatedQuestion[], target: PolicyTarget): readonly SimulatedAnswer[] {
  const evaluator = new PolicyEvaluator([{ name, text }]);
  return questions.map((asked) => {
    const decision = evaluator.ask(asked.question, asked.caller, target);
    return {
      asked,
      decision,
      missing: decision.outcome === 'implicitDeny' ? evaluator.missing(decision.request) : [],
      insertable: isInsertable(name, text, decision),
    };
  });
}

function isInsertable(name: string, text: string, { smallest, request }: Decision): boolean {
  const change = smallest === undefined ? undefined : insertStatement(text, smallest);
  if (change === undefined) return false;
  const changed = text.slice(0, change.offset) + change.text + text.slice(change.offset + change.length);
  return new PolicyEvaluator([{ name, text: changed }]).check(request).outcome === 'allowed';
}
