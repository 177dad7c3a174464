import type { ActionType, AuthInfo, AuthResult, Policy, TestAuthorizationRequest, TestAuthorizationResponse } from '@aws-sdk/client-iot';
import { PolicyEvaluator, type NamedPolicy } from '../../../core/policy/evaluate';
import { requestsFor, type AccessRequest, type Caller, type Question } from '../../../core/policy/request';
import type { CallContext } from '../../kernel/types';
import { arnOf, isLocal, parseIotArn } from './arns';
import { deviceAuthority, namedPolicies } from './devicePolicies';
import { invalidRequest } from './faults';
import type { Input } from './inputs';
import { policiesOf } from './policyTargets';
import { requirePrincipal } from './principals';
import { groupAndAncestors } from './thingGroupTree';

const ACTIONS: Readonly<Record<ActionType, { readonly action: string; readonly kind: string }>> = {
  CONNECT: { action: 'iot:Connect', kind: 'client' },
  PUBLISH: { action: 'iot:Publish', kind: 'topic' },
  SUBSCRIBE: { action: 'iot:Subscribe', kind: 'topicfilter' },
  RECEIVE: { action: 'iot:Receive', kind: 'topic' },
};

export const testAuthorizationHandlers = {
  /**
   * https://docs.aws.amazon.com/iot/latest/apireference/API_TestAuthorization.html. unverified: texts of the errors, that a
   * resource in each entry is asked for singly with one result per entry (the entry is allowed when each resource is),
   * and that an inactive certificate is answered for like an active one.
   */
  async TestAuthorization(input: Input<TestAuthorizationRequest>, call: CallContext): Promise<TestAuthorizationResponse> {
    const subject = await subjectOf(input, call);
    const skip = new Set(input.policyNamesToSkip);
    const names = [...new Set([...subject.names.filter((name) => !skip.has(name)), ...(input.policyNamesToAdd ?? [])])];
    const policies = await namedPolicies(call, names);
    const evaluator = new PolicyEvaluator(policies);
    return { authResults: input.authInfos.map((info) => resultOf(info, evaluator, policies, subject.caller, call)) };
  },
};

/** The policies and facts of who asks. A thing group stands for a thing of it of which nothing else is known. */
async function subjectOf(input: Input<TestAuthorizationRequest>, call: CallContext): Promise<{ names: readonly string[]; caller: Caller }> {
  const clientId = input.clientId === undefined ? {} : { clientId: input.clientId };
  if (input.principal === undefined) {
    if (input.cognitoIdentityPoolId === undefined) throw invalidRequest('Either principal or cognitoIdentityPoolId must be provided.');
    return { names: [], caller: clientId }; // an identity that has not signed in: policies of IoT are attached to none
  }
  const { kind, name } = await requirePrincipal(call, input.principal, ['cert', 'thinggroup']);
  if (kind === 'cert') {
    const { policies, caller } = await deviceAuthority(call, name, input.clientId);
    return { names: policies.map((policy) => policy.name), caller };
  }
  const groups = await groupAndAncestors(call, name);
  const names = await Promise.all(groups.map((group) => policiesOf(call, arnOf(call, 'thinggroup', group))));
  return { names: names.flat(), caller: clientId };
}

function resultOf(info: AuthInfo, evaluator: PolicyEvaluator, policies: readonly NamedPolicy[], caller: Caller, call: CallContext): AuthResult {
  const requests = (info.resources ?? []).map((resource) => requestOf(info.actionType, resource, caller, call));
  const decisions = requests.map((request) => evaluator.check(request));
  const failed = decisions.find((decision) => decision.outcome === 'explicitDeny') ?? decisions.find((decision) => decision.outcome === 'implicitDeny');
  const listed = (names: readonly string[]): Policy[] => [...new Set(names)].map((policyName) => ({ policyName, policyArn: arnOf(call, 'policy', policyName) }));
  const by = (outcome: 'allowed' | 'explicitDeny'): Policy[] => listed(decisions.flatMap((decision) => (decision.outcome === outcome && decision.by !== undefined ? [decision.by.policy] : [])));
  const missing = [...new Set(requests.flatMap((request) => evaluator.missing(request)))];
  return {
    authInfo: info,
    allowed: { policies: by('allowed') },
    denied: {
      implicitDeny: { policies: failed?.outcome === 'implicitDeny' ? listed(policies.map((policy) => policy.name)) : [] },
      explicitDeny: { policies: by('explicitDeny') },
    },
    authDecision: failed === undefined ? 'ALLOWED' : failed.outcome === 'explicitDeny' ? 'EXPLICIT_DENY' : 'IMPLICIT_DENY',
    missingContextValues: missing,
  };
}

/** A whole ARN of this account, as the API wants it. `*` and other text is compared as it is. */
function requestOf(actionType: ActionType | undefined, resource: string, caller: Caller, call: CallContext): AccessRequest {
  if (actionType === undefined) throw invalidRequest('actionType must be provided.');
  const { action, kind } = ACTIONS[actionType];
  const arn = parseIotArn(resource);
  if (arn === undefined || arn.kind !== kind || !isLocal(arn, call)) throw invalidRequest(`Invalid resource for ${actionType}: ${resource}`);
  const question: Question = actionType === 'CONNECT' ? { kind: 'connect', clientId: caller.clientId ?? arn.name } : { kind: 'publish', topic: arn.name };
  const [request] = requestsFor(question, caller, call);
  if (request === undefined) throw new Error('a question has at least one check');
  return { ...request, action, resource };
}
