import '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import type { Connection } from '../../../src/core/ports/connection';
import type { ConnectionChoice } from '../../../src/core/ports/identity';
import type { Log } from '../../../src/platform/log';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createGreengrassService } from '../../../src/sandbox/services/greengrass/greengrassService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { PinnedRegions } from '../../../src/services/pinnedRegions';
import { Session } from '../../../src/services/session';
import { RegionsSearch, type RegionFindings } from '../../../src/services/search/regionsSearch';
import type { FleetNode } from '../../../src/tree/nodes';
import { ResourcesTree } from '../../../src/tree/resourcesTree';
import { names } from '../../fakes/fleetWorld';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { openNodes } from '../../helpers/openNodes';

const near = 'eu-west-1';
const far = 'ap-southeast-2';
const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] });

/** A window's session, regions and tree over the real SDK. */
class Window {
  readonly calls: string[] = [];
  readonly gateway: SdkAwsGateway;
  readonly session: Session;
  readonly regions: PinnedRegions;
  readonly tree: ResourcesTree;
  private memory: readonly string[] | undefined;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.gateway = new SdkAwsGateway({ env, userAgent: 'test/1', amazonRootCa: async () => 'unused', log: (line) => this.calls.push(line.split(' ')[0] ?? '') });
    this.session = new Session({
      gateway: this.gateway,
      sandbox: { start: async () => Promise.reject(new Error('not of this test')) },
      memory: { get: () => undefined, set: () => undefined },
      mfaCode: async () => Promise.reject(new Error('nobody is asked')),
      defaults: () => ({ profile: '', region: '' }),
    });
    this.regions = new PinnedRegions({ session: this.session, gateway: this.gateway, memory: { get: () => this.memory, set: (value) => (this.memory = value) } });
    const log = { warn: () => undefined } as unknown as Log;
    this.tree = new ResourcesTree(this.session, () => names, log, this.regions);
    this.regions.onDidChange(() => this.tree.regionsChanged());
    this.session.onDidChange(() => this.tree.refresh());
  }

  async open(...labels: readonly string[]): Promise<readonly FleetNode[]> {
    return openNodes(this.tree, labels, text);
  }

  async rows(...labels: readonly string[]): Promise<readonly string[]> {
    return (await this.open(...labels)).map(text);
  }

  /** What AWS is asked while `work` runs. */
  async asked(work: () => Promise<unknown>): Promise<readonly string[]> {
    this.calls.length = 0;
    await work();
    return [...this.calls];
  }

  dispose(): void {
    this.tree.dispose();
    this.regions.dispose();
    this.session.dispose();
    this.gateway.dispose();
  }
}

function text(node: FleetNode): string {
  const { label } = node.item();
  return typeof label === 'string' ? label : (label?.label ?? '');
}

describe('resources of several regions side by side, by the real SDK and the local AWS', () => {
  let sandbox: StartedSandbox;
  let window: Window;
  let choice: ConnectionChoice;
  let here: Connection;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createGreengrassService, createCloudFormationService] });
    const { endpoint, accessKeyId, secretAccessKey } = sandbox;
    choice = { kind: 'sandbox', endpoint, region: near, accessKeyId, secretAccessKey };
    const filler = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'unused' });
    for (const region of [near, far]) {
      const { iot } = await filler.connect({ ...choice, region }, { mfaCode: async () => '' });
      await iot.createPolicy({ name: `Only-${region}`, document });
      await iot.createPolicy({ name: 'Twin', document });
      await iot.createThingGroup({ name: `Group-${region}` });
    }
    filler.dispose();
  });
  after(async () => sandbox.close());
  beforeEach(async () => {
    window = new Window();
    here = await window.session.use(choice);
    await window.regions.pin(far);
  });
  afterEach(() => window.dispose());

  it('each shows what it holds; the other one is asked nothing before it is opened, and then what is opened', async () => {
    assert.deepEqual(await window.asked(async () => window.open()), []);
    assert.deepEqual(await window.asked(async () => assert.deepEqual(await window.rows('IoT policies'), ['Twin', `Only-${near}`])), ['iot:ListPolicies']);
    assert.deepEqual(await window.asked(async () => window.open(far)), ['sts:GetCallerIdentity']);
    assert.deepEqual(await window.asked(async () => assert.deepEqual(await window.rows(far, 'IoT policies'), ['Twin', `Only-${far}`])), ['iot:ListPolicies']);
    assert.deepEqual(await window.rows(far, 'Thing groups'), [`Group-${far}`]);
    assert.deepEqual(await window.rows('Thing groups'), [`Group-${near}`]);
  });

  it('the same name is one resource here and another one there: ids and ARNs tell them apart, and what one opens is of its region', async () => {
    const twins = [(await window.open('IoT policies'))[0], (await window.open(far, 'IoT policies'))[0]];
    const [one, two] = twins;
    assert.ok(one && two);
    assert.notEqual(one.id, two.id);
    assert.deepEqual(twins.map((node) => node?.copyText?.split(':')[3]), [near, far]);
    assert.deepEqual(twins.map((node) => String((node?.item().command?.arguments as readonly unknown[])[0]).split('/')[3]), [near, far]);
    assert.deepEqual(await window.rows(far, 'IoT policies', 'Twin', 'Versions'), ['Version 1']);
  });

  it('a refresh keeps ids, so that what is open stays open, and connects to nothing anew', async () => {
    const path = [far, 'IoT policies', 'Twin', 'Versions'] as const;
    const ids = async (): Promise<readonly string[]> => [...(await window.open()), ...(await window.open(far)), ...(await window.open(...path))].map(({ id }) => id);
    const before = await ids();
    window.tree.refresh();
    const asked = await window.asked(async () => assert.deepEqual(await ids(), before));
    assert.deepEqual(asked, ['iot:ListPolicies', 'iot:ListPolicyVersions']);
    assert.equal(new Set(before).size, before.length);
  });

  it('one click switches: what was beside is connected, and the first one is beside it when it is pinned', async () => {
    await window.regions.pin(near);
    await window.open(far);
    await window.session.use({ ...choice, region: far });
    assert.deepEqual(await window.rows('IoT policies'), ['Twin', `Only-${far}`]);
    assert.deepEqual(await window.rows(near, 'IoT policies'), ['Twin', `Only-${near}`]);
    assert.ok(!(await window.rows()).includes(far));
  });

  it('what one finds is of both; each is asked by its own connection, the second once somebody types', async () => {
    const search = new RegionsSearch(here, window.regions);
    const find = async (text: string): Promise<readonly (readonly (string | undefined)[])[]> => {
      let last: readonly RegionFindings[] = [];
      await search.search(text, (regions) => (last = regions), new AbortController().signal);
      return last.map(({ region, findings, problem }) => [region, problem, ...(findings?.hits.map(({ arn }) => arn.split(':').slice(3).join(':')) ?? [])]);
    };
    const policy = (region: string, name: string): string => `${region}:${here.target.account}:policy/${name}`;
    assert.ok(!(await window.asked(async () => find(''))).includes('sts:GetCallerIdentity'));
    const asked = await window.asked(async () => assert.deepEqual(await find('Twin'), [[near, undefined, policy(near, 'Twin')], [far, undefined, policy(far, 'Twin')]]));
    assert.equal(asked.filter((call) => call === 'iot:ListPolicies').length, 2);
    assert.equal(asked.filter((call) => call === 'sts:GetCallerIdentity').length, 1);
    assert.deepEqual(await find(`only-${far}`), [[near, undefined], [far, undefined, policy(far, `Only-${far}`)]]);
    search.dispose();
  });

  it('unpinned it is gone; what goes on with its connection ends undisturbed', async () => {
    const beside = await window.regions.connection(far);
    assert.equal(beside.target.account, here.target.account);
    const reading = beside.iot.describeEndpoint('iot:Data-ATS');
    await window.regions.unpin(far);
    assert.match(await reading, new RegExp(`\\.${far}\\.`));
    assert.ok(!(await window.rows()).includes(far));
    await assert.rejects(window.regions.connection(far), { code: 'notPinned' });
    // The window's own connection goes on as before.
    assert.deepEqual(await window.rows('IoT policies'), ['Twin', `Only-${near}`]);
  });
});

describe('a pinned region that the account has not enabled', () => {
  it('says so, with what to do; a click tries again', async () => {
    // As AWS refuses it: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
    let enabled = false;
    const server = http.createServer((request, response) => {
      request.resume();
      const refused = !enabled && request.headers.authorization?.includes('/me-south-1/') === true;
      response.writeHead(refused ? 403 : 200, { 'content-type': 'text/xml' });
      response.end(
        refused
          ? '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid</Message></Error><RequestId>r</RequestId></ErrorResponse>'
          : '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'fleet-regions-'));
    const env = { AWS_CONFIG_FILE: path.join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') };
    await fs.writeFile(env.AWS_CONFIG_FILE, `[profile work]\nregion = ${near}\nendpoint_url = http://127.0.0.1:${(server.address() as AddressInfo).port}\naws_access_key_id = a\naws_secret_access_key = b\n`);
    await fs.writeFile(env.AWS_SHARED_CREDENTIALS_FILE, '');
    const window = new Window(env);
    try {
      await window.session.use({ kind: 'profile', profile: 'work' });
      await window.regions.pin('me-south-1');
      const [failed] = await window.open('me-south-1');
      assert.ok(failed);
      const { accessibilityInformation, command } = failed.item();
      assert.match(accessibilityInformation?.label ?? '', /region me-south-1.*must be enabled for the account first/);
      const search = new RegionsSearch(await window.session.connection(), window.regions);
      let found: readonly RegionFindings[] = [];
      await search.search('pump', (regions) => (found = regions), new AbortController().signal);
      search.dispose();
      assert.match(found.find(({ region }) => region === 'me-south-1')?.problem ?? '', /me-south-1/);
      assert.ok(found[0]?.findings !== undefined, 'the connected region has answered for itself');
      enabled = true;
      window.tree.refresh(command?.arguments?.[0]);
      assert.ok((await window.rows('me-south-1')).includes('IoT policies'));
      assert.equal(window.session.state.kind, 'connected', 'the window stays connected throughout');
    } finally {
      window.dispose();
      server.closeAllConnections();
      server.close();
      await fs.rm(folder, { recursive: true });
    }
  });
});
