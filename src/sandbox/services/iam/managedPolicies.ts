/**
 * Policies that AWS owns, as far as this flow uses them; each compared with its page (`<name>.html`) below
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ except AdministratorAccess. unverified: seconds of the
 * times, which the pages leave out.
 */
import type { PolicyRecord } from './records';

interface Managed {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly version: string;
  readonly created: string;
  readonly updated: string;
  readonly statements: readonly object[];
}

/** AWS writes the resource as text in some of them and as a list in others. */
const everything = (actions: readonly string[], resource: string | readonly string[] = '*'): readonly object[] => [{ Effect: 'Allow', Action: actions, Resource: resource }];

const MANAGED: readonly Managed[] = [
  {
    name: 'AWSIoTThingsRegistration',
    path: '/service-role/',
    description: 'This policy allows users to register things at bulk using AWS IoT StartThingRegistrationTask API',
    version: 'v3',
    created: '2017-12-01T20:21:52Z',
    updated: '2020-10-05T19:20:00Z',
    statements: everything([
      'iot:AddThingToThingGroup', 'iot:AttachPolicy', 'iot:AttachPrincipalPolicy', 'iot:AttachThingPrincipal', 'iot:CreateCertificateFromCsr',
      'iot:CreatePolicy', 'iot:CreateThing', 'iot:DescribeCertificate', 'iot:DescribeThing', 'iot:DescribeThingGroup', 'iot:DescribeThingType',
      'iot:DetachPolicy', 'iot:DetachThingPrincipal', 'iot:GetPolicy', 'iot:ListAttachedPolicies', 'iot:ListPolicyPrincipals',
      'iot:ListPrincipalPolicies', 'iot:ListPrincipalThings', 'iot:ListTargetsForPolicy', 'iot:ListThingGroupsForThing', 'iot:ListThingPrincipals',
      'iot:RegisterCertificate', 'iot:RegisterThing', 'iot:RemoveThingFromThingGroup', 'iot:UpdateCertificate', 'iot:UpdateThing',
      'iot:UpdateThingGroupsForThing', 'iot:AddThingToBillingGroup', 'iot:DescribeBillingGroup', 'iot:RemoveThingFromBillingGroup',
    ], ['*']),
  },
  {
    name: 'AWSIoTLogging',
    path: '/service-role/',
    description: 'Allows creation of Amazon CloudWatch Log groups and streaming logs to the groups',
    version: 'v1',
    created: '2015-10-08T15:17:25Z',
    updated: '2015-10-08T15:17:25Z',
    statements: everything([
      'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutMetricFilter', 'logs:PutRetentionPolicy', 'logs:GetLogEvents', 'logs:DeleteLogStream',
    ], ['*']),
  },
  {
    name: 'AWSIoTFullAccess',
    path: '/',
    description: 'This policy gives full access to the AWS IoT configuration and messaging actions.',
    version: 'v2',
    created: '2015-10-08T15:19:49Z',
    updated: '2022-05-19T21:39:00Z',
    statements: everything(['iot:*', 'iotjobsdata:*']),
  },
  {
    name: 'AmazonS3ReadOnlyAccess',
    path: '/',
    description: 'Provides read only access to all buckets via the AWS Management Console.',
    version: 'v3',
    created: '2015-02-06T18:40:59Z',
    updated: '2023-08-10T21:31:39Z',
    statements: everything(['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*']),
  },
  {
    name: 'AWSLambdaBasicExecutionRole',
    path: '/service-role/',
    description: 'Provides write permissions to CloudWatch Logs.',
    version: 'v1',
    created: '2015-04-09T15:03:43Z',
    updated: '2015-04-09T15:03:43Z',
    statements: everything(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']),
  },
  {
    name: 'AdministratorAccess',
    path: '/',
    description: 'Provides full access to AWS services and resources.',
    version: 'v1',
    created: '2015-02-06T18:39:46Z',
    updated: '2015-02-06T18:39:46Z',
    statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  },
];

/** The partition's own ARN: `arn:<partition>:iam::aws:policy/…`. */
export function managedPolicies(partition: string): readonly { readonly record: PolicyRecord; readonly document: string }[] {
  return MANAGED.map((policy) => ({
    record: {
      PolicyName: policy.name,
      // Real ids are random; nothing in this flow reads them.
      PolicyId: `ANPAI${policy.name.toUpperCase().replace(/[^A-Z]/g, '').padEnd(16, 'A').slice(0, 16)}`,
      Path: policy.path,
      Arn: `arn:${partition}:iam::aws:policy${policy.path}${policy.name}`,
      CreateDate: policy.created,
      UpdateDate: policy.updated,
      Description: policy.description,
      DefaultVersionId: policy.version,
      lastVersion: Number(policy.version.slice(1)),
      tags: [],
    },
    document: JSON.stringify({ Version: '2012-10-17', Statement: policy.statements }),
  }));
}
