import assert from 'node:assert/strict';
import { claimPolicyDocument } from '../../../../src/core/claims/claimPolicy';
import type { RelationFacts } from '../../../../src/core/relations/facts';
import { worstStatus, type EdgeCode } from '../../../../src/core/relations/graph';
import { relationsOf } from '../../../../src/core/relations/relations';
import { iotArn, roleArn } from '../../../../src/core/util/arn';
import { names, target } from '../../../fakes/fleetWorld';
import { trust } from '../../../fakes/fakeRoles';

const policy = (name: string, document: unknown) => ({ kind: 'found' as const, value: { name, arn: iotArn(target, `policy/${name}`), document: typeof document === 'string' ? document : JSON.stringify(document), defaultVersionId: '1' } });
const allow = (Action: unknown, Resource: unknown) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
const role = (name: string, service: string) => ({ kind: 'found' as const, value: { name, arn: roleArn(target, name), trustPolicy: trust(service), maxSessionDuration: 3600 } });
const aliasArn = iotArn(target, `rolealias/${names.roleAliasName}`);
const devicePolicy = policy(names.iotPolicyName, allow('iot:AssumeRoleWithCertificate', aliasArn));
const body = (properties: object | undefined): string => JSON.stringify({ Resources: properties === undefined ? {} : { P: { Type: 'AWS::IoT::Policy', Properties: properties } } });
const template = (templateBody: string, enabled = true): RelationFacts['template'] => ({
  kind: 'found',
  value: { name: names.templateName, arn: iotArn(target, 'x'), enabled, provisioningRoleArn: roleArn(target, 'Provision'), templateBody, defaultVersionId: 1, type: 'FLEET_PROVISIONING' },
});
const denied = { kind: 'unreadable', why: 'Not allowed: iam:GetRole' } as const;
const missing = { kind: 'missing' } as const;

const good: RelationFacts = {
  target,
  names,
  stack: { kind: 'found', value: { id: 'id', name: names.stackName, status: 'CREATE_COMPLETE', outputs: [], parameters: [] } },
  stackRoles: { tokenExchange: roleArn(target, 'Exchange'), provisioning: roleArn(target, 'Provision') },
  alias: { kind: 'found', value: { name: names.roleAliasName, arn: aliasArn, roleArn: roleArn(target, 'Exchange'), credentialDurationSeconds: 3600 } },
  aliasRole: role('Exchange', 'credentials.iot.amazonaws.com'),
  provisioningPermissions: { kind: 'found', value: { inline: [], managed: ['AWSIoTThingsRegistration'] } },
  aliasPermissions: { kind: 'found', value: { inline: [{ name: 'Logs', document: JSON.stringify(allow('logs:PutLogEvents', '*')) }], managed: [] } },
  devicePolicy,
  claimPolicy: policy(names.claimPolicyName, claimPolicyDocument(target, names.templateName)),
  template: template(body({ PolicyName: names.iotPolicyName })),
  provisioningRole: role('Provision', 'iot.amazonaws.com'),
  groups: new Map([[names.thingGroupName, { kind: 'found', value: { name: names.thingGroupName, arn: 'g' } }]]),
  templatePolicies: new Map([[names.iotPolicyName, devicePolicy]]),
  claims: { kind: 'found', value: [{ id: 'a'.repeat(64), certificate: { kind: 'found', value: { id: 'a'.repeat(64), arn: 'c', status: 'ACTIVE', pem: '' } } }] },
};

const rows: readonly (readonly [string, Partial<RelationFacts>, Partial<Record<EdgeCode, string>>])[] = [
  ['all is well', {}, {}],
  ['no stack', { stack: missing }, { stackTokenExchangeRole: 'broken', stackProvisioningRole: 'broken' }],
  ['a stack without the role', { stackRoles: { tokenExchange: 'x' } }, { stackProvisioningRole: 'broken' }],
  ['no role behind the alias', { aliasRole: missing }, { aliasRole: 'broken', aliasRoleTrust: 'broken' }],
  ['roles that may not be read', { aliasRole: denied, aliasPermissions: denied }, { aliasRole: 'unknown', aliasRoleTrust: 'unknown', aliasRolePermissions: 'unknown' }],
  ['the wrong trust', { aliasRole: role('Exchange', 'iot.amazonaws.com') }, { aliasRoleTrust: 'broken' }],
  ['all of IAM', { aliasPermissions: { kind: 'found', value: { inline: [{ name: 'Wide', document: JSON.stringify(allow('iam:GetUser', '*')) }], managed: [] } } }, { aliasRolePermissions: 'broken' }],
  ['a managed policy', { aliasPermissions: { kind: 'found', value: { inline: [], managed: ['Other'] } } }, { aliasRolePermissions: 'unknown' }],
  ['no device policy', { devicePolicy: missing }, { devicePolicyAlias: 'broken' }],
  ['the ARN of the role in place of the alias', { devicePolicy: policy(names.iotPolicyName, allow('iot:AssumeRoleWithCertificate', roleArn(target, 'Exchange'))) }, { devicePolicyAlias: 'broken' }],
  ['a disabled template', { template: template(body({ PolicyName: names.iotPolicyName }), false) }, { templateEnabled: 'broken' }],
  ['the wrong trust of the provisioning role', { provisioningRole: role('Provision', 'lambda.amazonaws.com') }, { templateRoleTrust: 'broken' }],
  ['a template without a policy', { template: template(body(undefined)), templatePolicies: new Map() }, { templatePolicy: 'broken' }],
  ['a policy in the template', { template: template(body({ PolicyDocument: allow('iot:AssumeRoleWithCertificate', aliasArn) })), templatePolicies: new Map() }, {}],
  ['a policy of the device’s choice', { template: template(body({ PolicyName: { Ref: 'Any' } })), templatePolicies: new Map() }, { templatePolicy: 'unknown' }],
  ['another policy, which does not allow the role alias', { templatePolicies: new Map([['Other', policy('Other', allow('iot:Connect', '*'))]]) }, { templatePolicy: 'broken' }],
  ['another policy, which allows the role alias', { templatePolicies: new Map([['Other', policy('Other', allow('iot:AssumeRoleWithCertificate', aliasArn))]]) }, {}],
  ['another policy, which may not be read', { templatePolicies: new Map<string, RelationFacts['devicePolicy']>([['Other', denied]]) }, { templatePolicy: 'unknown' }],
  ['a named policy that is gone', { templatePolicies: new Map([[names.iotPolicyName, missing]]) }, { templatePolicy: 'broken' }],
  ['a policy that the template makes under a name', { template: template(body({ PolicyName: 'Own', PolicyDocument: allow('iot:AssumeRoleWithCertificate', aliasArn) })), templatePolicies: new Map([['Own', missing]]) }, {}],
  ['a provisioning role that may not', { provisioningPermissions: { kind: 'found', value: { inline: [{ name: 'Logs', document: JSON.stringify(allow('logs:PutLogEvents', '*')) }], managed: [] } } }, { templateRolePermissions: 'broken' }],
  ['a provisioning role that is denied it', { provisioningPermissions: { kind: 'found', value: { inline: [{ name: 'P', document: JSON.stringify({ Version: '2012-10-17', Statement: [...allow('iot:*', '*').Statement, { Effect: 'Deny', Action: 'iot:AttachPolicy', Resource: '*' }] }) }], managed: [] } } }, { templateRolePermissions: 'broken' }],
  ['a provisioning role that may for some', { provisioningPermissions: { kind: 'found', value: { inline: [{ name: 'P', document: JSON.stringify(allow('iot:*', 'arn:aws:iot:*:*:cert/*')) }], managed: [] } } }, { templateRolePermissions: 'unknown' }],
  ['a provisioning role whose managed policy was not read', { provisioningPermissions: { kind: 'found', value: { inline: [], managed: ['Other'] } } }, { templateRolePermissions: 'unknown' }],
  ['no group', { groups: new Map([[names.thingGroupName, missing]]) }, { templateGroup: 'broken' }],
  ['a claim for another template', { claimPolicy: policy(names.claimPolicyName, claimPolicyDocument(target, 'Other')) }, { claimPolicyTemplate: 'broken' }],
  ['a claim for every template', { claimPolicy: policy(names.claimPolicyName, allow('*', '*')) }, { claimPolicyTemplate: 'broken' }],
  ['a claim for every template, but the others denied', { claimPolicy: policy(names.claimPolicyName, { Version: '2012-10-17', Statement: [...allow('*', '*').Statement, { Effect: 'Deny', Action: ['iot:Publish', 'iot:Subscribe'], NotResource: ['topic', 'topicfilter'].map((kind) => iotArn(target, `${kind}/$aws/provisioning-templates/${names.templateName}/*`)) }] }) }, {}],
  ['a service that core devices do not call by themselves', { aliasPermissions: { kind: 'found', value: { inline: [{ name: 'More', document: JSON.stringify(allow('dynamodb:PutItem', '*')) }], managed: [] } } }, { aliasRoleServices: 'unknown' }],
  ['no claim certificate', { claims: { kind: 'found', value: [] } }, { claimCertificatePolicy: 'broken', claimCertificateActive: 'absent' }],
  ['claims that may not be listed', { claims: denied }, { claimCertificatePolicy: 'unknown', claimCertificateActive: 'absent' }],
];

describe('relations of a fleet', () => {
  for (const [what, change, expected] of rows) {
    it(`${what}: ${JSON.stringify(expected)}`, () => {
      const graph = relationsOf({ ...good, ...change });
      const whole = Object.fromEntries(relationsOf(good).edges.map(({ code }) => [code, 'ok']));
      const found = { ...Object.fromEntries(Object.keys(whole).map((code) => [code, 'absent'])), ...Object.fromEntries(graph.edges.map(({ code, status }) => [code, status])) };
      assert.deepEqual(found, { ...whole, ...expected });
      const ids = new Set(graph.nodes.map(({ id }) => id));
      for (const edge of graph.edges) assert.ok(ids.has(edge.from) && ids.has(edge.to) && edge.reason !== '', JSON.stringify(edge));
      if (Object.keys(expected).length === 0) assert.equal(worstStatus(graph), 'ok');
    });
  }

  it('offers what mends a role: CloudFormation for its own, the step for another one, nothing for what was attached by hand', () => {
    const trustless = { aliasRole: role('Exchange', 'ec2.amazonaws.com') };
    const remedy = (change: Partial<RelationFacts>, code: EdgeCode): string | undefined => relationsOf({ ...good, ...change }).edges.find((edge) => edge.code === code)?.remedy;
    const { stackRoles } = good;
    assert.equal(remedy({ ...trustless, stackRoles: { provisioning: roleArn(target, 'Provision'), all: ['Exchange', 'Provision'] } }, 'aliasRoleTrust'), 'revertStackDrift');
    assert.equal(remedy({ ...trustless, stackRoles: { provisioning: roleArn(target, 'Provision'), all: ['Exchange', 'Provision'] } }, 'stackTokenExchangeRole'), 'revertStackDrift');
    assert.equal(remedy({ ...trustless, stackRoles: { ...stackRoles, tokenExchange: roleArn(target, 'Right'), all: ['Right', 'Provision'] } }, 'aliasRoleTrust'), 'roleAlias');
    assert.equal(remedy({ ...trustless, stackRoles: {}, stack: missing }, 'aliasRoleTrust'), 'rolesStack');
    assert.equal(remedy({ ...trustless, stackRoles: {} }, 'aliasRoleTrust'), undefined);
    assert.equal(remedy({ stackRoles: {} }, 'stackTokenExchangeRole'), 'rolesStack');
    const wide = (managed?: true): Partial<RelationFacts> => ({ stackRoles: { ...stackRoles, all: ['Exchange'] }, aliasPermissions: { kind: 'found', value: { inline: [{ name: 'W', document: JSON.stringify(allow('iam:*', '*')), ...(managed === undefined ? {} : { managed }) }], managed: [] } } });
    assert.deepEqual([remedy(wide(), 'aliasRolePermissions'), remedy(wide(true), 'aliasRolePermissions')], ['revertStackDrift', undefined]);
  });

  it('leads to the resource that is wrong', () => {
    const wrong = policy(names.iotPolicyName, allow('iot:AssumeRoleWithCertificate', 'arn:aws:iam::1:role/R'));
    const at = relationsOf({ ...good, devicePolicy: wrong }).edges.find(({ code }) => code === 'devicePolicyAlias')?.at;
    assert.equal(wrong.value.document.slice(at?.offset, (at?.offset ?? 0) + (at?.length ?? 0)), 'arn:aws:iam::1:role/R');
  });
});
