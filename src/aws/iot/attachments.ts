import {
  AttachPolicyCommand,
  DetachPolicyCommand,
  ListAttachedPoliciesCommand,
  ListTargetsForPolicyCommand,
  TestAuthorizationCommand,
} from '@aws-sdk/client-iot';
import type { AuthorizationAnswer, AuthorizationQuestion, CallOptions, IotApi } from '../../core/ports/iotApi';
import type { AwsClients } from '../clients';
import { required } from '../objects';
import { pageSize, policySummary } from './common';

type Calls = Pick<IotApi, 'attachPolicy' | 'detachPolicy' | 'listAttachedPolicies' | 'listTargetsForPolicy' | 'testAuthorization'>;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_TestAuthorization.html: "Array Members: … Maximum number of 10 items." */
const questionsPerTest = 10;

export function attachmentCalls(aws: AwsClients): Calls {
  return {
    async attachPolicy(input: { policyName: string; target: string }, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:AttachPolicy', resource: input.target }, options, (http) => aws.iot.send(new AttachPolicyCommand(input), http));
    },

    async detachPolicy(input: { policyName: string; target: string }, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DetachPolicy', resource: input.target }, options, (http) => aws.iot.send(new DetachPolicyCommand(input), http));
    },

    listAttachedPolicies(target: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
      return aws.pages({ action: 'iot:ListAttachedPolicies', resource: target }, options, async (marker, http) => {
        const answer = await aws.iot.send(new ListAttachedPoliciesCommand({ target, recursive: false, pageSize, marker }), http);
        return { items: answer.policies?.map(policySummary), next: answer.nextMarker };
      });
    },

    listTargetsForPolicy(policyName: string, options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListTargetsForPolicy', resource: policyName }, options, async (marker, http) => {
        const answer = await aws.iot.send(new ListTargetsForPolicyCommand({ policyName, pageSize, marker }), http);
        return { items: answer.targets, next: answer.nextMarker };
      });
    },

    async testAuthorization(
      input: { principal: string; clientId?: string; questions: readonly AuthorizationQuestion[]; addPolicies?: readonly string[]; skipPolicies?: readonly string[] },
      options?: CallOptions,
    ): Promise<readonly AuthorizationAnswer[]> {
      const action = 'iot:TestAuthorization';
      const answers: AuthorizationAnswer[] = [];
      for (let from = 0; from < input.questions.length; from += questionsPerTest) {
        const questions = input.questions.slice(from, from + questionsPerTest);
        const answer = await aws.call({ action, resource: input.principal }, options, (http) =>
          aws.iot.send(
            new TestAuthorizationCommand({
              principal: input.principal,
              clientId: input.clientId,
              policyNamesToAdd: listOrNothing(input.addPolicies),
              policyNamesToSkip: listOrNothing(input.skipPolicies),
              authInfos: questions.map((question) => ({ actionType: question.action, resources: [question.resource] })),
            }),
            http,
          ),
        );
        const results = required(answer.authResults, 'authResults', action);
        questions.forEach((_, index) => {
          const result = required(results[index], `authResults[${index}]`, action);
          const by = result.authDecision === 'ALLOWED' ? result.allowed?.policies : result.denied?.explicitDeny?.policies;
          answers.push({
            decision: required(result.authDecision, 'authDecision', action),
            policies: (by ?? []).flatMap((policy) => policy.policyName ?? []),
            missing: result.missingContextValues ?? [],
          });
        });
      }
      return answers;
    },
  };
}

function listOrNothing(names: readonly string[] | undefined): string[] | undefined {
  return names === undefined || names.length === 0 ? undefined : [...names];
}
