import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../kernel/kernel';
import { Fault, type ServiceName } from '../kernel/types';

/**
 * What can happen to a call. `throttled`, `serverError` and `denied` are answered without any effect; `connectionCut` ends
 * the connection and `hangsBefore` says nothing more, both without effect; `answerLost` and `hangsAfter` are the same once
 * the call took effect.
 */
export const faultKinds = ['throttled', 'serverError', 'denied', 'connectionCut', 'answerLost', 'hangsBefore', 'hangsAfter'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Trouble {
  readonly fault?: FaultKind | undefined;
  /** Before the call is looked at. */
  readonly latencyMs?: number | undefined;
}

/** Lets calls from outside go wrong. What the sandbox itself calls, such as CloudFormation for a stack, is left alone. */
export interface CallFaults {
  /** What happens to this call; undefined: nothing. Asked once per call, in the order in which calls arrive. */
  next(call: Call): Trouble | undefined;
  /** The sandbox was emptied: counting begins anew. */
  reset(): void;
}

/** Not an answer: what becomes of the connection. */
export class ConnectionTrouble extends Error {
  constructor(readonly connection: 'cut' | 'silent') {
    super(`by plan: ${connection}`);
    this.name = 'ConnectionTrouble';
  }
}

/** Runs a call with its trouble. Throws Fault or ConnectionTrouble. */
export async function withTrouble<T>(trouble: Trouble | undefined, call: Call, execute: () => Promise<T>): Promise<T> {
  if (trouble?.latencyMs !== undefined) await delay(trouble.latencyMs);
  switch (trouble?.fault) {
    case undefined:
      return execute();
    case 'throttled':
    case 'serverError':
    case 'denied':
      throw refusal(trouble.fault, call);
    case 'connectionCut':
      throw new ConnectionTrouble('cut');
    case 'hangsBefore':
      throw new ConnectionTrouble('silent');
    case 'answerLost':
      await execute();
      throw new ConnectionTrouble('cut');
    case 'hangsAfter':
      await execute();
      throw new ConnectionTrouble('silent');
  }
}

type Refusal = Extract<FaultKind, 'throttled' | 'serverError' | 'denied'>;
type NameAndStatus = readonly [name: string, status: number];

/**
 * Names as each service's own API reference has them; a status of the service model goes before the one here.
 * IoT, for example https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html: ThrottlingException 400, InternalFailureException 500;
 * IAM https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html: ServiceFailure 500;
 * the other query services https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html: InternalFailure 500. That list also has
 * ThrottlingException and AccessDeniedException, while the services answer with Throttling and AccessDenied (unverified): the SDKs know both;
 * Lambda https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html; Greengrass https://docs.aws.amazon.com/greengrass/v2/APIReference/API_GetCoreDevice.html
 */
const names: Readonly<Record<Refusal, Readonly<Record<ServiceName, NameAndStatus>>>> = {
  throttled: {
    iot: ['ThrottlingException', 400],
    cloudformation: ['Throttling', 400],
    iam: ['Throttling', 400],
    sts: ['Throttling', 400],
    greengrass: ['ThrottlingException', 429],
    lambda: ['TooManyRequestsException', 429],
  },
  serverError: {
    iot: ['InternalFailureException', 500],
    cloudformation: ['InternalFailure', 500],
    iam: ['ServiceFailure', 500],
    sts: ['InternalFailure', 500],
    greengrass: ['InternalServerException', 500],
    lambda: ['ServiceException', 500],
  },
  denied: {
    iot: ['AccessDeniedException', 403],
    cloudformation: ['AccessDenied', 403],
    iam: ['AccessDenied', 403],
    sts: ['AccessDenied', 403],
    greengrass: ['AccessDeniedException', 403],
    lambda: ['AccessDeniedException', 403],
  },
};

function refusal(kind: Refusal, { service, operation, scope }: Call): Fault {
  const [name, status] = names[kind][service];
  return new Fault(name, messages[kind](`${service}:${actionOf(service, operation)}`, scope.principal.arn), {}, status);
}

const messages: Readonly<Record<Refusal, (action: string, arn: string) => string>> = {
  throttled: () => 'Rate exceeded',
  serverError: () => 'The request processing has failed because of an unknown error, exception or failure.',
  denied: (action, arn) => `User: ${arn} is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`,
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
const actionOf = (service: ServiceName, operation: string): string => (service === 'lambda' && operation === 'Invoke' ? 'InvokeFunction' : operation);
