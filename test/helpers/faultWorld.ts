import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { CancelledError } from '../../src/core/errors';
import { analyzePolicy } from '../../src/core/policy/analyze';
import type { StepRun } from '../../src/core/ports/services';
import type { WorkspaceFiles } from '../../src/core/ports/workspaceFiles';
import type { Clock } from '../../src/core/util/clock';
import { Emitter } from '../../src/core/util/emitter';
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../src/sandbox/services/sts/stsService';
import { FleetStepsService } from '../../src/services/fleetSteps';
import { NodeClaimKeys } from '../../src/services/steps/claimKeys';
import { FakeInteraction } from '../fakes/fakeInteraction';
import { dumpAccount, dumpFolder } from './accountDump';
import { FaultProxy, type FaultPlan } from './faultProxy';
import { NodeFiles } from './nodeFiles';
import { bundledTemplate } from './provisionedFleet';
import { startSandbox, type StartedSandbox } from './sandbox';
import { workshopNames } from './workshop';

/** What a flow works with: made anew for each run, as after a restart of the extension host. */
export interface FlowRun extends StepRun {
  readonly steps: FleetStepsService;
  readonly clock: Clock;
  readonly ui: FakeInteraction;
}

export interface Outcome {
  readonly calls: readonly string[];
  /** The planned call was made. */
  readonly hit: boolean;
  /** What ended the run; undefined when it came to its end. */
  readonly error: Error | undefined;
}

/** A local AWS and a folder, in which flows run with and without a fault. */
export class FaultWorld {
  private constructor(
    readonly sandbox: StartedSandbox,
    readonly root: string,
    private readonly keys: PooledKeys,
  ) {}

  static async start(): Promise<FaultWorld> {
    const sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
    return new FaultWorld(sandbox, await mkdtemp(path.join(tmpdir(), 'every-fault-')), new PooledKeys());
  }

  async empty(): Promise<void> {
    await this.sandbox.sandbox.reset();
    await rm(this.root, { recursive: true, force: true });
    await new NodeFiles(this.root).write('.gitignore', '');
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await rm(this.root, { recursive: true, force: true });
  }

  async dump(): Promise<string> {
    return [...(await dumpAccount(this.sandbox)), ...(await dumpFolder(this.root))].join('\n');
  }

  async run(flow: (run: FlowRun) => Promise<void>, plan?: FaultPlan): Promise<Outcome> {
    const proxy = await FaultProxy.start(this.sandbox.endpoint);
    const gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused' });
    const controller = new AbortController();
    const { region, accessKeyId, secretAccessKey } = this.sandbox;
    try {
      const connection = await gateway.connect({ kind: 'sandbox', endpoint: proxy.endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
      proxy.arm(plan);
      const clock = new FastClock();
      const steps = new FleetStepsService({
        settings: { names: () => workshopNames, stackTemplate: () => '', onDidChange: new Emitter<void>().event },
        clock,
        templates: { bundled: bundledTemplate, file: async (file) => readFile(file, 'utf8'), url: bundledTemplate },
        kitScript: async () => '',
        checkPolicy: (text, target) => analyzePolicy(text, { target }),
        keys: this.keys,
      });
      const files = untilDeath(new NodeFiles(this.root), () => proxy.dead);
      const running = flow({ connection, files, ui: new FakeInteraction(), progress: { report: () => undefined }, signal: controller.signal, steps, clock }).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      const error = await Promise.race([running, proxy.killed.then(() => new CancelledError())]);
      return { calls: [...proxy.calls], hit: proxy.hit, error };
    } finally {
      // What is left of an ended extension host: it can no longer reach AWS nor the folder.
      controller.abort();
      await proxy.close();
      gateway.dispose();
    }
  }
}

/** Time passes by pauses, which take no longer than what the local AWS needs to go on. */
class FastClock implements Clock {
  private skipped = 0;

  now(): Date {
    return new Date(Date.now() + this.skipped);
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.skipped += milliseconds;
    await new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 3)));
    if (signal?.aborted === true) throw new CancelledError();
  }
}

/** Real keys, made once: making one takes longer than all calls of a run. */
class PooledKeys extends NodeClaimKeys {
  private next = 0;
  private readonly made: string[] = [];

  override async makePrivateKey(): Promise<string> {
    const at = this.next++ % 8;
    return (this.made[at] ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  }
}

/** The folder, to which an ended program does nothing more. */
function untilDeath(files: WorkspaceFiles, dead: () => boolean): WorkspaceFiles {
  return new Proxy(files, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (typeof value !== 'function') return value;
      const method = value as (...args: unknown[]) => unknown;
      return (...args: unknown[]): unknown => (dead() ? new Promise(() => undefined) : method.apply(target, args));
    },
  });
}
