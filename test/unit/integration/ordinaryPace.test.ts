import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { Pace } from '../../../src/aws/pace/pace';
import { awsRates } from '../../../src/aws/pace/rates';
import { isCancelled } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { gatherTeardown } from '../../../src/services/teardown/gatherTeardown';
import { ManualClock, settled } from '../../fakes/manualClock';
import { MemoryLedger } from '../../fakes/memoryLedger';
import { eventually } from '../../helpers/eventually';
import { provisionFleet } from '../../helpers/provisionedFleet';
import { NodeFiles } from '../../helpers/nodeFiles';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { ThrottlingAws } from '../../helpers/throttlingAws';
import { workshopNames as names } from '../../helpers/workshop';
import { SystemClock } from '../../../src/services/systemClock';

describe('ordinary use is within the rates', function () {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let root: string;
  let actions: string[];
  let slept = 0;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
    actions = [];
    const clock = {
      now: () => new Date(),
      sleep: async (): Promise<void> => {
        slept++;
      },
    };
    gateway = new SdkAwsGateway({ env: {}, clock, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused', log: (line) => void actions.push(line.split(' ')[0] ?? '') });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    root = await mkdtemp(path.join(tmpdir(), 'pace-'));
  });
  after(async () => {
    gateway.dispose();
    await sandbox.close();
    await rm(root, { recursive: true, force: true });
  });

  /** The calls of this work that would wait at AWS, if it took no time at all. */
  async function waiting(work: () => Promise<unknown>): Promise<readonly string[]> {
    actions.length = 0;
    await work();
    assert.ok(actions.length > 10);
    const pace = new Pace(awsRates, new ManualClock());
    const waits: string[] = [];
    for (const action of actions) {
      const turn = pace.turn(action).then(() => 'gone');
      if ((await Promise.race([turn, settled().then(() => 'waits')])) === 'waits') waits.push(action);
    }
    return waits;
  }

  it('Provision Everything, all relations and the plan of a teardown never wait for their turn', async () => {
    const { signal } = new AbortController();
    assert.deepEqual(await waiting(async () => provisionFleet(connection, names, root)), []);
    assert.deepEqual(await waiting(async () => gatherRelations(connection, names, signal)), []);
    const work = { connection, files: new NodeFiles(root), ledger: new MemoryLedger(), names, clock: new SystemClock(), progress: { report: () => undefined }, signal };
    assert.deepEqual(await waiting(async () => gatherTeardown(work, { kind: 'everything' })), []);
  });

  it('nothing waits at the sandbox, however much is asked', async () => {
    await Promise.all(Array.from({ length: 100 }, async () => connection.iot.getPolicy(names.iotPolicyName)));
    assert.equal(slept, 0);
  });

  it('but at AWS it does', async () => {
    const caller = '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
    const aws = await ThrottlingAws.start((_, path) => (path === '/' ? { status: 200, body: caller } : { status: 404, error: 'ResourceNotFoundException' }));
    const files = { AWS_CONFIG_FILE: path.join(root, 'config'), AWS_SHARED_CREDENTIALS_FILE: path.join(root, 'credentials') };
    await writeFile(files.AWS_CONFIG_FILE, `[profile work]\nregion = us-east-1\nendpoint_url = ${aws.endpoint}\n`);
    await writeFile(files.AWS_SHARED_CREDENTIALS_FILE, '[work]\naws_access_key_id = a\naws_secret_access_key = b\n');
    const clock = new ManualClock();
    const paced = new SdkAwsGateway({ env: files, clock, userAgent: 'test/1', amazonRootCa: async () => 'unused' });
    try {
      const { iot, target } = await paced.connect({ kind: 'profile', profile: 'work' }, { mfaCode: async () => '' });
      assert.equal(target.isSandbox, false);
      const abort = new AbortController();
      setMaxListeners(0, abort.signal);
      const asked = (): number => aws.requests.filter(({ path: called }) => called === '/policies/P').length;
      const calls = Array.from({ length: 15 }, async () => iot.getPolicy('P', { signal: abort.signal }).catch((error: unknown) => assert.ok(isCancelled(error))));
      await eventually(() => assert.equal(asked(), 10));
      await clock.advance(400);
      await eventually(() => assert.equal(asked(), 12));
      abort.abort();
      await Promise.all(calls);
      assert.equal(asked(), 12);
    } finally {
      paced.dispose();
      await aws.close();
    }
  });
});
