import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { isFleetError } from '../../../src/core/errors';
import { analyzePolicy } from '../../../src/core/policy/analyze';
import type { Connection } from '../../../src/core/ports/connection';
import { utf8Bytes } from '../../../src/core/stack/templateSource';
import { Emitter } from '../../../src/core/util/emitter';
import type { Kernel } from '../../../src/sandbox/kernel/types';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { StackStore } from '../../../src/sandbox/services/cloudformation/engine/stackStore';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { FleetStepsService } from '../../../src/services/fleetSteps';
import { changeParameters } from '../../../src/services/steps/changeParameters';
import { revertDrift } from '../../../src/services/steps/revertDrift';
import { SystemClock } from '../../../src/services/systemClock';
import { FakeInteraction } from '../../fakes/fakeInteraction';
import { NodeFiles } from '../../helpers/nodeFiles';
import { bundledTemplate } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { workshopNames as names } from '../../helpers/workshop';

describe('a stack whose template is longer than a request may be', () => {
  let sandbox: StartedSandbox;
  let kernel: Kernel;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let iam: IAMClient;
  let log: string[];
  let ui: FakeInteraction;
  let root: string;
  /** What the setting for the stack template names. */
  let file: string;

  before(async () => {
    const cloudFormation = (given: Kernel): ReturnType<typeof createCloudFormationService> => {
      kernel = given;
      return createCloudFormationService(given);
    };
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, cloudFormation] });
    iam = new IAMClient(sandbox.client);
  });
  after(async () => {
    iam.destroy();
    await sandbox.close();
  });
  beforeEach(async () => {
    await sandbox.sandbox.reset();
    log = [];
    ui = new FakeInteraction();
    root = await mkdtemp(path.join(tmpdir(), 'long-template-'));
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused', log: (line) => void log.push(line) });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    file = await bundledTemplate();
    await steps().run('rolesStack', run());
    await lengthen('x');
    log.length = 0;
  });
  afterEach(async () => {
    gateway.dispose();
    await rm(root, { recursive: true, force: true });
  });

  /** As if the template had come from S3, which the local AWS does not reach. */
  async function lengthen(filler: string): Promise<void> {
    const [scope] = await kernel.scopesWith('cloudformation.stack');
    assert.ok(scope);
    await kernel.run(scope, async (call) => {
      const store = new StackStore(call.tx);
      const stack = await store.find(names.stackName);
      assert.ok(stack);
      const template = JSON.parse(stack.templateBody) as { Metadata: object };
      file = JSON.stringify({ ...template, Metadata: { ...template.Metadata, Filler: filler.repeat(Math.ceil(60_000 / filler.length)) } });
      store.put({ ...stack, templateBody: file });
    });
    await assert.rejects(connection.stacks.validateTemplate({ body: file }), /length less than or equal to 51200|51,200|too long/i);
  }

  const run = () => ({ connection, files: new NodeFiles(root), ui, progress: { report: () => undefined }, signal: new AbortController().signal });
  const work = () => ({ ...run(), clock: new SystemClock(), stackName: names.stackName });
  const steps = (): FleetStepsService =>
    new FleetStepsService({
      settings: { names: () => names, stackTemplate: () => '/roles.json', onDidChange: new Emitter<void>().event },
      clock: new SystemClock(),
      templates: { bundled: bundledTemplate, file: async () => file, url: bundledTemplate },
      kitScript: async () => '',
      checkPolicy: (text, target) => analyzePolicy(text, { target }),
    });
  async function role(): Promise<{ RoleName: string; MaxSessionDuration: number | undefined; trust: string }> {
    for await (const { logicalId, physicalId: RoleName = '' } of connection.stacks.listStackResources(names.stackName)) {
      if (logicalId !== 'TokenExchangeRole') continue;
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      return { RoleName, MaxSessionDuration: Role?.MaxSessionDuration, trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '') };
    }
    throw new Error('no role');
  }
  const changes = (): readonly string[] => log.filter((line) => /^cloudformation:(Create|Validate|GetTemplateSummary|Execute)/.test(line)).map((line) => line.split(' ')[0] ?? '');
  const tooLong = (error: unknown): boolean => isFleetError(error) && error.code === 'templateTooLong';

  it('gets other values of its parameters, by the template that CloudFormation has; the other parameters keep theirs', async () => {
    ui.choices = [{ title: /Which parameter/, label: /^(Show what|MaxSessionDuration)/ }];
    ui.inputs = [{ title: /Stack parameter MaxSessionDuration/, value: '7200' }];
    const before = (await connection.stacks.describeStack(names.stackName))?.parameters ?? [];
    await changeParameters(work());
    assert.deepEqual(changes(), ['cloudformation:GetTemplateSummary', 'cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet']);
    const stack = await connection.stacks.describeStack(names.stackName);
    assert.deepEqual([stack?.status, (await role()).MaxSessionDuration], ['UPDATE_COMPLETE', 7200]);
    assert.deepEqual(stack?.parameters, before.map((parameter) => (parameter.key === 'MaxSessionDuration' ? { ...parameter, value: '7200' } : parameter)));
    assert.ok(utf8Bytes(await connection.stacks.getTemplate(names.stackName)) > 51_200);
    assert.match(ui.titles().join(), /Update the stack GGv2Workshop\?/);
  });

  it('is put back as its template says', async () => {
    const { RoleName, trust } = await role();
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust.replace('credentials.iot.amazonaws.com', 'ec2.amazonaws.com') }));
    await revertDrift(work());
    assert.deepEqual(JSON.parse((await role()).trust), JSON.parse(trust));
  });

  it('with AWS::LanguageExtensions it gets no other values: CloudFormation would not apply them', async () => {
    await lengthen('AWS::LanguageExtensions ');
    await assert.rejects(changeParameters(work()), tooLong);
    assert.deepEqual(changes().filter((call) => call !== 'cloudformation:GetTemplateSummary'), ['cloudformation:ValidateTemplate']);
  });

  it('is done for the step when the file is what is deployed: nothing is sent', async () => {
    await steps().run('rolesStack', run());
    assert.deepEqual(changes(), []);
  });

  it('another file of that length says that it has to be in S3, when it is to be sent', async () => {
    file = file.replace('"MaxSessionDuration"', '"MaxSessionDuration" ').replace('xxxx', 'yyyy');
    ui.choices = [{ title: /exists with another template/, label: /^Update it/ }];
    await assert.rejects(steps().run('rolesStack', run()), tooLong);
    await connection.stacks.deleteStack(names.stackName);
    await assert.rejects(steps().run('rolesStack', run()), tooLong);
    assert.deepEqual(changes(), []);
  });
});
