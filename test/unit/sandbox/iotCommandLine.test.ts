import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { skip } from '../../helpers/skip';
import { workshopDevicePolicy as devicePolicy } from '../../helpers/workshop';

const run = promisify(execFile);
const hasCli = spawnSync('aws', ['--version']).status === 0;
const withCli = (title: string, test: () => Promise<void>): unknown =>
  it(title, function () {
    return hasCli ? test() : skip(this, 'no AWS CLI on the PATH');
  });

const trust = (service: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });

describe('sandbox IoT: the workshop with the AWS CLI and the real IAM service', function () {
  this.timeout(180_000);
  let started: StartedSandbox;
  let folder: string;
  before(async () => {
    started = await startSandbox({ services: [createIamService, createIotService], certificateAuthority: createCertificateAuthority });
    folder = mkdtempSync(path.join(tmpdir(), 'iot-cli-'));
  });
  after(async () => {
    await started.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** In the folder, as in the workshop's terminal; the endpoint is all that differs. */
  async function aws<T>(...args: string[]): Promise<T> {
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_ACCESS_KEY_ID: started.accessKeyId,
      AWS_SECRET_ACCESS_KEY: started.secretAccessKey,
      AWS_DEFAULT_REGION: started.region,
      AWS_PAGER: '',
    };
    const { stdout } = await run('aws', ['--endpoint-url', started.endpoint, '--output', 'json', ...args], { cwd: folder, env });
    return (stdout.trim() === '' ? {} : JSON.parse(stdout)) as T;
  }
  const fails = (pattern: RegExp, ...args: string[]): Promise<void> => assert.rejects(aws(...args), (error: Error & { stderr?: string }) => pattern.test(error.stderr ?? ''));
  const file = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  withCli('goes from the roles to an attached claim certificate', async () => {
    const role = async (name: string, service: string): Promise<string> =>
      (await aws<{ Role: { Arn: string } }>('iam', 'create-role', '--role-name', name, '--assume-role-policy-document', trust(service))).Role.Arn;
    const tokenExchange = await role('GGv2Workshop-GGV2WSTokenExchangeRole-1UGDXWM2VHZZE', 'credentials.iot.amazonaws.com');
    const provisioning = await role('GGv2WSFleetProvisioningRole', 'iot.amazonaws.com');

    // The workshop's own command has no space between --role-arn and the ARN: no CLI takes that.
    await fails(/argument|required|Unknown/i, 'iot', 'create-role-alias', '--role-alias', 'GGV2WSTokenExchangeRoleAlias', `--role-arn${tokenExchange}`);
    const alias = await aws<object>('iot', 'create-role-alias', '--role-alias', 'GGV2WSTokenExchangeRoleAlias', '--role-arn', tokenExchange);
    const roleAliasArn = `arn:aws:iot:${started.region}:${started.account}:rolealias/GGV2WSTokenExchangeRoleAlias`;
    assert.deepEqual(alias, { roleAlias: 'GGV2WSTokenExchangeRoleAlias', roleAliasArn });
    await fails(/ResourceAlreadyExistsException.*RoleAlias cannot be created/s, 'iot', 'create-role-alias', '--role-alias', 'GGV2WSTokenExchangeRoleAlias', '--role-arn', tokenExchange);
    await fails(/InvalidRequestException/, 'iot', 'create-role-alias', '--role-alias', 'Other', '--role-arn', provisioning);

    file('greengrass-v2-iot-policy.json', devicePolicy('[ARN OF IoT Role Alias]'));
    const createPolicy = ['iot', 'create-policy', '--policy-name', 'GGv2WSIoTThingPolicy', '--policy-document'];
    await fails(/MalformedPolicyException.*Policy document is Malformed: The following resources are invalid : \[ARN OF IoT Role Alias\]/s, ...createPolicy, 'file://greengrass-v2-iot-policy.json');
    await fails(/MalformedPolicyException.*Policy document is Malformed/s, ...createPolicy, './greengrass-v2-iot-policy.json');
    file('greengrass-v2-iot-policy.json', devicePolicy(roleAliasArn));
    const policy = await aws<{ policyVersionId: string; policyDocument: string }>(...createPolicy, 'file://greengrass-v2-iot-policy.json');
    assert.deepEqual([policy.policyVersionId, policy.policyDocument], ['1', devicePolicy(roleAliasArn)]);

    await aws('iot', 'create-thing-group', '--thing-group-name', 'GGv2WSGreengrassCoreGroup');
    file(
      'greengrass-fleet-provisioning-template.json',
      JSON.stringify({
        Parameters: { ThingName: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
        Resources: {
          thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' }, ThingGroups: ['GGv2WSGreengrassCoreGroup'] } },
          policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'GGv2WSIoTThingPolicy' } },
          certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } },
        },
      }),
    );
    const template = await aws<{ defaultVersionId: number }>(
      'iot', 'create-provisioning-template', '--template-name', 'GGv2WSFleetProvisioningTemplate', '--description', 'For the workshop', '--provisioning-role-arn', provisioning,
      '--template-body', 'file://greengrass-fleet-provisioning-template.json', '--enabled',
    );
    assert.equal(template.defaultVersionId, 1);
    assert.equal((await aws<{ enabled: boolean }>('iot', 'describe-provisioning-template', '--template-name', 'GGv2WSFleetProvisioningTemplate')).enabled, true);

    await aws('iot', 'create-policy', '--policy-name', 'GGv2WSProvisioningClaimPolicy', '--policy-document', devicePolicy('*'));
    const { certificateArn } = await aws<{ certificateArn: string }>(
      'iot', 'create-keys-and-certificate', '--certificate-pem-outfile', 'claim.pem.crt', '--public-key-outfile', 'claim.public.pem.key',
      '--private-key-outfile', 'claim.private.pem.key', '--set-as-active',
    );
    for (const name of ['claim.pem.crt', 'claim.public.pem.key', 'claim.private.pem.key']) assert.ok(statSync(path.join(folder, name)).size > 400);
    await aws('iot', 'attach-policy', '--policy-name', 'GGv2WSProvisioningClaimPolicy', '--target', certificateArn);
    assert.deepEqual((await aws<{ targets: string[] }>('iot', 'list-targets-for-policy', '--policy-name', 'GGv2WSProvisioningClaimPolicy')).targets, [certificateArn]);
    assert.match((await aws<{ endpointAddress: string }>('iot', 'describe-endpoint', '--endpoint-type', 'iot:Data-ATS')).endpointAddress, /-ats\.iot\./);
    // The role exists no longer: a new alias is refused.
    await aws('iam', 'delete-role', '--role-name', 'GGv2Workshop-GGV2WSTokenExchangeRole-1UGDXWM2VHZZE');
    await fails(/InvalidRequestException/, 'iot', 'create-role-alias', '--role-alias', 'Late', '--role-arn', tokenExchange);
  });
});
