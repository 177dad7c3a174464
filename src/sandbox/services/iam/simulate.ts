/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html: what the policies of a role allow.
 * The user of this AWS may do everything. Permissions boundaries and context entries are not looked at.
 */
import { PolicyEvaluator, type NamedPolicy } from '../../../core/policy/evaluate';
import type { CallContext, Handlers } from '../../kernel/types';
import { invalidInput } from './faults';
import { pageOf, type PageInput } from './paging';
import { SEPARATOR, Tables } from './records';
import { findPolicy, partners, requireRole, versionsOf } from './store';

interface Simulate extends PageInput {
  readonly PolicySourceArn: string;
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly PolicyInputList?: readonly string[];
}

/** The most restrictive of several resources counts for the action. */
const order = ['explicitDeny', 'implicitDeny', 'allowed'] as const;

async function simulatePrincipalPolicy(input: Simulate, call: CallContext): Promise<object> {
  const policies = await policiesOf(input.PolicySourceArn, call);
  const evaluator = new PolicyEvaluator([...policies, ...(input.PolicyInputList ?? []).map((text, index) => ({ name: `PolicyInputList.${index + 1}`, text }))]);
  const resources = input.ResourceArns === undefined || input.ResourceArns.length === 0 ? ['*'] : input.ResourceArns;
  const results = input.ActionNames.map((action) => {
    const each = resources.map((resource) => evaluator.check({ action, resource, values: new Map() }).outcome);
    return {
      EvalActionName: action,
      EvalResourceName: resources.length === 1 ? resources[0] : '*',
      EvalDecision: order.find((outcome) => each.includes(outcome)),
      MatchedStatements: [],
      MissingContextValues: evaluator.missing({ action, resource: resources[0] ?? '*', values: new Map() }),
    };
  });
  const { items, ...page } = await pageOf(input, async function* (after) {
    for (const [index, result] of results.entries()) {
      const key = String(index).padStart(6, '0');
      if (after === undefined || key > after) yield [key, result] as const;
    }
  });
  return { EvaluationResults: items, ...page };
}

async function policiesOf(source: string, call: CallContext): Promise<readonly NamedPolicy[]> {
  const everything = { name: 'everything', text: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) };
  const head = `arn:${call.partition}:iam::${call.account}:`;
  if (source.startsWith(`${head}user/`)) return [everything];
  if (!source.startsWith(`${head}role/`)) throw invalidInput('Invalid Entity Arn');
  const role = (await requireRole(call, source.slice(source.lastIndexOf('/') + 1))).RoleName.toLowerCase();
  const found: NamedPolicy[] = [];
  for await (const [key, { document }] of call.tx.list<{ document: string }>(Tables.inline, { prefix: role + SEPARATOR })) found.push({ name: key, text: document });
  for (const arn of await partners(call, Tables.attachment, role)) {
    const policy = await findPolicy(call, arn);
    const version = (await versionsOf(call, arn)).find(({ VersionId }) => VersionId === policy?.DefaultVersionId);
    if (version !== undefined) found.push({ name: arn, text: version.document });
  }
  return found;
}

export const simulationHandlers: Handlers = { SimulatePrincipalPolicy: simulatePrincipalPolicy };
