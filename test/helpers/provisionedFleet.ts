import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { analyzePolicy } from '../../src/core/policy/analyze';
import type { Connection } from '../../src/core/ports/connection';
import type { FleetNames } from '../../src/core/provisioning/steps';
import { Emitter } from '../../src/core/util/emitter';
import { FleetStepsService } from '../../src/services/fleetSteps';
import { SystemClock } from '../../src/services/systemClock';
import { FakeInteraction } from '../fakes/fakeInteraction';
import { NodeFiles } from './nodeFiles';
import type { StartedSandbox } from './sandbox';

/** Text of the roles template that comes with the extension. */
export const bundledTemplate = async (): Promise<string> => readFile(path.join(import.meta.dirname, '../../resources/templates/greengrass-fleet-roles.template.json'), 'utf8');

/** The product's own connection to a sandbox, in the sandbox's region or another one. Dispose the gateway. */
export async function connectTo(sandbox: StartedSandbox, region = sandbox.region): Promise<{ gateway: SdkAwsGateway; connection: Connection }> {
  const gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused' });
  const { endpoint, accessKeyId, secretAccessKey } = sandbox;
  return { gateway, connection: await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' }) };
}

/** All five steps, each question agreed to; files go to `root`. */
export async function provisionFleet(connection: Connection, names: FleetNames, root: string): Promise<void> {
  const steps = new FleetStepsService({
    settings: { names: () => names, stackTemplate: () => '', onDidChange: new Emitter<void>().event },
    clock: new SystemClock(),
    templates: { bundled: bundledTemplate, file: async (file) => readFile(file, 'utf8'), url: bundledTemplate },
    kitScript: async () => '',
    checkPolicy: (text, target) => analyzePolicy(text, { target }),
  });
  await steps.provisionEverything({ connection, files: new NodeFiles(root), ui: new FakeInteraction(), progress: { report: () => undefined }, signal: new AbortController().signal });
}
