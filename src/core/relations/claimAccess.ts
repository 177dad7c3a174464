import { wildcardMatch } from '../policy/arn';
import { PolicyEvaluator } from '../policy/evaluate';
import { parsePolicy } from '../policy/model';
import type { Question } from '../policy/request';
import type { PolicyTarget } from '../policy/ruleContext';

/** The first exchange with the template that the policy does not allow; undefined when all of them are. */
export function refusedExchange(policy: { readonly name: string; readonly document: string }, templateName: string, target: PolicyTarget): string | undefined {
  const evaluator = new PolicyEvaluator([{ name: policy.name, text: policy.document }]);
  const topic = `$aws/provisioning-templates/${templateName}/provision/json`;
  const questions: readonly Question[] = [
    { kind: 'connect', clientId: 'claim' },
    { kind: 'publish', topic },
    ...['accepted', 'rejected'].flatMap((end): readonly Question[] => [
      { kind: 'subscribe', topicFilter: `${topic}/${end}` },
      { kind: 'receive', topic: `${topic}/${end}` },
    ]),
  ];
  for (const question of questions) {
    const { outcome, request } = evaluator.ask(question, { clientId: 'claim' }, target);
    if (outcome !== 'allowed') return `${request.action} ${request.resource}`;
  }
  return undefined;
}

/**
 * A resource of an Allow statement that reaches other templates as well: a claim is to become a device by one only.
 * Connect is not looked at: the client id of a claim is random.
 */
export function widerThanTemplate(document: string, templateName: string, target: PolicyTarget): { readonly value: string; readonly offset: number; readonly length: number } | undefined {
  const parsed = parsePolicy(document);
  if (parsed.kind !== 'policy') return undefined;
  const evaluator = new PolicyEvaluator([{ name: 'claim', text: document }]);
  const other = `${templateName}-other`;
  for (const { effect, actions, resources } of parsed.policy.statements) {
    if (effect?.value !== 'Allow') continue;
    const kinds = (['Publish', 'Subscribe'] as const).filter((name) => actions.some((action) => wildcardMatch(action.value, `iot:${name}`)));
    for (const kind of kinds) {
      const type = kind === 'Publish' ? 'topic' : 'topicfilter';
      const reached = `arn:${target.partition}:iot:${target.region}:${target.account}:${type}/$aws/provisioning-templates/${other}/provision/json`;
      const topic = `$aws/provisioning-templates/${other}/provision/json`;
      const question: Question = kind === 'Publish' ? { kind: 'publish', topic } : { kind: 'subscribe', topicFilter: topic };
      // Another statement may deny what this one allows.
      if (evaluator.ask(question, { clientId: 'claim' }, target).outcome === 'explicitDeny') continue;
      const found = resources.find((resource) => wildcardMatch(resource.value, reached));
      if (found !== undefined) return { value: found.value, offset: found.offset, length: found.length };
    }
  }
  return undefined;
}
