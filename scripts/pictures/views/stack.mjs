// The roles stack: outputs (also of a hostile stack), changes before they are made, drift, export.
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, ListRolesCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { eventually } from '../../../test/helpers/eventually.ts';

const hostile = {
  Resources: { Group: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'HostileOutputs' } } },
  Outputs: {
    Html: { Value: '<img src=x onerror="alert(1)"><b>not bold</b>', Description: '<script>alert(1)</script> "quoted" & more' },
    VeryLong: { Value: 'arn:aws:iam::123456789012:role/'.padEnd(1000, 'a-very-long-name-without-any-space/'), Description: 'A value of a thousand characters' },
    TokenExchangeRoleArnOfTheDevicesThatAreInTheFieldSinceTwoThousandAndNineteen: { Value: 'x', Description: 'A name that is longer than its column. '.repeat(6) },
    RightToLeft: { Value: '\u202eevil\u202c שלום ١٢٣', Description: 'Direction of text' },
  },
};

/** @param {import('../studio.mjs').Studio} studio */
export async function stack(studio) {
  const { workbench, page, sample } = studio;
  const { endpoint, region, accessKeyId, secretAccessKey } = sample.sandbox.info;
  const client = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  await studio.provisioned();
  await studio.tidy();
  await studio.command('Show Stack Outputs');
  const frame = await workbench.webview('text=create-role-alias');
  await studio.shot('outputs');
  await frame.locator('#eventsHead').click();
  await frame.locator('#eventsHead').scrollIntoViewIfNeeded();
  await studio.shot('outputs-events');

  const cloudFormation = new CloudFormationClient(client);
  await cloudFormation.send(new CreateStackCommand({ StackName: 'HostileOutputs', TemplateBody: JSON.stringify(hostile) }));
  await eventually(async () => (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'HostileOutputs' }))).Stacks?.[0]?.StackStatus === 'CREATE_COMPLETE', { what: 'the hostile stack' });
  cloudFormation.destroy();
  try {
    studio.settings({ 'greengrassFleet.stackName': 'HostileOutputs' });
    await workbench.webview('text=not bold');
    await studio.shot('outputs-hostile');
    studio.settings({ 'greengrassFleet.stackName': 'NotThere' });
    await workbench.webview('text=NotThere');
    await studio.shot('outputs-no-stack');
  } finally {
    studio.settings({ 'greengrassFleet.stackName': undefined });
  }
  await workbench.webview('text=create-role-alias');
  await studio.tidy();

  await studio.command('Update Roles Stack with Other Parameters');
  await studio.asked(/Which parameter/);
  await studio.shot('stack-parameters');
  await workbench.pick('MaxSessionDuration');
  await studio.asked(/MaxSessionDuration/);
  await studio.input.fill('7200');
  await page.keyboard.press('Enter');
  await workbench.pick('Show what would change');
  await studio.asked(/Update the stack/);
  await studio.shot('stack-changes-question');
  await workbench.pick('Cancel');
  await studio.tidy();

  const iam = new IAMClient(client);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: Roles[0]?.RoleName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) }));
  await studio.command('Detect Drift of the Roles Stack');
  await workbench.webview('text=checked resources differ');
  await studio.shot('drift');
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: Roles[0]?.RoleName, PolicyDocument: decodeURIComponent(Roles[0]?.AssumeRolePolicyDocument ?? '') }));
  iam.destroy();
  await studio.tidy();

  await studio.command('Export Setup as CloudFormation Template');
  await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
  await page.locator('.tab.active', { hasText: 'fleet.yaml' }).waitFor();
  await studio.shot('export');
}
