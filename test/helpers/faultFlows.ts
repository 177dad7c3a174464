import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot';
import { AddRoleToInstanceProfileCommand, AttachRolePolicyCommand, CreateInstanceProfileCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { relationsOf } from '../../src/core/relations/relations';
import { startRelations } from '../../src/core/relations/startRelations';
import { relationsReport } from '../../src/core/relations/words';
import { driftReport } from '../../src/core/stack/driftReport';
import { stepIds } from '../../src/core/provisioning/steps';
import type { StuckDeletion } from '../../src/core/ports/stackApi';
import type { TeardownScope } from '../../src/core/teardown/facts';
import { blockersOf, planTeardown } from '../../src/core/teardown/plan';
import { WorkspaceFileNames } from '../../src/ids';
import { detectDrift } from '../../src/services/drift/detectDrift';
import { exportSetup } from '../../src/services/export/exportSetup';
import { templateText } from '../../src/services/export/templateText';
import { changeClaim, claimChanges, claimsOffered, type ClaimChange } from '../../src/services/lifecycle/claimLife';
import { reportHook } from '../../src/services/lifecycle/hookLife';
import { deletePolicyVersions, makeDefaultPolicyVersion, policyVersions, prunable } from '../../src/services/lifecycle/policyLife';
import { deleteVersions, makeDefaultVersion, switchTemplate, templateWithVersions } from '../../src/services/lifecycle/templateLife';
import { gatherRelations } from '../../src/services/preflight/gatherRelations';
import { gatherStart } from '../../src/services/preflight/gatherStart';
import { operatorFacts } from '../../src/services/preflight/operatorPermissions';
import { changeParameters } from '../../src/services/steps/changeParameters';
import { revertDrift } from '../../src/services/steps/revertDrift';
import { deleteStuckStack, stuckResources } from '../../src/services/teardown/deleteStuckStack';
import { gatherTeardown } from '../../src/services/teardown/gatherTeardown';
import { removeStack } from '../../src/services/teardown/removeStack';
import { runTeardown } from '../../src/services/teardown/runTeardown';
import { cleanUpLedger } from '../../src/services/testDevice/cleanUpLedger';
import type { FlowRun } from './faultWorld';
import { bundledTemplate } from './provisionedFleet';
import { workshopNames as names } from './workshop';

export interface Flow {
  readonly name: string;
  /** What the flow starts from. */
  readonly before?: (run: FlowRun) => Promise<void>;
  /** Answers what a reader is told; nothing where the account and the folder say all. */
  readonly run: (run: FlowRun) => Promise<string | undefined>;
  /** It changes nothing: with a fault it ends in an error, or in an answer that says what could not be read. */
  readonly reads?: true;
}

async function change({ files }: FlowRun, file: string, edit: (text: string) => string): Promise<void> {
  const text = (await files.read(file)) ?? '';
  assert.notEqual(edit(text), text);
  await files.write(file, edit(text));
}

/** A flow of which nothing is told. */
const silent = (work: (run: FlowRun) => Promise<unknown>) => async (run: FlowRun): Promise<undefined> => {
  await work(run);
  return undefined;
};
const everything = async (run: FlowRun): Promise<void> => run.steps.provisionEverything(run);
const publishTemplate = async (run: FlowRun): Promise<void> => run.steps.run('provisioningTemplate', run);
const publishPolicy = async (run: FlowRun): Promise<void> => run.steps.run('iotPolicy', run);

async function withChangedTemplate(run: FlowRun): Promise<void> {
  await everything(run);
  await change(run, WorkspaceFileNames.provisioningTemplate, (text) => text.replace('"Parameters": {', '"Parameters": {\n    "Extra": { "Type": "String", "Default": "x" },'));
}

async function withTwoTemplates(run: FlowRun): Promise<void> {
  await withChangedTemplate(run);
  await publishTemplate(run);
}

async function withChangedPolicy(run: FlowRun): Promise<void> {
  await everything(run);
  await change(run, WorkspaceFileNames.iotPolicy, (text) => text.replace('"Version"', '"Id": "changed",\n  "Version"'));
}

async function withThreePolicies(run: FlowRun): Promise<void> {
  await withChangedPolicy(run);
  await publishPolicy(run);
  await change(run, WorkspaceFileNames.iotPolicy, (text) => text.replace('"changed"', '"once more"'));
  await publishPolicy(run);
}

/** Registered by the template, as a test device of this computer. */
async function withTestDevice(run: FlowRun): Promise<void> {
  await everything(run);
  const iot = new IoTClient(run.client);
  const thingName = 'test-1';
  const { certificateId = '', certificateArn = '' } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  await iot.send(new CreateThingCommand({ thingName }));
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
  await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: names.thingGroupName }));
  await iot.send(new AttachPolicyCommand({ policyName: names.iotPolicyName, target: certificateArn }));
  iot.destroy();
  const { account, region } = run.connection.target;
  await run.ledger.put({ account, region, certificateId, thingName, createdAt: new Date(0).toISOString(), kept: true });
}

/** With policies that somebody put on the role of the devices by hand, as for the artifacts of components. */
async function withPoliciesByHand(run: FlowRun): Promise<void> {
  await withTestDevice(run);
  const iam = new IAMClient(run.client);
  const RoleName = (await run.connection.iot.describeRoleAlias(names.roleAliasName))?.roleArn.split('/').at(-1);
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'artifacts', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }) }));
  iam.destroy();
}

/** A role of the stack is in an instance profile, and CloudFormation has failed to delete it. */
async function withStuckStack(run: FlowRun): Promise<void> {
  await run.steps.run('rolesStack', run);
  const iam = new IAMClient(run.client);
  for await (const { type, physicalId: RoleName = '' } of run.connection.stacks.listStackResources(names.stackName)) {
    if (type !== 'AWS::IAM::Role') continue;
    const profile = { InstanceProfileName: `Gateway${RoleName}`, RoleName };
    await iam.send(new CreateInstanceProfileCommand(profile));
    await iam.send(new AddRoleToInstanceProfileCommand(profile));
  }
  iam.destroy();
  const stack = await run.connection.stacks.describeStack(names.stackName);
  await assert.rejects(removeStack(run, stack?.id ?? '', names.stackName), /DELETE_FAILED/);
}

/** As the command does it once it is agreed to; whoever finds no stack is done. */
const withoutStuckStack = (how: (failed: readonly string[]) => StuckDeletion): Pick<Flow, 'run'> => ({
  run: silent(async (run) => {
    const stack = await run.connection.stacks.describeStack(names.stackName);
    if (stack === undefined) return;
    const failed = stack.status === 'DELETE_FAILED' ? await stuckResources(run, stack.id, stack.name) : [];
    await deleteStuckStack(run, stack.id, stack.name, how(failed.map(({ logicalId }) => logicalId)));
  }),
});

/** As the command does it once the plan is agreed to: looked at anew, refused when something stands in the way. */
async function tearDown(run: FlowRun, scope: TeardownScope): Promise<void> {
  const plan = planTeardown(await gatherTeardown({ ...run, names }, scope));
  assert.deepEqual(blockersOf(plan), []);
  await runTeardown(run, plan);
}

async function ownClaims(run: FlowRun, possible: ClaimChange): Promise<Awaited<ReturnType<typeof claimsOffered>>['claims']> {
  return (await claimsOffered(run, names.claimPolicyName)).claims.filter((certificate) => claimChanges(certificate).includes(possible));
}

const changeOfClaim = (to: ClaimChange, from: ClaimChange = to): Pick<Flow, 'run'> => ({
  run: silent(async (run) => {
    for (const certificate of await ownClaims(run, from)) await changeClaim(run, certificate, to);
  }),
});

/** The folder's claim is the only live one, and there was another: whoever sees that does not replace it again. */
async function isReplaced(run: FlowRun): Promise<boolean> {
  const pem = await run.files.read(WorkspaceFileNames.claimCertificate);
  if (pem === undefined) return false;
  const own = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  const all = (await claimsOffered(run, names.claimPolicyName)).claims;
  return all.length > 1 && all.every(({ id, status }) => (status === 'ACTIVE') === (id === own));
}

/** Whoever finds it done is not asked to undo it. */
const switchTo = (enabled: boolean): Pick<Flow, 'run'> => ({
  run: silent(async (run) => {
    const { template } = await templateWithVersions(run, names.templateName);
    if (template.enabled !== enabled) await switchTemplate(run, names.templateName);
  }),
});

export const flows: readonly Flow[] = [
  {
    name: 'the five steps one by one',
    run: silent(async (run) => {
      for (const step of stepIds) await run.steps.run(step, run);
    }),
  },
  { name: 'Provision Everything', run: silent(everything) },
  { name: 'a changed policy is published', before: withChangedPolicy, run: silent(publishPolicy) },
  { name: 'a changed template is published', before: withChangedTemplate, run: silent(publishTemplate) },
  {
    name: 'a policy file of another name is published',
    before: async (run) => run.files.write('Pumps.iot-policy.json', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: `arn:aws:iot:${run.connection.target.region}:${run.connection.target.account}:client/pump-*` }] })),
    run: silent(async (run) => run.steps.publishFile(run, { kind: 'policy', name: 'Pumps' }, 'Pumps.iot-policy.json')),
  },
  {
    name: 'a template file of another name is published',
    before: async (run) => {
      await everything(run);
      await run.files.write('Pumps.provisioning-template.json', (await run.files.read(WorkspaceFileNames.provisioningTemplate)) ?? '');
    },
    run: silent(async (run) => run.steps.publishFile(run, { kind: 'template', name: 'Pumps' }, 'Pumps.provisioning-template.json')),
  },
  { name: 'an older template version becomes the default', before: withTwoTemplates, run: silent(async (run) => makeDefaultVersion(run, names.templateName, 1)) },
  {
    name: 'template versions are pruned',
    before: withTwoTemplates,
    run: silent(async (run) => {
      const { versions } = await templateWithVersions(run, names.templateName);
      await deleteVersions(run, names.templateName, versions.filter((version) => !version.isDefault).map((version) => version.versionId));
    }),
  },
  { name: 'an older policy version becomes the default', before: withThreePolicies, run: silent(async (run) => makeDefaultPolicyVersion(run, names.iotPolicyName, '1')) },
  {
    name: 'policy versions are pruned',
    before: withThreePolicies,
    run: silent(async (run) => deletePolicyVersions(run, names.iotPolicyName, prunable(await policyVersions(run, names.iotPolicyName)))),
  },
  {
    name: 'the stack gets another value of a parameter',
    before: async (run) => run.steps.run('rolesStack', run),
    run: silent(async (run) => {
      // The look at the changes stands first, once there is one.
      run.ui.choices = [{ title: /Which parameter/, label: /^(Show what|MaxSessionDuration)/ }];
      run.ui.inputs = [{ title: /Stack parameter MaxSessionDuration/, value: '7200' }];
      await changeParameters({ ...run, stackName: names.stackName });
    }),
  },
  {
    name: 'the drift of the stack is reverted',
    before: async (run) => {
      await run.steps.run('rolesStack', run);
      const iam = new IAMClient(run.client);
      for await (const { type, physicalId } of run.connection.stacks.listStackResources(names.stackName)) {
        if (type !== 'AWS::IAM::Role') continue;
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
        await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: physicalId, PolicyDocument }));
      }
      iam.destroy();
    },
    run: silent(async (run) => revertDrift({ ...run, stackName: names.stackName })),
  },
  { name: 'the template is disabled', before: everything, ...switchTo(false) },
  { name: 'a claim certificate is made inactive', before: everything, ...changeOfClaim('deactivate') },
  { name: 'a claim certificate is revoked', before: everything, ...changeOfClaim('revoke') },
  {
    name: 'the claim certificate is replaced',
    before: everything,
    run: silent(async (run) => {
      if (await isReplaced(run)) return;
      run.ui.choices = [
        { title: /An earlier replacement/, label: /^Finish/ },
        { title: /what becomes of the old one/, label: /Make it inactive/ },
      ];
      await run.steps.rotateClaim(run);
    }),
  },
  {
    name: 'files for devices are made',
    before: everything,
    run: silent(async (run) => {
      run.ui.choices = [{ title: /./, label: /./ }];
      run.ui.inputs = [{ title: /./, value: 'pump' }];
      await run.steps.createDeviceConfiguration(run);
      await run.steps.createDeviceKit(run);
    }),
  },
  { name: 'test devices are cleaned up', before: withTestDevice, run: silent(async (run) => failing(await cleanUpLedger(run, run, (await run.ledger.entries()).map(({ certificateId }) => certificateId), () => undefined))) },
  { name: 'test devices are torn down', before: withTestDevice, run: silent(async (run) => tearDown(run, { kind: 'testDevices' })) },
  {
    name: 'one claim is torn down',
    before: everything,
    run: silent(async (run) => {
      // It is found by what the person pointed at, also when it has lost its policy by then.
      for await (const { id } of run.connection.iot.listCertificates()) await tearDown(run, { kind: 'oneClaim', certificateId: id });
    }),
  },
  { name: 'everything is torn down', before: withPoliciesByHand, run: silent(async (run) => tearDown(run, { kind: 'everything' })) },
  { name: 'a stack that is stuck is deleted without what failed', before: withStuckStack, ...withoutStuckStack((leave) => ({ leave })) },
  { name: 'a stack that is stuck is deleted by force', before: withStuckStack, ...withoutStuckStack(() => 'force') },
  {
    name: 'the set-up is exported',
    reads: true,
    before: everything,
    run: async (run) => templateText((await exportSetup({ ...run, names, bundledTemplate })).template, 'json').text,
  },
  { name: 'the drift of the stack is detected', reads: true, before: everything, run: async (run) => driftReport(await detectDrift({ ...run, stackName: names.stackName })) },
  {
    name: 'the preflight',
    reads: true,
    before: everything,
    run: async (run) => {
      const looked = await gatherRelations(run.connection, names, run.signal);
      const facts = { ...looked, operator: await operatorFacts(run.connection, looked, run.signal) };
      return relationsReport(relationsOf(facts), 'here').text;
    },
  },
  {
    name: 'the relations of a policy',
    reads: true,
    before: withTestDevice,
    run: async (run) => relationsReport(startRelations(await gatherStart(run.connection, names, { kind: 'policy', name: names.iotPolicyName }, new Date(0), run.signal)), 'here').text,
  },
  { name: 'the hook is checked', reads: true, before: everything, run: async (run) => reportHook(run, names.templateName).then(() => 'fine', (error: unknown) => (error instanceof Error && /no pre-provisioning hook/.test(error.message) ? error.message : Promise.reject(error as Error))) },
];

function failing(left: readonly { readonly reason: string }[]): void {
  if (left.length > 0) throw new Error(left.map(({ reason }) => reason).join(' '));
}
