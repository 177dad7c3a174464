import assert from 'node:assert/strict';
import { otherServices, permissiveActions, permissiveManaged } from '../../../../src/core/relations/roleAudit';

const document = (statement: object): { name: string; document: string } => ({ name: 'P', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }) });
const reasons = (Action: unknown, Resource: unknown = '*'): readonly string[] => permissiveActions([document({ Action, Resource })]).map(({ reason }) => reason);

/** Every reason code of the audit check, and what must not raise it. */
const rows: readonly (readonly [action: unknown, resource: unknown, expected: readonly string[]])[] = [
  ['s3:*', 'arn:aws:s3:::bucket/*', ['ALLOWS_BROAD_ACCESS_TO_USED_SERVICES']],
  ['*', '*', ['ALLOWS_BROAD_ACCESS_TO_USED_SERVICES']],
  ['iot:*', '*', ['ALLOWS_BROAD_ACCESS_TO_USED_SERVICES']],
  ['iam:GetRole', '*', ['ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES']],
  ['CloudTrail:LookupEvents', '*', ['ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES']],
  ['iam:*', '*', ['ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES']],
  [['iot:ListThings', 'iot:DescribeThing'], '*', ['ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS', 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS']],
  ['iot:DescribeThing', 'arn:aws:iot:eu-west-1:111122223334:thing/${credentials-iot:ThingName}', []],
  ['iot:CreatePolicy', 'arn:aws:iot:eu-west-1:111122223334:policy/P', ['ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS']],
  ['iot:UpdateThing', 'arn:aws:iot:eu-west-1:111122223334:thing/${credentials-iot:ThingName}', ['ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS']],
  ['iot:Update*', '*', ['ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS']],
  ['iot:Publish', '*', ['ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS']],
  ['iot:publish', 'arn:aws:iot:eu-west-1:111122223334:topic/*', ['ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS']],
  ['iot:Publish', 'arn:aws:iot:eu-west-1:111122223334:topic/${credentials-iot:ThingName}/data', []],
  ['iot:DescribeCertificate', '*', []],
  [['logs:PutLogEvents', 's3:GetBucketLocation', 'dynamodb:PutItem'], '*', []],
];

describe('the audit of roles behind role aliases', () => {
  for (const [action, resource, expected] of rows) {
    it(`${JSON.stringify(action)} on ${String(resource)}: ${expected.join() || 'nothing'}`, () => assert.deepEqual(reasons(action, resource), expected));
  }

  it('all but some actions is more than enough; a denial is none', () => {
    assert.deepEqual(permissiveActions([document({ NotAction: 'iam:*', Resource: '*' })]).map(({ reason }) => reason), ['ALLOWS_BROAD_ACCESS_TO_USED_SERVICES']);
    assert.deepEqual(permissiveActions([document({ Effect: 'Deny', Action: '*', Resource: '*' })]), []);
    assert.deepEqual(permissiveActions([{ name: 'P', document: 'not JSON' }]), []);
  });

  it('names services beyond the ordinary, and managed policies that allow everything', () => {
    assert.deepEqual(otherServices([document({ Action: ['dynamodb:PutItem', 'logs:PutLogEvents', 'kinesis:PutRecord'], Resource: '*' })]), ['dynamodb', 'kinesis']);
    assert.deepEqual(permissiveManaged(['AmazonS3FullAccess', 'AWSIoTThingsRegistration', 'AdministratorAccess']), ['AmazonS3FullAccess', 'AdministratorAccess']);
  });
});
