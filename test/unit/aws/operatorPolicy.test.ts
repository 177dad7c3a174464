import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '../../..');

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

/**
 * What the service does in the caller's name for DetectStackDrift (unverified: others report that it is asked for), and for
 * ListEffectiveDeployments and DeleteCoreDevice ("Dependent actions"):
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html
 */
const dependent: ReadonlySet<string> = new Set(['cloudformation:DetectStackResourceDrift', 'iot:DescribeJob', 'iot:DescribeJobExecution', 'iot:DescribeThing', 'iot:GetThingShadow']);

/** iot:DescribeEndpoint for DescribeEndpointCommand of @aws-sdk/client-iot, and so on. */
function actionsOfOurCalls(): Set<string> {
  const actions = new Set<string>();
  const folder = path.join(root, 'src/aws');
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const source = fs.readFileSync(path.join(folder, file), 'utf8');
    const service = /iot/i.test(file) ? 'iot' : /stack/i.test(file) ? 'cloudformation' : /role/i.test(file) ? 'iam' : /greengrass/i.test(file) ? 'greengrass' : /lambda/i.test(file) ? 'lambda' : undefined;
    if (service === undefined) continue;
    // A hook is run in the local AWS only.
    for (const [, operation] of source.matchAll(/\b([A-Z][A-Za-z]+)Command\b/g)) if (operation !== 'Invoke') actions.add(`${service}:${operation ?? ''}`);
  }
  return actions;
}

describe('the permissions policy that the README prints', () => {
  const text = fs.readFileSync(path.join(root, 'resources/iam/operator-policy.json'), 'utf8');
  const policy = JSON.parse(text) as { Statement: readonly Statement[] };
  const allowed = new Set(policy.Statement.flatMap((statement) => statement.Action));

  it('allows every call that the extension makes', () => {
    const calls = actionsOfOurCalls();
    assert.ok(calls.size > 60, `the adapters were found, ${calls.size} calls`);
    assert.deepEqual([...calls].filter((action) => !allowed.has(action)), []);
  });

  it('allows no IoT, CloudFormation, Greengrass or Lambda action that no call needs', () => {
    const calls = actionsOfOurCalls();
    const ours = [...allowed].filter((action) => /^(iot|cloudformation|greengrass|lambda):/.test(action));
    assert.deepEqual(ours.filter((action) => !calls.has(action) && !dependent.has(action)), []);
  });

  it('lets roles be passed to IoT, without which CreateRoleAlias answers a bare 403', () => {
    assert.ok(allowed.has('iam:PassRole'));
  });

  it('is what the README prints, word for word', () => {
    assert.ok(fs.readFileSync(path.join(root, 'README.md'), 'utf8').includes(text.trim()));
  });
});
