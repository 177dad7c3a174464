import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { analyzePolicy } from '../../src/core/policy/analyze';
import type { Connection } from '../../src/core/ports/connection';
import { Emitter } from '../../src/core/util/emitter';
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../src/sandbox/services/sts/stsService';
import { FleetStepsService } from '../../src/services/fleetSteps';
import { SystemClock } from '../../src/services/systemClock';
import { FakeInteraction } from '../fakes/fakeInteraction';
import { NodeFiles } from '../helpers/nodeFiles';
import { startSandbox } from '../helpers/sandbox';
import { median, time, type Figure } from './measure';
import { workshopNames as names } from '../helpers/workshop';

const bundled = path.join(import.meta.dirname, '../../resources/templates/greengrass-fleet-roles.template.json');

async function provision(connection: Connection): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const read = async (file: string): Promise<string> => readFile(file, 'utf8');
  const steps = new FleetStepsService({
    settings: { names: () => names, stackTemplate: () => '', onDidChange: new Emitter<void>().event },
    clock: new SystemClock(),
    templates: { bundled: async () => read(bundled), file: read, url: async () => read(bundled) },
    kitScript: (name) => read(path.join(import.meta.dirname, '../../resources/device-kit', name)),
    checkPolicy: (text, target) => analyzePolicy(text, { target }),
  });
  try {
    const run = { connection, files: new NodeFiles(root), ui: new FakeInteraction(), progress: { report: () => undefined }, signal: new AbortController().signal };
    await steps.provisionEverything(run);
  } finally {
    steps.dispose();
    await rm(root, { recursive: true, force: true });
  }
}

/** Provision Everything, beside the bare round trips it made, one after another; and calls per second of the sandbox. */
export async function provisionFigures(): Promise<Figure[]> {
  const sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
  try {
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    const gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-bench', amazonRootCa: async () => 'unused' });
    const connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    const whole: number[] = [];
    const roundTrip: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await sandbox.sandbox.reset();
      whole.push(await time(async () => provision(connection)));
      for (let call = 0; call < 40; call += 1) roundTrip.push(await time(async () => connection.iot.describeRoleAlias(names.roleAliasName)));
    }
    const calls = 500;
    const elapsed = await time(async () => Promise.all(Array.from({ length: calls }, async () => connection.iot.describeRoleAlias(names.roleAliasName))));
    const bare = await time(async () => {
      for (let call = 0; call < calls; call += 1) await fetch(`${endpoint}/_sandbox/`).then(async (answer) => answer.text());
    });
    gateway.dispose();
    return [
      { what: 'Provision Everything, from nothing', ours: median(whole), reference: median(roundTrip), referenceIs: 'one DescribeRoleAlias', unit: 'ms' },
      { what: 'sandbox: signed SDK calls', ours: (calls / elapsed) * 1000, reference: (calls / bare) * 1000, referenceIs: 'plain HTTP to the same server', unit: 'per second' },
    ];
  } finally {
    await sandbox.close();
  }
}
