import '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { FleetError } from '../../../src/core/errors';
import type { SessionService } from '../../../src/core/ports/services';
import { startOf } from '../../../src/core/relations/start';
import type { Log } from '../../../src/platform/log';
import type { FleetNode } from '../../../src/tree/nodes';
import { ResourcesTree } from '../../../src/tree/resourcesTree';
import { FleetWorld, names, target } from '../../fakes/fleetWorld';

const iot = (resource: string): string => `arn:aws:iot:eu-west-1:111122223334:${resource}`;
const certificate = (digit: string): string => digit.repeat(64);

/** The tree on an account in memory, with what one sees of it. */
class Looker {
  readonly world = new FleetWorld();
  readonly warnings: string[] = [];
  readonly tree = new ResourcesTree(
    { current: this.world.connection } as unknown as SessionService,
    () => names,
    { warn: (message: string) => this.warnings.push(message) } as unknown as Log,
  );

  /** Opens nodes by their labels, one below the other. */
  async open(...labels: readonly string[]): Promise<readonly FleetNode[]> {
    let nodes = await this.tree.getChildren();
    for (const label of labels) {
      const node = nodes.find((one) => text(one.item().label) === label);
      assert.ok(node, `${label} is not among ${nodes.map((one) => text(one.item().label)).join(', ')}`);
      nodes = await this.tree.getChildren(node);
    }
    return nodes;
  }

  async rows(...labels: readonly string[]): Promise<readonly string[]> {
    return (await this.open(...labels)).map(row);
  }

  async policy(name: string, ...documents: readonly string[]): Promise<void> {
    const [first = '{}', ...others] = documents;
    await this.world.iot.createPolicy({ name, document: first });
    for (const document of others) await this.world.iot.createPolicyVersion({ name, document, setAsDefault: false });
  }

  certificate(digit: string, ...policies: readonly string[]): string {
    const id = certificate(digit);
    this.world.iot.certificates.set(id, { id, arn: iot(`cert/${id}`), status: 'ACTIVE', pem: '' });
    this.world.iot.attached.set(iot(`cert/${id}`), new Set(policies));
    return iot(`cert/${id}`);
  }

  group(name: string, parent?: string): void {
    this.world.iot.groups.set(name, { name, arn: iot(`thinggroup/${name}`) });
    if (parent !== undefined) this.world.iot.parentOfGroup.set(name, parent);
  }
}

function text(label: vscode.TreeItem['label']): string {
  return typeof label === 'string' ? label : (label?.label ?? '');
}

/** Without the time, which is written as this machine writes times. */
function row(node: FleetNode): string {
  const { label, description } = node.item();
  return `${text(label)} | ${typeof description === 'string' ? description.replace(/(^| · )\d[^·]*\d{4}[^·]*/, '') : ''}`;
}

describe('the tree of the account', () => {
  let looker: Looker;
  beforeEach(() => {
    looker = new Looker();
  });

  it('core devices, their components and deployments: a page of a hundred, as many as one call gives', async () => {
    const { greengrass } = looker.world;
    const many = <T,>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
    for (const index of many(150, (each) => each)) greengrass.report(`Core-${String(index).padStart(3, '0')}`, 'HEALTHY', new Date());
    greengrass.components.set('Core-000', many(150, (index) => ({ name: `C${String(index)}`, version: '1.0.0', state: 'RUNNING', isRoot: true })));
    greengrass.deployments.set('Core-000', many(150, (index) => ({ id: String(index), name: '', status: 'SUCCEEDED', targetArn: iot('thing/Core-000') })));
    const group = 'Greengrass core devices';
    for (const path of [[group], [group, 'Core-000', 'Components'], [group, 'Core-000', 'Deployments']]) {
      const rows = await looker.rows(...path);
      assert.deepEqual([rows.length, rows.at(-1)?.startsWith('Load more')], [101, true], path.join());
    }
  });

  it('relations are offered on stack, role alias, policy, template, certificate, thing, core device and group, and on nothing else', async () => {
    const { world } = looker;
    await world.steps.provisionEverything(world.run);
    world.iot.things.add('Core-1');
    world.greengrass.report('Core-1', 'HEALTHY', new Date());
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as { contributes: { menus: Record<string, readonly { command: string; when: string }[]> } };
    const entries = (manifest.contributes.menus['view/item/context'] ?? []).filter(({ command, when }) => command === 'greengrassFleet.showRelations' && when.includes('greengrassFleet.resources'));
    const patterns = entries.map(({ when }) => new RegExp(/viewItem =~ \/(.*)\//.exec(when)?.[1] ?? '$^'));
    const offered = (node: FleetNode): boolean => patterns.some((pattern) => pattern.test(node.item().contextValue ?? ''));
    for (const group of ['Roles stack', 'Role aliases', 'IoT policies', 'Provisioning templates', 'Claim certificates', 'Thing groups', 'Things', 'Greengrass core devices']) {
      const [node] = await looker.open(group);
      assert.ok(node !== undefined && offered(node), `${group}: ${node?.item().contextValue ?? ''}`);
      assert.ok(startOf(node.copyText ?? '') !== undefined, `${group}: ${node.copyText ?? ''}`);
    }
    for (const path of [['Endpoints'], ['IoT policies', names.claimPolicyName, 'Versions'], ['Roles stack', 'Fleet']]) {
      for (const node of await looker.open(...path)) assert.ok(!offered(node), node.item().contextValue);
    }
    for (const node of await looker.tree.getChildren()) assert.ok(!offered(node), node.item().contextValue);
  });

  it('reads nothing before a group is opened, and then that group only', async () => {
    await looker.policy('Mine');
    looker.world.faults.calls.length = 0;
    assert.deepEqual((await looker.open()).map((node) => text(node.item().label)), [
      'Roles stack', 'Role aliases', 'IoT policies', 'Provisioning templates', 'Thing groups', 'Things', 'Claim certificates', 'All certificates, newest first', 'Greengrass core devices', 'Endpoints',
    ]);
    assert.deepEqual(looker.world.faults.calls, []);
    await looker.open('IoT policies');
    assert.deepEqual(looker.world.faults.calls, ['iot.listPolicies']);
  });

  it('policy: versions, newest first, the default marked, each of which opens; and what it is attached to', async () => {
    await looker.policy(names.iotPolicyName, '{}', '{"a":1}');
    await looker.world.iot.setDefaultPolicyVersion(names.iotPolicyName, '2');
    looker.certificate('a', names.iotPolicyName);
    assert.deepEqual(await looker.rows('IoT policies'), [`${names.iotPolicyName} | in use`]);
    const [newest, oldest] = await looker.open('IoT policies', names.iotPolicyName, 'Versions');
    assert.ok(newest && oldest);
    assert.deepEqual([row(newest), row(oldest)], ['Version 2 | default', 'Version 1 | ']);
    assert.deepEqual([newest.name, newest.version, newest.copyText], [names.iotPolicyName, '2', iot(`policy/${names.iotPolicyName}`)]);
    assert.match(newest.item().contextValue ?? '', /\bpolicyVersion\b.*\bdefaultVersion\b/);
    assert.match(oldest.item().contextValue ?? '', /\bpolicyVersion\b.*\botherVersion\b/);
    assert.match(newest.item().accessibilityInformation?.label ?? '', /version of the IoT policy DevicePolicy, Version 2, default/);
    const [uri] = (oldest.item().command?.arguments ?? []) as readonly vscode.Uri[];
    assert.match(uri?.toString() ?? '', /DevicePolicy\.iot-policy\.json\?version/);
    assert.deepEqual(await looker.rows('IoT policies', names.iotPolicyName, 'Attached to'), ['aaaaaaaaaaaa… | ']);
  });

  it('a target of a policy is opened in turn: its state, its policies, its things, and the thing', async () => {
    await looker.policy('P');
    const arn = looker.certificate('a', 'P');
    looker.world.iot.things.add('Core-1');
    looker.world.iot.principals.set('Core-1', new Set([arn]));
    looker.group('Cores');
    looker.world.iot.memberships.set('Core-1', [{ name: 'Cores', arn: iot('thinggroup/Cores') }]);
    const at = ['IoT policies', 'P', 'Attached to', 'aaaaaaaaaaaa…'] as const;
    assert.deepEqual(await looker.rows(...at), ['Status | ACTIVE', 'Policies | ', 'Things | ']);
    assert.deepEqual(await looker.rows(...at, 'Policies'), ['P | ']);
    assert.deepEqual(await looker.rows(...at, 'Things'), ['Core-1 | ']);
    assert.deepEqual(await looker.rows(...at, 'Things', 'Core-1'), ['Thing type | none', 'Groups | ', 'Certificates | ']);
    assert.deepEqual(await looker.rows(...at, 'Things', 'Core-1', 'Groups'), ['Cores | in use']);
    assert.deepEqual(await looker.rows(...at, 'Things', 'Core-1', 'Certificates'), ['aaaaaaaaaaaa… | ']);
  });

  it('provisioning template: role, versions', async () => {
    const { arn: role } = looker.world.roles.add('Provisioning', 'iot.amazonaws.com', new Date());
    await looker.world.iot.createProvisioningTemplate({ name: names.templateName, templateBody: '{}', provisioningRoleArn: role, enabled: true });
    await looker.world.iot.createProvisioningTemplateVersion({ name: names.templateName, templateBody: '{"a":1}', setAsDefault: false });
    assert.deepEqual(await looker.rows('Provisioning templates'), [`${names.templateName} | enabled · in use`]);
    assert.deepEqual(await looker.rows('Provisioning templates', names.templateName), [`Role | ${role}`, 'Versions | ']);
    assert.deepEqual(await looker.rows('Provisioning templates', names.templateName, 'Versions'), ['Version 2 | ', 'Version 1 | default']);
  });

  it('thing group: members and child groups; things: type and attributes', async () => {
    looker.group('Plant');
    looker.group('Hall', 'Plant');
    looker.world.iot.things.add('Core-1');
    looker.world.iot.memberships.set('Core-1', [{ name: 'Hall', arn: iot('thinggroup/Hall') }]);
    assert.deepEqual(await looker.rows('Thing groups', 'Plant', 'Child groups'), ['Hall | ']);
    assert.deepEqual(await looker.rows('Thing groups', 'Plant', 'Things'), [' | none']);
    assert.deepEqual(await looker.rows('Thing groups', 'Plant', 'Child groups', 'Hall', 'Things'), ['Core-1 | ']);
    assert.deepEqual(await looker.rows('Things'), ['Core-1 | ']);
    assert.deepEqual(await looker.rows('Things', 'Core-1'), ['Thing type | none', 'Groups | ', 'Certificates | ']);
  });

  it('things: their type without opening them, as the list tells it', async () => {
    const listThings = async function* (): AsyncIterable<object> {
      yield { name: 'Core-1', arn: iot('thing/Core-1'), typeName: 'Pump' };
    };
    Object.defineProperty(looker.world.connection.iot, 'listThings', { configurable: true, value: listThings });
    assert.deepEqual(await looker.rows('Things'), ['Core-1 | Pump']);
  });

  it('claim certificates: state, policies, things; others do not stand there', async () => {
    await looker.policy(names.claimPolicyName);
    looker.certificate('a', names.claimPolicyName);
    looker.certificate('b', 'Other');
    assert.deepEqual(await looker.rows('Claim certificates'), ['aaaaaaaaaaaa… | ACTIVE']);
    assert.deepEqual(await looker.rows('Claim certificates', 'aaaaaaaaaaaa…', 'Policies'), [`${names.claimPolicyName} | in use`]);
    assert.deepEqual(await looker.rows('Claim certificates', 'aaaaaaaaaaaa…', 'Things'), [' | none']);
  });

  it('all certificates stand in a list of their own, with their state, by one call a page', async () => {
    looker.certificate('a', 'Other');
    looker.certificate('b');
    looker.world.faults.calls.length = 0;
    assert.deepEqual(await looker.rows('All certificates, newest first'), ['bbbbbbbbbbbb… | ACTIVE', 'aaaaaaaaaaaa… | ACTIVE']);
    assert.deepEqual(looker.world.faults.calls, ['iot.listCertificates']);
  });

  it('what has a claim policy is a claim, whichever claim policy it is; what has another is not', async () => {
    const claim = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: 'arn:aws:iot:eu-west-1:111122223334:topic/$aws/provisioning-templates/Other/provision/json' }] });
    await looker.policy('OtherClaim', claim);
    await looker.policy('Device', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] }));
    await looker.policy('Broken', '{');
    looker.certificate('a', 'OtherClaim', 'Device', 'Broken');
    const context = async (policy: string): Promise<string> => (await looker.open('IoT policies', policy, 'Attached to'))[0]?.item().contextValue ?? '';
    assert.match(await context('OtherClaim'), /;claim\b/);
    for (const policy of ['Device', 'Broken']) assert.match(await context(policy), /;certificate\b/);
  });

  it('thing group: description, parent, attributes and policies', async () => {
    looker.world.iot.groups.set('Hall', { name: 'Hall', arn: iot('thinggroup/Hall'), parentName: 'Plant', description: 'Second floor', attributes: { floor: '2' } });
    await looker.policy('P');
    looker.world.iot.attached.set(iot('thinggroup/Hall'), new Set(['P']));
    assert.deepEqual(await looker.rows('Thing groups', 'Hall'), ['Parent group | Plant', 'Description | Second floor', 'Attribute floor | 2', 'Policies | ', 'Child groups | ', 'Things | ']);
    assert.deepEqual(await looker.rows('Thing groups', 'Hall', 'Policies'), ['P | ']);
  });

  it('roles stack: status, outputs, resources, events', async () => {
    looker.world.stacks.put(names.stackName, 'CREATE_COMPLETE', '{}', undefined, [{ key: 'Role', value: 'arn:aws:iam::111122223334:role/R' }]);
    assert.deepEqual(await looker.rows('Roles stack'), [`${names.stackName} | CREATE_COMPLETE`]);
    assert.deepEqual((await looker.rows('Roles stack', names.stackName)).filter((line) => !line.startsWith('Changed')), ['Status | CREATE_COMPLETE', 'Outputs | ', 'Resources | ', 'Events | ']);
    const [output] = await looker.open('Roles stack', names.stackName, 'Outputs');
    assert.ok(output);
    assert.deepEqual([row(output), output.copyText, output.consoleArn], ['Role | arn:aws:iam::111122223334:role/R', 'arn:aws:iam::111122223334:role/R', 'arn:aws:iam::111122223334:role/R']);
    assert.match((await looker.rows('Roles stack', names.stackName, 'Events')).join(), /Fleet \| CREATE_COMPLETE/);
  });

  it('endpoints can be copied', async () => {
    assert.deepEqual((await looker.open('Endpoints')).map((node) => node.copyText), ['abc-ats.iot.eu-west-1.amazonaws.com', 'abc.credentials.iot.eu-west-1.amazonaws.com']);
  });

  it('core devices: only those of a status, which the group says', async () => {
    looker.world.greengrass.report('Well', 'HEALTHY', new Date());
    looker.world.greengrass.report('Ill', 'UNHEALTHY', new Date());
    assert.equal((await looker.open('Greengrass core devices')).length, 2);
    looker.tree.filterCoreDevices('UNHEALTHY');
    assert.deepEqual(await looker.rows('Greengrass core devices'), ['Ill | UNHEALTHY · just now']);
    assert.deepEqual((await looker.rows()).filter((line) => line.startsWith('Greengrass')), ['Greengrass core devices | only those: UNHEALTHY']);
    looker.world.greengrass.devices.delete('Ill');
    looker.tree.filterCoreDevices('UNHEALTHY');
    assert.deepEqual(await looker.rows('Greengrass core devices'), [' | none is UNHEALTHY']);
    looker.world.greengrass.report('Gone', 'HEALTHY', new Date(Date.now() - 26 * 3_600_000));
    looker.tree.filterCoreDevices('silent');
    assert.deepEqual(await looker.rows('Greengrass core devices'), ['Gone | HEALTHY · 26 h ago']);
    looker.tree.filterCoreDevices(undefined);
    assert.equal((await looker.open('Greengrass core devices')).length, 2);
  });

  it('pages of 250, as AWS gives them; a refresh reads as far again', async () => {
    for (let index = 0; index < 600; index += 1) looker.world.iot.things.add(`T${index}`);
    assert.equal((await looker.open('Things')).length, 251);
    await looker.tree.loadMore((await looker.open('Things')).at(-1));
    assert.equal((await looker.open('Things')).length, 501);
    looker.tree.refresh();
    assert.equal((await looker.open('Things')).length, 501);
    await looker.tree.loadMore((await looker.open('Things')).at(-1));
    assert.equal((await looker.open('Things')).length, 600);
  });

  it('ages go on while one looks, without a call', async () => {
    const at = Date.now();
    looker.world.greengrass.report('Core', 'HEALTHY', new Date(at));
    looker.world.stacks.put(names.stackName, 'CREATE_COMPLETE', '{}');
    const [core] = await looker.open('Greengrass core devices');
    const [event] = await looker.open('Roles stack', names.stackName, 'Events');
    assert.ok(core && event);
    const drawn: (string | undefined)[] = [];
    looker.tree.onDidChangeTreeData((node) => drawn.push(node?.id));
    looker.world.faults.calls.length = 0;
    const RealDate = Date;
    try {
      globalThis.Date = class extends RealDate {
        constructor(time = at + 180_000) {
          super(time);
        }
      } as DateConstructor;
      looker.tree.redrawAges();
      assert.match(row(core), /HEALTHY · 3 min ago/);
      assert.match(row(event), /\d+ (min|days|h) ago/);
    } finally {
      globalThis.Date = RealDate;
    }
    assert.deepEqual(drawn.map((id) => id?.replace(/^.*\//, '')), ['coreDevices', 'events']);
    await looker.open('Greengrass core devices');
    assert.deepEqual(looker.world.faults.calls, [], 'what was read stays');
    looker.tree.refresh();
    drawn.length = 0;
    looker.tree.redrawAges();
    assert.deepEqual(drawn, [], 'nothing that nobody has opened since');
  });

  it('the end of a page says of which list, for screen readers', async () => {
    for (let index = 0; index < 300; index += 1) looker.world.iot.things.add(`T${index}`);
    assert.equal((await looker.open('Things')).at(-1)?.item().accessibilityInformation?.label, 'Load more… Things: 250 shown');
  });

  it('a page that cannot be read is told at the end of the list, which stays, and is tried again there', async () => {
    for (let index = 0; index < 300; index += 1) looker.world.iot.things.add(`T${String(index)}`);
    const { connection } = looker.world;
    const list = connection.iot.listThings.bind(connection.iot);
    let fails = true;
    Object.defineProperty(connection.iot, 'listThings', {
      configurable: true,
      value: async function* (...args: Parameters<typeof list>) {
        let count = 0;
        for await (const thing of list(...args)) {
          if (fails && count === 250) throw new FleetError('slow down', { category: 'throttling', code: 'Throttling' });
          count += 1;
          yield thing;
        }
      },
    });
    await looker.tree.loadMore((await looker.open('Things')).at(-1));
    const nodes = await looker.open('Things');
    const end = nodes.at(-1);
    assert.ok(end);
    assert.deepEqual([nodes.length, row(end)], [251, 'slow down | click to try again']);
    assert.match(end.item().accessibilityInformation?.label ?? '', /slow down Things: 250 shown click to try again/);
    fails = false;
    await looker.tree.loadMore(end);
    assert.equal((await looker.open('Things')).length, 300);
  });

  it('claims: the calls of a page run side by side', async () => {
    await looker.policy(names.claimPolicyName);
    for (let index = 0; index < 16; index += 1) looker.certificate(index.toString(16), names.claimPolicyName);
    let [running, most] = [0, 0];
    const { iot: api } = looker.world.connection;
    const describe = api.describeCertificate.bind(api);
    Object.defineProperty(api, 'describeCertificate', {
      configurable: true,
      value: async (...args: Parameters<typeof describe>) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return describe(...args);
      },
    });
    assert.equal((await looker.open('Claim certificates')).length, 16);
    assert.equal(most, 16);
  });

  it('a failure is a node that tries again, and the lists beside it stay', async () => {
    looker.world.iot.things.add('Core-1');
    await looker.open('Things');
    const { faults } = looker.world;
    faults.plan(faults.calls.length, 'refused');
    const [failed, ...lists] = await looker.open('Things', 'Core-1');
    assert.ok(failed);
    assert.deepEqual(lists.map(row), ['Groups | ', 'Certificates | ']);
    assert.equal(failed.item().contextValue, 'error');
    assert.match(failed.item().accessibilityInformation?.label ?? '', /describeThing refused.*try again/);
    faults.plan(-1, 'refused');
    looker.tree.refresh(failed.item().command?.arguments?.[0]);
    assert.equal((await looker.rows('Things', 'Core-1'))[0], 'Thing type | none');
    faults.plan(faults.calls.length, 'refused');
    const [list] = await looker.open('Things', 'Core-1', 'Groups');
    assert.equal(list?.item().contextValue, 'error');
    assert.equal(looker.warnings.length, 2);
    faults.plan(-1, 'refused');
    looker.tree.refresh(list);
    assert.deepEqual(await looker.rows('Things', 'Core-1', 'Groups'), [' | none'], 'the refresh of an error is that of its list');
  });

  it('ids are the same after a refresh, and different wherever a resource stands', async () => {
    await looker.policy('P');
    await looker.policy(names.claimPolicyName);
    const arn = looker.certificate('a', 'P', names.claimPolicyName);
    looker.world.iot.things.add('Core-1');
    looker.world.iot.principals.set('Core-1', new Set([arn]));
    looker.world.stacks.put(names.stackName, 'CREATE_COMPLETE', '{}');
    const all = async (depth: number, nodes: readonly FleetNode[]): Promise<readonly string[]> => {
      const below = depth === 0 ? [] : await Promise.all(nodes.map(async (node) => all(depth - 1, await looker.tree.getChildren(node))));
      for (const node of nodes) assert.equal(node.item().id, node.id);
      return [...nodes.map(({ id }) => id), ...below.flat()];
    };
    const before = await all(6, await looker.tree.getChildren());
    assert.ok(before.length > 60, String(before.length));
    assert.equal(new Set(before).size, before.length);
    looker.tree.refresh();
    assert.deepEqual(await all(6, await looker.tree.getChildren()), before);
  });

  it('every node says in words what its icon shows, and what has a page in the console says which', async () => {
    await looker.policy('P');
    for (const label of ['IoT policies', 'Endpoints']) {
      for (const node of await looker.open(label)) assert.ok((node.item().accessibilityInformation?.label ?? '').length > 0, node.id);
    }
    const [policy] = await looker.open('IoT policies');
    assert.equal(policy?.consoleArn, iot('policy/P'));
    assert.match(policy.item().contextValue ?? '', /\bconsole\b/);
    assert.equal(target.partition, 'aws');
  });
});
