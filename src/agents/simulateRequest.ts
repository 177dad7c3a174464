import type { Caller, Question } from '../core/policy/request';
import type { PolicyTarget } from '../core/policy/ruleContext';
import { simulate, targetOfPolicy } from '../core/policy/simulate';
import { LineColumns } from '../core/util/lineColumns';

/** One access of a device, as a model names it. */
export interface SimulateInput {
  readonly action: string;
  readonly resource?: string;
  readonly clientId?: string;
  readonly thingName?: string;
}

/** Whether the policy allows a device what it asks for, and the statement that decides. Takes any text. */
export function simulateRequest(text: string, input: SimulateInput, connected: PolicyTarget | undefined) {
  const target = targetOfPolicy(text, connected);
  const { action } = input;
  const clientId = input.clientId ?? input.thingName;
  const question = questionOf(action, input.resource ?? '', clientId ?? '');
  const caller: Caller = { ...(clientId === undefined ? {} : { clientId }), ...(input.thingName === undefined ? {} : { thing: { name: input.thingName, attached: true } }) };
  const [answer] = simulate('policy', text, [{ label: '', question, caller }], target);
  if (answer === undefined) throw new Error('a question has an answer');
  const { decision, missing, insertable } = answer;
  return {
    outcome: decision.outcome,
    checked: { action: decision.request.action, resource: decision.request.resource },
    decidedBy: decision.by === undefined ? null : { statementIndex: decision.by.statement, sid: decision.by.sid ?? null, line: new LineColumns(text).at(decision.by.offset).line },
    variablesWithoutValue: missing,
    smallestStatementThatWouldAllow: insertable ? (decision.smallest ?? null) : null,
  };
}

/** The part behind the type, where a whole ARN was named. */
function nameIn(resource: string, type: string): string {
  const match = new RegExp(`^arn:[^:]*:iot:[^:]*:[^:]*:${type}/(.*)$`, 's').exec(resource);
  return match?.[1] ?? resource;
}

function questionOf(action: string, resource: string, clientId: string): Question {
  switch (action) {
    case 'iot:Connect':
      return { kind: 'connect', clientId: resource === '' ? clientId : nameIn(resource, 'client') };
    case 'iot:Publish':
      return { kind: 'publish', topic: nameIn(resource, 'topic') };
    case 'iot:RetainPublish':
      return { kind: 'publish', topic: nameIn(resource, 'topic'), retain: true };
    case 'iot:Subscribe':
      return { kind: 'subscribe', topicFilter: nameIn(resource, 'topicfilter') };
    case 'iot:Receive':
      return { kind: 'receive', topic: nameIn(resource, 'topic') };
    case 'iot:AssumeRoleWithCertificate':
      return { kind: 'assumeRole', roleAlias: nameIn(resource, 'rolealias') };
    default:
      return { kind: 'call', action, resource: resource === '' ? '*' : resource };
  }
}
