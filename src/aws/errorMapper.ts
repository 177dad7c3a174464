import * as l10n from '@vscode/l10n';
import { CancelledError, FleetError, isCancelled, isFleetError, type ErrorCategory, type FleetErrorOptions, type Remedy } from '../core/errors';
import { isOptInRegion, partitionOfRegion } from '../core/util/regions';
import { troubleOf, type Trouble } from './errorCodes';
import { errorFacts, type ErrorFacts } from './errorFacts';

/** With what the failed call was made. */
export interface Caller {
  /** Profile name, or undefined for the environment and the sandbox. */
  readonly profile?: string;
  /** True when the profile signs in through IAM Identity Center, or with `aws login`. */
  readonly signsIn: boolean;
  readonly region?: string;
  readonly isSandbox: boolean;
}

/** What was called. */
export interface Call {
  /** As IAM names it, for example `iot:CreateRoleAlias`. */
  readonly action: string;
  /** Name or ARN of what it was about. */
  readonly resource?: string;
  /** ARN of a role that the call hands to a service: the caller needs iam:PassRole on it. */
  readonly passesRole?: string;
}

type Told = Omit<FleetErrorOptions, 'cause' | 'requestId'> & { readonly message: string };

/**
 * Turns anything thrown by the SDK into the error that people see: what failed, why (in AWS's own words), and what
 * to do. FleetError and CancelledError pass through; an abort becomes CancelledError.
 */
export function mapError(error: unknown, call: Call, caller: Caller): FleetError | CancelledError {
  if (error instanceof CancelledError || isFleetError(error)) return error;
  if (isCancelled(error)) return new CancelledError();
  const facts = errorFacts(error);
  const told = tell(facts, call, caller);
  const { message, ...options } = told;
  return new FleetError(message, { ...options, cause: error, ...(facts.requestId !== undefined && { requestId: facts.requestId }) });
}

function tell(facts: ErrorFacts, call: Call, caller: Caller): Told {
  if (facts.network) return network(facts, facts.network, caller);
  if (/^(CredentialsProviderError|TokenProviderError|ProviderError)$/.test(facts.name)) return noCredentials(facts, caller);
  // "Signature expired: 2026… is now earlier than …" is how a wrong clock shows up at most services.
  if (/signature (expired|not yet current)/i.test(facts.message)) return clock(facts);
  switch (trouble(facts)) {
    case 'expired':
      return expired(facts, caller);
    case 'refusedKey':
      return refusedKey(facts, caller);
    case 'credentials':
      return refusedKey(facts, caller);
    case 'clock':
      return clock(facts);
    case 'region':
      return notEnabled(facts, caller);
    case 'permissions':
      return denied(facts, call);
    case 'throttling':
      return {
        ...plain('throttling', facts, l10n.t('AWS is throttling {0}: {1}', call.action, facts.message)),
        advice: l10n.t('Too many requests reached this account at once. Wait a little, then try again.'),
        remedies: [{ kind: 'retry' }],
        retryable: true,
      };
    case 'notFound':
      return plain('notFound', facts, about(call, facts, (what, why) => l10n.t('{0} was not found: {1}', what, why)));
    case 'conflict':
      return plain('conflict', facts, failed(call, facts));
    case 'limit':
      return {
        ...plain('limit', facts, l10n.t('{0} met a limit of this account: {1}', call.action, facts.message)),
        advice: l10n.t('Remove what is no longer needed, or ask AWS for a higher quota.'),
      };
    case 'validation':
      return plain('validation', facts, failed(call, facts));
    default:
      return {
        ...plain('service', facts, failed(call, facts)),
        advice: l10n.t('The service answered with an error of its own. Try again in a minute.'),
        remedies: [{ kind: 'retry' }],
        retryable: true,
      };
  }
}

function trouble(facts: ErrorFacts): Trouble {
  // CloudFormation has no error for a missing stack: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
  if (facts.name.startsWith('Validation') && /does not exist/i.test(facts.message)) return 'notFound';
  const named = troubleOf(facts.name);
  if (named === 'limit' && /rate exceeded/i.test(facts.message)) return 'throttling';
  if (named) return named;
  const status = facts.status ?? 0;
  if (status === 401 || status === 403) return 'permissions';
  if (status === 404) return 'notFound';
  if (status === 429) return 'throttling';
  if (status >= 400 && status < 500) return 'validation';
  return 'service';
}

function plain(category: ErrorCategory, facts: ErrorFacts, message: string): Told {
  return { category, code: facts.name, message };
}

function failed(call: Call, facts: ErrorFacts): string {
  return about(call, facts, (what, why) => l10n.t('{0} failed: {1}', what, why));
}

function about(call: Call, facts: ErrorFacts, sentence: (what: string, why: string) => string): string {
  return sentence(call.resource === undefined ? call.action : `${call.action} (${call.resource})`, facts.message);
}

function network(facts: ErrorFacts, found: NonNullable<ErrorFacts['network']>, caller: Caller): Told {
  const host = found.host ?? l10n.t('the AWS endpoint');
  const base = { category: 'network' as const, code: found.code, retryable: true };
  if (caller.isSandbox) {
    return {
      ...base,
      message: l10n.t('The local sandbox does not answer at {0} ({1}).', host, found.code),
      advice: l10n.t('It has stopped. Start it again.'),
      remedies: [{ kind: 'startSandbox' }],
    };
  }
  const wrongRegion = caller.region !== undefined && partitionOfRegion(caller.region) === undefined;
  if (found.trouble === 'name' && wrongRegion) {
    return {
      ...base,
      category: 'region',
      retryable: false,
      message: l10n.t('AWS has no region named {0}: the name {1} does not exist.', caller.region ?? '', host),
      advice: l10n.t('Choose another region.'),
      remedies: [{ kind: 'chooseRegion' }],
    };
  }
  const remedies: Remedy[] = [{ kind: 'retry' }, { kind: 'chooseRegion' }];
  switch (found.trouble) {
    case 'name':
      return {
        ...base,
        message: l10n.t('The name {0} was not found ({1}).', host, found.code),
        advice: l10n.t('Check the network connection, and that the service exists in region {0}.', caller.region ?? ''),
        remedies,
      };
    case 'refused':
      return {
        ...base,
        message: l10n.t('Nothing answers at {0}: the connection was refused.', host),
        advice: l10n.t('Check the network connection, a proxy, and the endpoint_url of the profile.'),
        remedies: [{ kind: 'retry' }, { kind: 'chooseProfile' }],
      };
    case 'tls':
      return {
        ...base,
        retryable: false,
        message: l10n.t('No secure connection to AWS: {0} ({1}).', facts.message, found.code),
        advice: l10n.t('A proxy may be inspecting the traffic. Add its certificate authority to NODE_EXTRA_CA_CERTS, or check the clock of this computer.'),
        remedies: [{ kind: 'retry' }],
      };
    case 'timeout':
      return {
        ...base,
        message: l10n.t('AWS did not answer in time: {0}', facts.message),
        advice: l10n.t('Check the network connection, then try again.'),
        remedies,
      };
    default:
      return {
        ...base,
        message: l10n.t('The connection to AWS failed: {0}', facts.message),
        advice: l10n.t('Check the network connection, then try again.'),
        remedies,
      };
  }
}

function identity(caller: Caller): string {
  // A profile may lead to the sandbox: its name is what the person chose and can mend.
  return caller.profile ?? (caller.isSandbox ? l10n.t('local sandbox') : l10n.t('environment'));
}

function signInRemedies(caller: Caller): readonly Remedy[] {
  const signIn: Remedy[] = caller.signsIn && caller.profile !== undefined ? [{ kind: 'signIn', profile: caller.profile }] : [];
  return [...signIn, { kind: 'chooseProfile' }];
}

function noCredentials(facts: ErrorFacts, caller: Caller): Told {
  if (caller.signsIn && caller.profile !== undefined) {
    return {
      category: 'credentials',
      code: 'signInNeeded',
      message: l10n.t('Profile {0} is not signed in: {1}', caller.profile, facts.message),
      advice: l10n.t('Sign in, then continue.'),
      remedies: signInRemedies(caller),
    };
  }
  return {
    category: 'credentials',
    code: 'noCredentials',
    message: l10n.t('No AWS credentials from {0}: {1}', identity(caller), facts.message),
    advice: l10n.t('Choose a profile that has credentials, or use the local sandbox, which needs none.'),
    remedies: [{ kind: 'chooseProfile' }, { kind: 'startSandbox' }],
  };
}

function expired(facts: ErrorFacts, caller: Caller): Told {
  return {
    category: 'credentials',
    code: facts.name,
    message: l10n.t('The credentials of {0} have expired: {1}', identity(caller), facts.message),
    advice: caller.signsIn ? l10n.t('Sign in, then continue.') : l10n.t('Renew them, or choose another profile.'),
    remedies: signInRemedies(caller),
  };
}

function refusedKey(facts: ErrorFacts, caller: Caller): Told {
  const region = caller.region;
  // A region that is not enabled refuses every key as unknown: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
  if (region !== undefined && isOptInRegion(region) && /^(InvalidClientTokenId|UnrecognizedClient)/.test(facts.name)) return notEnabled(facts, caller);
  return {
    category: 'credentials',
    code: facts.name,
    message: l10n.t('AWS refused the credentials of {0}: {1}', identity(caller), facts.message),
    advice: l10n.t('The key may be wrong, deleted, or of another AWS partition. Choose another profile.'),
    remedies: signInRemedies(caller),
  };
}

function notEnabled(facts: ErrorFacts, caller: Caller): Told {
  return {
    category: 'region',
    code: facts.name,
    message: l10n.t('AWS refused the credentials of {0} in region {1}: {2}', identity(caller), caller.region ?? '', facts.message),
    advice: l10n.t('This region must be enabled for the account first. Choose another region, or enable it in the AWS console.'),
    remedies: [
      { kind: 'chooseRegion' },
      { kind: 'chooseProfile' },
      { kind: 'openDocumentation', url: 'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html' },
    ],
  };
}

function clock(facts: ErrorFacts): Told {
  return {
    category: 'credentials',
    code: 'clockSkew',
    message: l10n.t('AWS refused the request, because the clock of this computer is wrong: {0}', facts.message),
    advice: l10n.t('Set the clock, then try again.'),
    remedies: [{ kind: 'retry' }],
  };
}

function denied(facts: ErrorFacts, call: Call): Told {
  // "User: ARN is not authorized to perform: ACTION on resource: ARN because …" names the real gap, which is often another action.
  const words = /is not authorized to perform:\s*(\S+?)(?:\s+on resource:\s*(\S+))?(?:\s|$)/.exec(facts.message);
  const action = words?.[1] ?? call.action;
  const resource = words?.[2] ?? call.resource ?? '*';
  const statement =
    call.passesRole === undefined || (words !== null && !/^iam:(PassRole|GetRole)$/i.test(action))
      ? undefined
      : passRoleStatement(call.passesRole);
  return {
    category: 'permissions',
    code: facts.name,
    message: l10n.t('Not allowed: {0} on {1}. {2}', action, resource, facts.message),
    advice: statement
      ? l10n.t('The call hands a role to AWS IoT, which needs iam:PassRole on it. Add the statement to your permissions.')
      : l10n.t('Ask for this permission, or choose another profile.'),
    remedies: [
      ...(statement === undefined ? [] : [{ kind: 'copy' as const, label: l10n.t('Copy iam:PassRole Statement'), text: statement }]),
      { kind: 'chooseProfile' },
    ],
  };
}

/** The statement that the documentation asks for: https://docs.aws.amazon.com/iot/latest/developerguide/pass-role.html */
export function passRoleStatement(roleArn: string): string {
  return JSON.stringify({ Effect: 'Allow', Action: ['iam:GetRole', 'iam:PassRole'], Resource: roleArn }, undefined, 2);
}
