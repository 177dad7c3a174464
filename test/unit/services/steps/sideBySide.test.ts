import assert from 'node:assert/strict';
import { CancelledError } from '../../../../src/core/errors';
import { WorkspaceFileNames } from '../../../../src/ids';
import { FleetWorld } from '../../../fakes/fleetWorld';

describe('Provision Everything, side by side', () => {
  /** Calls to AWS by the wave that they were in: as many waves as round trips in the longest chain. */
  async function waves(world: FleetWorld): Promise<readonly (readonly string[])[]> {
    const found: string[][] = [];
    let waiting: { name: string; go: () => void }[] = [];
    const release = (): void => {
      const now = waiting;
      waiting = [];
      if (now.length > 0) found.push(now.map(({ name }) => name).sort());
      for (const { go } of now) go();
    };
    const slow = <T extends object>(area: string, api: T): T =>
      new Proxy(api, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function' || typeof name !== 'string') return method;
          const turn = async (): Promise<void> => new Promise((go) => waiting.push({ name: `${area}.${name}`, go }));
          if (/^list|^stackEvents/.test(name)) {
            return async function* (...args: unknown[]): AsyncIterable<unknown> {
              await turn();
              yield* Reflect.apply(method, target, args) as AsyncIterable<unknown>;
            };
          }
          return async (...args: unknown[]): Promise<unknown> => {
            await turn();
            return Reflect.apply(method, target, args) as Promise<unknown>;
          };
        },
      });
    const connection = { ...world.connection, iot: slow('iot', world.connection.iot), stacks: slow('stacks', world.connection.stacks), roles: slow('roles', world.connection.roles) };
    let done = false;
    const run = world.steps.provisionEverything({ ...world.run, connection }).finally(() => (done = true));
    // A wave goes when nothing else moves any more. Read at run time: the flag changes elsewhere.
    const ended = (): boolean => done;
    for (let quiet = 0, before = 0; !ended(); ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      quiet = waiting.length === before ? quiet + 1 : 0;
      before = waiting.length;
      // On a busy machine one look may come too early.
      if (quiet < 4) continue;
      release();
      quiet = before = 0;
    }
    await run;
    return found;
  }

  it('makes what does not need each other at the same time', async () => {
    // What is loaded on first use is loaded by then.
    const first = new FleetWorld();
    await first.steps.provisionEverything(first.run);
    const world = new FleetWorld();
    const found = await waves(world);
    const waveOf = (name: string): number => found.findIndex((wave) => wave.includes(name));
    const lookAtTheEnd = found.findLastIndex((wave) => wave.includes('iot.createProvisioningTemplate')) + 1;
    assert.equal(waveOf('stacks.validateTemplate'), waveOf('stacks.describeStack') + 2, 'the template is checked beside the look at the stack');
    assert.ok(waveOf('iot.createRoleAlias') - waveOf('iot.createPolicy') <= 0, 'alias and policy side by side');
    assert.ok(waveOf('iot.createCertificateFromCsr') < lookAtTheEnd, 'template and claim side by side');
    const afterTheStack = waveOf('iot.createRoleAlias') - 1;
    const done = Math.max(waveOf('iot.createProvisioningTemplate'), waveOf('iot.updateCertificateStatus'));
    // describe + create; look + create + attach + activate, or three looks and two creations.
    assert.ok(done - afterTheStack < 7, JSON.stringify(found, undefined, 1));
  });

  it('makes no certificate while another claim policy of that name is asked about', async () => {
    const world = new FleetWorld();
    await world.steps.provisionEverything(world.run);
    for (const file of [...world.files.texts.keys()]) if (file.startsWith('claim-certs/')) world.files.texts.delete(file);
    world.iot.certificates.clear();
    world.iot.attached.clear();
    world.files.texts.delete(WorkspaceFileNames.claimPolicy);
    const policy = world.iot.policies.get('ClaimPolicy');
    assert.ok(policy);
    for (const version of policy.versions.values()) version.text = '{"Statement":[]}';
    world.ui.reviewDiff = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new CancelledError();
    };
    await assert.rejects(world.steps.run('claimCertificate', world.run), CancelledError);
    assert.equal(world.iot.certificates.size, 0);
    assert.equal(world.files.texts.has(WorkspaceFileNames.claimPrivateKey), false);
  });
});
