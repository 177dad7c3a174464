import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { analyzePolicy } from '../../src/core/policy/analyze';
import type { Connection } from '../../src/core/ports/connection';
import { claimPolicyDocument } from '../../src/core/claims/claimPolicy';
import { Emitter } from '../../src/core/util/emitter';
import { FleetStepsService } from '../../src/services/fleetSteps';
import { NodeClaimKeys } from '../../src/services/steps/claimKeys';
import { SystemClock } from '../../src/services/systemClock';
import { FakeInteraction } from '../fakes/fakeInteraction';
import { NodeFiles } from '../helpers/nodeFiles';
import { SandboxProcess } from '../helpers/sandboxProcess';
import { workshopDevicePolicy, workshopNames as names } from '../helpers/workshop';
import { median, time, type Figure } from './measure';
import { provisionByCommandLine } from './provisionByCommandLine';
import { root, scripts } from './scripts';

const bundled = path.join(root, 'resources', 'templates', 'greengrass-fleet-roles.template.json');
const rounds = 5;
/** Milliseconds to AWS and back, as from another continent's edge or a good home line. */
const latency = 40;
/** Milliseconds that the stack takes per resource; AWS takes longer, and both sides wait for it. */
const resourceDelay = 300;

/** Provision Everything from nothing, beside the round trips that cannot be done without, and beside the AWS CLI. */
export async function provisionFigures(): Promise<Figure[]> {
  const sandbox = await SandboxProcess.start({ args: ['--latency', String(latency), '--resource-delay', String(resourceDelay)] });
  const gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-bench', amazonRootCa: async () => 'unused' });
  try {
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox.info;
    const connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    const whole: number[] = [];
    const lost: number[] = [];
    const limit: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await sandbox.reset();
      const { milliseconds, afterTheStack } = await provision(connection);
      whole.push(milliseconds);
      lost.push(afterTheStack);
      await sandbox.reset();
      limit.push(await longestChain(connection));
    }
    const what = `Provision Everything, from nothing, ${String(latency)} ms to AWS`;
    const figures: Figure[] = [
      { what, ours: median(whole), reference: median(limit), referenceIs: 'the limit: bare calls of the longest chain, and the stack\'s own time', unit: 'ms' },
      { what: 'lost after the stack is done', ours: median(lost), reference: 300, referenceIs: 'what the watch is held to', unit: 'ms' },
    ];
    const { findProgram } = await scripts.install();
    const aws = findProgram('aws');
    if (aws === undefined) process.stderr.write('There is no AWS CLI on the PATH: Provision Everything is not compared with it.\n');
    else {
      await sandbox.reset();
      figures.push({ what, ours: median(whole), reference: await time(async () => provisionByCommandLine(aws, sandbox.info, bundled)), referenceIs: 'AWS CLI, the same calls one after another', unit: 'ms' });
    }
    return figures;
  } finally {
    gateway.dispose();
    await sandbox.stop();
  }
}

/** Until the person is told that all is done; and what passed between the stack's end and the first call after it. */
async function provision(real: Connection): Promise<{ milliseconds: number; afterTheStack: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const read = async (file: string): Promise<string> => readFile(file, 'utf8');
  const steps = new FleetStepsService({
    settings: { names: () => names, stackTemplate: () => '', onDidChange: new Emitter<void>().event },
    clock: new SystemClock(),
    templates: { bundled: async () => read(bundled), file: read, url: async () => read(bundled) },
    kitScript: (name) => read(path.join(root, 'resources', 'device-kit', name)),
    checkPolicy: (text, target) => analyzePolicy(text, { target }),
  });
  let known: number | undefined;
  const roles: Connection['roles'] = new Proxy(real.roles, {
    get: (target, name, receiver) => {
      known ??= Date.now();
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const ui = new FakeInteraction();
  let told: number | undefined;
  ui.inform = () => (told ??= performance.now());
  try {
    const begun = performance.now();
    await steps.provisionEverything({ connection: { ...real, roles }, files: new NodeFiles(folder), ui, progress: { report: () => undefined }, signal: new AbortController().signal });
    if (told === undefined || known === undefined) throw new Error('Provision Everything ended without a word');
    return { milliseconds: told - begun, afterTheStack: known - (await doneAt(real)) };
  } finally {
    steps.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** When the stack was done, by the clock of the local AWS, which is this machine's. */
async function doneAt(connection: Connection): Promise<number> {
  for await (const event of connection.stacks.stackEvents(names.stackName)) {
    if (event.resourceType === 'AWS::CloudFormation::Stack' && event.status === 'CREATE_COMPLETE') return event.timestamp.getTime();
  }
  throw new Error('the stack is not done');
}

/**
 * Each of these calls needs the answer to the one before, whoever makes them: stack, its outputs and role, policy of the
 * devices, and the claim's certificate, which may not be live before its policy is attached. Keys are made beforehand.
 */
async function longestChain({ iot, stacks, roles, target }: Connection): Promise<number> {
  const keys = new NodeClaimKeys();
  const csrPem = await keys.makeRequest(await keys.makePrivateKey());
  const body = await readFile(bundled, 'utf8');
  return time(async () => {
    await stacks.describeStack(names.stackName);
    const { stackId } = await stacks.createStack({ stackName: names.stackName, template: { body }, parameters: [], capabilities: ['CAPABILITY_NAMED_IAM'], clientRequestToken: `bench-${String(Date.now())}` });
    let stack = await stacks.describeStack(stackId);
    while (stack?.status === 'CREATE_IN_PROGRESS') stack = await stacks.describeStack(stackId);
    const role = stack?.outputs.find(({ key }) => key === 'TokenExchangeRoleArn')?.value;
    if (role === undefined) throw new Error(`the stack ended in ${stack?.status ?? 'nothing'}`);
    await roles.getRole(role.slice(role.lastIndexOf('/') + 1));
    await Promise.all([
      iot.createRoleAlias({ name: names.roleAliasName, roleArn: role }),
      iot.createPolicy({ name: names.iotPolicyName, document: workshopDevicePolicy(`arn:${target.partition}:iot:${target.region}:${target.account}:rolealias/${names.roleAliasName}`) }),
    ]);
    const [{ arn, id }] = await Promise.all([iot.createCertificateFromCsr({ csrPem, setAsActive: false }), iot.createPolicy({ name: names.claimPolicyName, document: claimPolicyDocument(target, names.templateName) })]);
    await iot.attachPolicy({ policyName: names.claimPolicyName, target: arn });
    await iot.updateCertificateStatus(id, 'ACTIVE');
  });
}
