import assert from 'node:assert/strict';
import { FleetError } from '../../../../src/core/errors';
import { exportTemplate } from '../../../../src/core/export/exportTemplate';
import type { DeployedSetup, ExportedRole } from '../../../../src/core/export/setup';

const document = (Resource: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource }] });
const role = (name: string): ExportedRole => ({ arn: `arn:aws:iam::123456789012:role/${name}`, trustPolicy: document('*'), maxSessionDuration: 3600, inline: [], managedArns: [] });
const setup = (changes: Partial<DeployedSetup> = {}): DeployedSetup => ({
  place: { partition: 'aws', region: 'us-east-1', account: '123456789012' },
  roles: { kind: 'roles', tokenExchange: role('T'), provisioning: role('P') },
  alias: { name: 'Alias', credentialDurationSeconds: 900 },
  devicePolicies: [{ name: 'Device', document: document('*') }],
  claimPolicy: { name: 'Claim', document: document('*') },
  groups: [],
  template: { name: 'Fleet', body: '{"Parameters":{},"Resources":{"p":{"Type":"AWS::IoT::Policy","Properties":{"PolicyName":"Device"}}}}', enabled: false, type: 'FLEET_PROVISIONING' },
  ...changes,
});
type Resources = Readonly<Record<string, { readonly Type: string; readonly DependsOn?: readonly string[]; readonly Properties: Readonly<Record<string, unknown>> }>>;
const resourcesOf = (from: DeployedSetup): Resources => exportTemplate(from).template['Resources'] as unknown as Resources;
const parametersOf = (from: DeployedSetup): Readonly<Record<string, { readonly Default?: unknown }>> => exportTemplate(from).template['Parameters'] as never;

describe('an exported set-up', () => {
  it('has what is deployed and nothing else', () => {
    const resources = resourcesOf(setup());
    assert.deepEqual(Object.entries(resources).map(([id, { Type }]) => `${id} ${Type}`), [
      'TokenExchangeRole AWS::IAM::Role', 'FleetProvisioningRole AWS::IAM::Role', 'RoleAlias AWS::IoT::RoleAlias', 'DevicePolicy AWS::IoT::Policy', 'ClaimPolicy AWS::IoT::Policy',
      'ProvisioningTemplate AWS::IoT::ProvisioningTemplate',
    ]);
    const { ProvisioningTemplate: template } = resources;
    assert.deepEqual([template?.Properties['Enabled'], template?.DependsOn], [false, ['DevicePolicy']], 'a template that is switched off stays so');
    assert.equal(resources['RoleAlias']?.Properties['CredentialDurationSeconds'], 900);
    assert.deepEqual(exportTemplate(setup()).notes, []);
  });

  it('one role for both, one policy for both: each is there once', () => {
    const resources = resourcesOf(setup({ roles: { kind: 'roles', tokenExchange: role('T'), provisioning: role('T') }, claimPolicy: { name: 'Device', document: document('*') } }));
    assert.deepEqual(Object.keys(resources), ['TokenExchangeRole', 'RoleAlias', 'DevicePolicy', 'ProvisioningTemplate']);
    assert.deepEqual(resources['ProvisioningTemplate']?.Properties['ProvisioningRoleArn'], { 'Fn::GetAtt': ['TokenExchangeRole', 'Arn'] });
  });

  it('tells what would be wrong elsewhere, and leaves it', () => {
    const arn = 'arn:aws:iot:eu-west-1:123456789012:topic/a';
    const { notes, template } = exportTemplate(setup({ devicePolicies: [{ name: 'Device', document: document(arn) }], claimPolicy: { name: 'Claim', document: document('a-us-east-1-bucket') } }));
    assert.deepEqual(notes.map((note) => note.split(' ')[0]), [arn, '123456789012', 'us-east-1']);
    assert.ok(JSON.stringify(template).includes(arn));
  });

  it('values of this account are no defaults; other values of the deployed stack are', () => {
    const parameter = (more: object): object => ({ Type: 'String', Default: '', ...more });
    const template = JSON.stringify({ Parameters: { PermissionsBoundaryArn: parameter({}), ArtifactBucketArn: parameter({}), MaxSessionDuration: parameter({ Type: 'Number', Default: 3600 }), constructor: parameter({}) }, Resources: {} });
    const bundled = setup({ roles: { kind: 'bundled', template, parameters: { PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/B', ArtifactBucketArn: 'arn:aws:s3:::parts', MaxSessionDuration: '7200' } } });
    const parameters = parametersOf(bundled);
    assert.ok(!('Default' in (parameters['PermissionsBoundaryArn'] ?? {})));
    assert.deepEqual(['ArtifactBucketArn', 'MaxSessionDuration', 'constructor'].map((name) => parameters[name]?.Default), ['arn:aws:s3:::parts', 7200, '']);
    assert.match(exportTemplate(bundled).notes.join(), /^The parameter PermissionsBoundaryArn has no default/);
  });

  it('with a hook, the hook has to be said; without, it may', () => {
    assert.equal(parametersOf(setup())['HookArn']?.Default, '');
    const hooked = setup({ template: { ...setup().template, hookPayloadVersion: '2020-04-01' } });
    assert.ok(!('Default' in (parametersOf(hooked)['HookArn'] ?? {})));
  });

  it('refuses what is no document', () => {
    for (const text of ['', '[]', 'null', '{']) assert.throws(() => exportTemplate(setup({ claimPolicy: { name: 'Claim', document: text } })), FleetError);
  });
});
