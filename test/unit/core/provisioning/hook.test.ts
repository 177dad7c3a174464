import assert from 'node:assert/strict';
import { checkHookPermission, permissionCommand } from '../../../../src/core/provisioning/hook/hookPermission';
import { hookPayload, hookVerdict } from '../../../../src/core/provisioning/hook/hookPayload';

const account = '111122223334';
const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:Gate`;
const templateArn = `arn:aws:iot:eu-west-1:${account}:provisioningtemplate/Fleet`;

type Statement = Readonly<Record<string, unknown>>;
const open: Statement = { Sid: 'iot', Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'lambda:InvokeFunction', Resource: functionArn };
const good: Statement = { ...open, Condition: { StringEquals: { 'AWS:SourceAccount': account }, ArnLike: { 'AWS:SourceArn': templateArn } } };
const codes = (...statements: readonly Statement[]): readonly string[] =>
  checkHookPermission({ functionArn, templateArn, account, policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }).map(({ code, severity }) => `${severity} ${code}`);

describe('the permission of a pre-provisioning hook', () => {
  it('is right with the template or the account as its source', () => {
    assert.deepEqual(codes(good), []);
    assert.deepEqual(codes({ ...open, Condition: { StringEquals: { 'aws:SourceAccount': [account, '999999999999'] } } }), []);
    assert.deepEqual(codes({ ...open, Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:iot:eu-west-1:${account}:*` } } }), []);
    assert.deepEqual(codes({ ...good, Principal: { Service: ['s3.amazonaws.com', 'iot.amazonaws.com'] }, Action: ['lambda:*'], Resource: [functionArn] }), []);
    assert.deepEqual(codes({ ...open, Sid: 'other', Principal: { Service: 's3.amazonaws.com' } }, good), []);
  });

  it('is missing without a statement that fits service, action and function', () => {
    assert.deepEqual(codes(), ['error noPermission']);
    for (const change of [{ Principal: { Service: 's3.amazonaws.com' } }, { Principal: { AWS: account } }, { Action: 'lambda:InvokeFunctionUrl' }, { Resource: `${functionArn}:PROD` }, { Resource: functionArn.replace('Gate', 'Other') }, { Effect: 'allow' }]) {
      assert.deepEqual(codes({ ...good, ...change }), ['error noPermission'], JSON.stringify(change));
    }
    assert.equal(checkHookPermission({ functionArn, templateArn, account, policy: undefined })[0]?.code, 'noPermission');
    for (const policy of ['', '[]', 'null', '{"Statement":7}', '{"Statement":[null,1,{"Effect":"Allow"}]}']) {
      assert.equal(checkHookPermission({ functionArn, templateArn, account, policy })[0]?.severity, 'error', policy);
    }
  });

  it('is for another template, region or account', () => {
    for (const source of [templateArn.replace('Fleet', 'Flee'), templateArn.replace('eu-west-1', 'us-east-1'), `arn:aws:iot:eu-west-1:999999999999:*`]) {
      assert.deepEqual(codes({ ...open, Condition: { ArnLike: { 'aws:SourceArn': source } } }), ['error otherSource'], source);
    }
    assert.deepEqual(codes({ ...good, Condition: { StringEquals: { 'AWS:SourceAccount': '999999999999' }, ArnLike: { 'AWS:SourceArn': templateArn } } }), ['error otherSource']);
    const [finding] = checkHookPermission({ functionArn: functionArn.replace(account, '999999999999'), templateArn, account, policy: undefined });
    assert.deepEqual([finding?.code, finding?.severity], ['otherAccount', 'error']);
  });

  it('is too wide without a source, and widest for anyone', () => {
    assert.deepEqual(codes(open), ['warning anySource']);
    assert.deepEqual(codes({ ...open, Principal: '*' }), ['warning anyone']);
    // A second statement that is wide undoes the first that is narrow.
    assert.deepEqual(codes(good, { ...open, Sid: 'wide' }), ['warning anySource']);
  });

  it('is denied, or not judged where conditions of other keys decide', () => {
    assert.deepEqual(codes(good, { ...open, Effect: 'Deny' }), ['error denied']);
    assert.deepEqual(codes(good, { ...open, Effect: 'Deny', Principal: '*', Condition: { ArnLike: { 'aws:SourceArn': `${templateArn}-other` } } }), []);
    assert.deepEqual(codes(good, { ...open, Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), ['warning unjudged']);
    assert.deepEqual(codes({ ...open, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } } }), ['warning unjudged']);
  });

  it('is given by one command, with the alias where one is meant', () => {
    const rest = `--statement-id iot-Fleet --action lambda:InvokeFunction --principal iot.amazonaws.com --source-arn ${templateArn} --source-account ${account} --region eu-west-1`;
    assert.equal(permissionCommand({ functionArn, templateArn, account }), `aws lambda add-permission --function-name Gate ${rest}`);
    assert.equal(permissionCommand({ functionArn: `${functionArn}:PROD`, templateArn, account }), `aws lambda add-permission --function-name Gate --qualifier PROD ${rest}`);
  });
});

describe('a payload to try a hook with', () => {
  it('has the members that AWS sends, in their order, and a value for each parameter', () => {
    const templateBody = JSON.stringify({ Parameters: { SerialNumber: { Type: 'String' }, Site: { Type: 'String', Default: 'Berlin' }, Group: { Type: 'String', Default: 'A' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } }, Resources: {} });
    const payload = hookPayload({ templateArn, templateBody, given: { Group: 'B', Extra: 'x' }, certificate: { id: 'c', pem: 'PEM' }, claimCertificateId: 'd', clientId: 'e' });
    assert.deepEqual(Object.keys(payload), ['claimCertificateId', 'certificateId', 'certificatePem', 'templateArn', 'clientId', 'parameters']);
    assert.deepEqual(payload.parameters, { SerialNumber: 'ExampleSerialNumber', Site: 'Berlin', Group: 'B', Extra: 'x' });
    assert.deepEqual(hookPayload({ templateArn, templateBody: '{', given: {}, certificate: { id: 'c', pem: 'PEM' }, claimCertificateId: 'd', clientId: 'e' }).parameters, {});
  });

  it('reads the verdict as AWS does: true and nothing like it', () => {
    assert.equal(hookVerdict({ payload: '{"allowProvisioning":true}' }), 'allows');
    for (const payload of ['{"allowProvisioning":"true"}', '{}', 'null', '[]', '1']) assert.equal(hookVerdict({ payload }), 'denies', payload);
    assert.equal(hookVerdict({ payload: '' }), 'fails');
    assert.equal(hookVerdict({ failed: 'Unhandled', payload: '{"allowProvisioning":true}' }), 'fails');
  });
});
