import assert from 'node:assert/strict';
import { CancelledError, FleetError, type ErrorCategory } from '../../../src/core/errors';
import { mapError, type Call, type Caller } from '../../../src/aws/errorMapper';

const caller: Caller = { profile: 'dev', signsIn: false, region: 'eu-central-1', isSandbox: false };
const call: Call = { action: 'iot:CreatePolicy', resource: 'P' };

function thrown(name: string, message: string, extra: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400, requestId: 'r-1' }, ...extra });
}

function mapped(error: unknown, withCall: Partial<Call> = {}, withCaller: Partial<Caller> = {}): FleetError {
  const result = mapError(error, { ...call, ...withCall }, { ...caller, ...withCaller });
  assert.ok(result instanceof FleetError);
  return result;
}

describe('errors of AWS as people see them', () => {
  const names: readonly (readonly [string, string, ErrorCategory])[] = [
    ['ExpiredToken', 'x', 'credentials'],
    ['ExpiredTokenException', 'x', 'credentials'],
    ['InvalidClientTokenId', 'x', 'credentials'],
    ['UnrecognizedClientException', 'x', 'credentials'],
    ['SignatureDoesNotMatch', 'x', 'credentials'],
    ['InvalidSignatureException', 'x', 'credentials'],
    ['MissingAuthenticationTokenException', 'x', 'credentials'],
    ['RequestTimeTooSkewed', 'x', 'credentials'],
    ['OptInRequired', 'x', 'region'],
    ['AccessDenied', 'x', 'permissions'],
    ['AccessDeniedException', 'x', 'permissions'],
    ['UnauthorizedException', 'x', 'permissions'],
    ['UnauthorizedOperation', 'x', 'permissions'],
    ['Throttling', 'x', 'throttling'],
    ['ThrottlingException', 'x', 'throttling'],
    ['TooManyRequestsException', 'x', 'throttling'],
    ['LimitExceededException', 'Rate exceeded', 'throttling'],
    ['LimitExceededException', 'x', 'limit'],
    ['VersionsLimitExceededException', 'x', 'limit'],
    ['ResourceNotFoundException', 'x', 'notFound'],
    ['NoSuchEntityException', 'x', 'notFound'],
    ['ChangeSetNotFoundException', 'x', 'notFound'],
    ['ValidationError', 'Stack with id S does not exist', 'notFound'],
    ['ValidationError', 'Template format error', 'validation'],
    ['ResourceAlreadyExistsException', 'x', 'conflict'],
    ['AlreadyExistsException', 'x', 'conflict'],
    ['EntityAlreadyExists', 'x', 'conflict'],
    ['DeleteConflictException', 'x', 'conflict'],
    ['CertificateStateException', 'x', 'conflict'],
    ['InvalidRequestException', 'x', 'validation'],
    ['MalformedPolicyException', 'x', 'validation'],
    ['InsufficientCapabilitiesException', 'x', 'validation'],
    ['InternalFailureException', 'x', 'service'],
    ['ServiceUnavailableException', 'x', 'service'],
  ];
  for (const [name, message, category] of names) {
    it(`${name} "${message}" is ${category}`, () => {
      const error = mapped(thrown(name, message));
      assert.equal(error.category, category);
      assert.equal(error.requestId, 'r-1');
      assert.ok(error.message.includes(message), error.message);
    });
  }

  for (const [status, category] of [
    [403, 'permissions'],
    [404, 'notFound'],
    [429, 'throttling'],
    [400, 'validation'],
    [500, 'service'],
  ] as const) {
    it(`an unknown name with status ${status} is ${category}`, () => {
      assert.equal(mapped(thrown('Strange', 'x', { $metadata: { httpStatusCode: status } })).category, category);
    });
  }

  it('offers the sign-in when the profile signs in, and the profiles', () => {
    const error = mapped(thrown('CredentialsProviderError', 'The SSO session associated with this profile has expired.'), {}, { signsIn: true });
    assert.equal(error.category, 'credentials');
    assert.deepEqual(error.remedies, [{ kind: 'signIn', profile: 'dev' }, { kind: 'chooseProfile' }]);
  });

  it('offers the sandbox when there are no credentials at all', () => {
    const error = mapped(thrown('CredentialsProviderError', 'Could not load credentials from any providers'));
    assert.deepEqual(error.remedies.map((remedy) => remedy.kind), ['chooseProfile', 'startSandbox']);
  });

  it('takes an unknown key in a region that must be enabled for a matter of the region', () => {
    const error = mapped(thrown('UnrecognizedClientException', 'The security token included in the request is invalid.'), {}, { region: 'af-south-1' });
    assert.equal(error.category, 'region');
    assert.equal(error.remedies[0]?.kind, 'chooseRegion');
  });

  it('names the action and the resource that AWS names', () => {
    const message = 'User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/R because no identity-based policy allows it';
    const error = mapped(thrown('AccessDeniedException', message), { action: 'iot:CreateRoleAlias', passesRole: 'arn:aws:iam::1:role/R' });
    assert.ok(error.message.includes('iam:PassRole on arn:aws:iam::1:role/R'), error.message);
    const copy = error.remedies.find((remedy) => remedy.kind === 'copy');
    assert.deepEqual(JSON.parse(copy?.text ?? ''), { Effect: 'Allow', Action: ['iam:GetRole', 'iam:PassRole'], Resource: 'arn:aws:iam::1:role/R' });
  });

  it('suspects iam:PassRole when a call that passes a role is refused without a reason', () => {
    const error = mapped(thrown('UnauthorizedException', 'Not authorized'), { passesRole: 'arn:aws:iam::1:role/R' });
    assert.ok(error.remedies.some((remedy) => remedy.kind === 'copy'));
  });

  it('does not blame iam:PassRole when AWS names another action', () => {
    const error = mapped(thrown('AccessDenied', 'User: u is not authorized to perform: iot:CreateRoleAlias on resource: r'), { passesRole: 'arn:aws:iam::1:role/R' });
    assert.ok(!error.remedies.some((remedy) => remedy.kind === 'copy'));
  });

  for (const [code, advice] of [
    ['ENOTFOUND', 'chooseRegion'],
    ['ECONNREFUSED', 'chooseProfile'],
    ['ETIMEDOUT', 'chooseRegion'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'retry'],
  ] as const) {
    it(`${code} is a network failure`, () => {
      const error = mapped(Object.assign(new Error(`connect ${code}`), { code }));
      assert.equal(error.category, 'network');
      assert.ok(error.remedies.some((remedy) => remedy.kind === advice));
    });
  }

  it('finds the network failure inside an AggregateError and behind a credential provider', () => {
    const refused = Object.assign(new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' })]), { message: '' });
    assert.equal(mapped(refused).category, 'network');
    assert.equal(mapped(thrown('CredentialsProviderError', 'getaddrinfo ENOTFOUND portal.sso.eu-x.amazonaws.com')).category, 'network');
  });

  it('tells a region that does not exist from a network that is down', () => {
    const error = mapped(Object.assign(new Error('getaddrinfo ENOTFOUND iot.moon-1.amazonaws.com'), { code: 'ENOTFOUND', hostname: 'iot.moon-1.amazonaws.com' }), {}, { region: 'moon-1' });
    assert.equal(error.category, 'region');
  });

  it('offers to start a sandbox that is gone', () => {
    const error = mapped(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }), {}, { isSandbox: true });
    assert.deepEqual(error.remedies, [{ kind: 'startSandbox' }]);
  });

  it('an abort is a cancellation, and our own errors pass unchanged', () => {
    assert.ok(mapError(Object.assign(new Error('x'), { name: 'AbortError' }), call, caller) instanceof CancelledError);
    const own = new FleetError('m', { category: 'file', code: 'c' });
    assert.equal(mapError(own, call, caller), own);
  });
});
