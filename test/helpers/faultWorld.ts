import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { CancelledError } from '../../src/core/errors';
import { analyzePolicy } from '../../src/core/policy/analyze';
import type { DeviceLedger, LedgerEntry } from '../../src/core/ports/deviceLedger';
import type { StepRun } from '../../src/core/ports/services';
import type { Clock } from '../../src/core/util/clock';
import { Emitter } from '../../src/core/util/emitter';
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import type { SavedState } from '../../src/sandbox/sandbox';
import { createCloudFormationService } from '../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../src/sandbox/services/sts/stsService';
import { FleetStepsService } from '../../src/services/fleetSteps';
import { NodeClaimKeys } from '../../src/services/steps/claimKeys';
import { FakeInteraction } from '../fakes/fakeInteraction';
import { MemoryLedger } from '../fakes/memoryLedger';
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
  /** Lasts over restarts, as its files do. */
  readonly ledger: DeviceLedger;
  /** For calls that are none of the product's. */
  readonly client: StartedSandbox['client'];
}

export interface Outcome {
  readonly calls: readonly string[];
  /** The planned call was made. */
  readonly hit: boolean;
  /** What ended the run; undefined when it came to its end. */
  readonly error: Error | undefined;
  /** What the flow told. */
  readonly told: string | undefined;
}

/** All that outlives the extension host. */
interface Saved {
  readonly account: SavedState;
  readonly folder: string;
  readonly ledger: readonly LedgerEntry[];
  readonly keysMade: number;
}

/** A local AWS and a folder, in which flows run with and without a fault. */
export class FaultWorld {
  private constructor(
    readonly sandbox: StartedSandbox,
    readonly root: string,
    private readonly keys: PooledKeys,
  ) {}

  private ledger = new MemoryLedger();

  static async start(): Promise<FaultWorld> {
    const sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
    return new FaultWorld(sandbox, await mkdtemp(path.join(tmpdir(), 'every-fault-')), new PooledKeys());
  }

  async empty(): Promise<void> {
    await this.sandbox.sandbox.reset();
    await rm(this.root, { recursive: true, force: true });
    await new NodeFiles(this.root).write('.gitignore', '');
    this.ledger = new MemoryLedger();
    this.keys.count = 0;
  }

  /** What stands now, to begin with it again and again. */
  async save(): Promise<Saved> {
    const folder = `${this.root}.saved`;
    await rm(folder, { recursive: true, force: true });
    await cp(this.root, folder, { recursive: true });
    return { account: await this.sandbox.sandbox.save(), folder, ledger: await this.ledger.entries(), keysMade: this.keys.count };
  }

  async restore({ account, folder, ledger, keysMade }: Saved): Promise<void> {
    await this.sandbox.sandbox.reset(account);
    await rm(this.root, { recursive: true, force: true });
    await cp(folder, this.root, { recursive: true });
    this.ledger = new MemoryLedger();
    for (const entry of ledger) await this.ledger.put(entry);
    this.keys.count = keysMade;
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    for (const folder of [this.root, `${this.root}.saved`]) await rm(folder, { recursive: true, force: true });
  }

  async dump(): Promise<string> {
    return [...(await dumpAccount(this.sandbox)), ...(await dumpFolder(this.root)), ...(await this.ledger.entries()).map(({ thingName }) => `ledger ${String(thingName)}`)].join('\n');
  }

  async run(flow: (run: FlowRun) => Promise<unknown>, plan?: FaultPlan): Promise<Outcome> {
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
        kitScript: async () => 'script',
        checkPolicy: (text, target) => analyzePolicy(text, { target }),
        keys: this.keys,
      });
      const files = untilDeath(new NodeFiles(this.root), () => proxy.dead);
      const running = flow({ connection, files, ui: new FakeInteraction(), progress: { report: () => undefined }, signal: controller.signal, steps, clock, ledger: untilDeath(this.ledger, () => proxy.dead), client: this.sandbox.client }).then(
        (told) => ({ told: typeof told === 'string' ? told : undefined, error: undefined }),
        (error: unknown) => ({ told: undefined, error: error instanceof Error ? error : new Error(String(error)) }),
      );
      const ended = await Promise.race([running, proxy.killed.then(() => ({ told: undefined, error: new CancelledError() }))]);
      return { calls: [...proxy.calls], hit: proxy.hit, ...ended };
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

/** Real keys, the same ones from each beginning: making one takes longer than all calls of a run. */
class PooledKeys extends NodeClaimKeys {
  /** Of the keys made since the beginning: no two of them are the same. */
  count = 0;
  private readonly made: string[] = [];

  override async makePrivateKey(): Promise<string> {
    const at = this.count++;
    return (this.made[at] ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  }
}

/** A folder or a ledger, to which an ended program does nothing more. */
function untilDeath<T extends object>(owner: T, dead: () => boolean): T {
  return new Proxy(owner, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (typeof value !== 'function') return value;
      const method = value as (...args: unknown[]) => unknown;
      return (...args: unknown[]): unknown => (dead() ? new Promise(() => undefined) : method.apply(target, args));
    },
  });
}
