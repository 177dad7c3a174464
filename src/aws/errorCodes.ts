import type { ErrorCategory } from '../core/errors';

/**
 * Error names as the services spell them, without the suffix `Exception`: the Query services (CloudFormation, IAM,
 * STS) and the REST services spell the same trouble differently.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the error lists of each service's API.
 */
const byCategory: Readonly<Partial<Record<ErrorCategory | 'expired' | 'refusedKey' | 'clock', readonly string[]>>> = {
  expired: ['ExpiredToken', 'ExpiredTokenId', 'TokenRefreshRequired', 'ExpiredSSOToken'],
  refusedKey: [
    'InvalidClientTokenId',
    'UnrecognizedClient',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'InvalidSignature',
    'IncompleteSignature',
    'MissingAuthenticationToken',
    'InvalidToken',
    'AuthFailure',
  ],
  clock: ['RequestTimeTooSkewed', 'RequestInTheFuture', 'RequestExpired'],
  region: ['OptInRequired', 'SubscriptionRequired', 'RegionDisabled', 'EndpointDisabled'],
  permissions: ['AccessDenied', 'Unauthorized', 'UnauthorizedOperation', 'Forbidden', 'NotAuthorized', 'AuthorizationError'],
  throttling: [
    'Throttling',
    'Throttled',
    'TooManyRequests',
    'RequestLimitExceeded',
    'RequestThrottled',
    'SlowDown',
    'PriorRequestNotComplete',
    'BandwidthLimitExceeded',
  ],
  notFound: ['ResourceNotFound', 'NoSuchEntity', 'ChangeSetNotFound', 'StackNotFound', 'NotFound'],
  conflict: [
    'ResourceAlreadyExists',
    'AlreadyExists',
    'EntityAlreadyExists',
    'Conflict',
    'DeleteConflict',
    'ConflictingResourceUpdate',
    'VersionConflict',
    'ConcurrentModification',
    'EntityTemporarilyUnmodifiable',
    'InvalidChangeSetStatus',
    'OperationInProgress',
    'TokenAlreadyExists',
    'CertificateConflict',
    'CertificateState',
    'NameAlreadyExists',
    'IndexNotReady',
  ],
  limit: ['LimitExceeded', 'VersionsLimitExceeded', 'ServiceQuotaExceeded'],
  validation: [
    'InvalidRequest',
    'MalformedPolicy',
    'MalformedPolicyDocument',
    'MalformedQueryString',
    'Validation',
    'InvalidInput',
    'InvalidParameterValue',
    'InvalidParameterCombination',
    'InvalidQueryParameter',
    'MissingParameter',
    'MissingAction',
    'InsufficientCapabilities',
    'CertificateValidation',
    'UnmodifiableEntity',
    'InvalidAction',
    'InvalidQuery',
  ],
  service: [
    'InternalFailure',
    'Internal',
    'InternalServer',
    'InternalServerError',
    'ServiceUnavailable',
    'ServiceFailure',
  ],
};

export type Trouble = ErrorCategory | 'expired' | 'refusedKey' | 'clock';

const troubles = new Map<string, Trouble>(
  Object.entries(byCategory).flatMap(([trouble, names]) => names.map((name): [string, Trouble] => [name, trouble as Trouble])),
);

/** What an AWS error name stands for; undefined when it is none we know. */
export function troubleOf(name: string): Trouble | undefined {
  // `ValidationError` and `ValidationException` are one thing; so are `AccessDenied` and `AccessDeniedException`.
  return troubles.get(name) ?? troubles.get(name.replace(/(Exception|Error|Fault)$/, ''));
}

/** Error codes of Node's sockets, DNS and TLS. */
export type NetworkTrouble = 'name' | 'refused' | 'timeout' | 'broken' | 'unreachable' | 'tls';

const networkCodes: Readonly<Record<string, NetworkTrouble>> = {
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  ENODATA: 'name',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ECONNRESET: 'broken',
  EPIPE: 'broken',
  ECONNABORTED: 'broken',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  CERT_UNTRUSTED: 'tls',
  CERT_REVOKED: 'tls',
};

export function networkTroubleOf(code: string): NetworkTrouble | undefined {
  return networkCodes[code] ?? (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') ? 'tls' : undefined);
}
