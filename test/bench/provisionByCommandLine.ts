import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { claimPolicyDocument } from '../../src/core/claims/claimPolicy';
import { templateDocument } from '../../src/core/provisioning/templateDocument';
import type { SandboxInfo } from '../helpers/sandboxProcess';
import { workshopDevicePolicy, workshopNames as names } from '../helpers/workshop';

const run = promisify(execFile);

/** What Provision Everything makes, made by hand: one command of the AWS CLI after another, as in a script. */
export async function provisionByCommandLine(program: string, { endpoint, region, account, accessKeyId, secretAccessKey }: SandboxInfo, stackTemplate: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-cli-'));
  const env = { PATH: process.env['PATH'], HOME: folder, AWS_PAGER: '', AWS_DEFAULT_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const aws = async (...args: string[]): Promise<string> => (await run(program, [...args, '--endpoint-url', endpoint, '--output', 'text'], { cwd: folder, env, shell: process.platform === 'win32' })).stdout.trim();
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(path.join(folder, name), text);
    return `file://${name}`;
  };
  const output = async (key: string): Promise<string> => aws('cloudformation', 'describe-stacks', '--stack-name', names.stackName, '--query', `Stacks[0].Outputs[?OutputKey=='${key}'].OutputValue`);
  try {
    await aws('cloudformation', 'create-stack', '--stack-name', names.stackName, '--template-body', `file://${stackTemplate}`, '--capabilities', 'CAPABILITY_NAMED_IAM');
    // `wait stack-create-complete` looks every 30 seconds: a script in a hurry asks again and again.
    while ((await aws('cloudformation', 'describe-stacks', '--stack-name', names.stackName, '--query', 'Stacks[0].StackStatus')) === 'CREATE_IN_PROGRESS');
    const alias = await aws('iot', 'create-role-alias', '--role-alias', names.roleAliasName, '--role-arn', await output('TokenExchangeRoleArn'), '--query', 'roleAliasArn');
    await aws('iot', 'create-policy', '--policy-name', names.iotPolicyName, '--policy-document', await file('policy.json', workshopDevicePolicy(alias)));
    await aws('iot', 'create-thing-group', '--thing-group-name', names.thingGroupName);
    const body = await file('template.json', templateDocument(names));
    await aws('iot', 'create-provisioning-template', '--template-name', names.templateName, '--provisioning-role-arn', await output('FleetProvisioningRoleArn'), '--template-body', body, '--enabled');
    const claim = await file('claim.json', claimPolicyDocument({ partition: 'aws', region, account }, names.templateName));
    await aws('iot', 'create-policy', '--policy-name', names.claimPolicyName, '--policy-document', claim);
    const certificate = await aws('iot', 'create-keys-and-certificate', '--set-as-active', '--certificate-pem-outfile', 'claim.pem', '--private-key-outfile', 'claim.key', '--query', 'certificateArn');
    await aws('iot', 'attach-policy', '--policy-name', names.claimPolicyName, '--target', certificate);
  } finally {
    await rm(folder, { recursive: true });
  }
}
