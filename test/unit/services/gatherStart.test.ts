import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/errors';
import { joined, type RelationGraph } from '../../../src/core/relations/graph';
import { startId, startOf, type RelationStart } from '../../../src/core/relations/start';
import { startRelations } from '../../../src/core/relations/startRelations';
import { treeOf } from '../../../src/core/relations/branches';
import { iotArn } from '../../../src/core/util/arn';
import { gatherStart } from '../../../src/services/preflight/gatherStart';
import { FleetWorld, names } from '../../fakes/fleetWorld';

const now = new Date('2026-11-24T12:00:00Z');
const id = 'd'.repeat(64);

/** A fleet with one core device, all of it as it should be. */
async function fleet(): Promise<FleetWorld> {
  const world = new FleetWorld();
  await world.steps.provisionEverything(world.run);
  const { iot, greengrass, connection: { target } } = world;
  const arn = iotArn(target, `cert/${id}`);
  iot.things.add('Core-1');
  iot.principals.set('Core-1', new Set([arn]));
  iot.memberships.set('Core-1', [{ name: names.thingGroupName, arn: iotArn(target, `thinggroup/${names.thingGroupName}`) }]);
  iot.certificates.set(id, { id, arn, status: 'ACTIVE', pem: '' });
  iot.attached.set(arn, new Set([names.iotPolicyName]));
  greengrass.report('Core-1', 'HEALTHY', now);
  return world;
}

async function relations(world: FleetWorld, start: RelationStart): Promise<RelationGraph> {
  const known = { ...names, roleAliasName: [...world.iot.aliases.keys()][0] ?? names.roleAliasName };
  return startRelations(await gatherStart(world.connection, known, start, now, world.run.signal));
}

const lines = ({ edges }: RelationGraph): readonly string[] => edges.map(({ code, status, from, to }) => `${code} ${status} ${from.split(':')[0] ?? ''}>${to.split(':')[0] ?? ''}`);
const bad = (graph: RelationGraph): readonly string[] => graph.edges.filter(({ status }) => status !== 'ok').map(({ code, status, reason }) => `${code} ${status}: ${reason}`);

describe('the relations of one resource', () => {
  it('knows a resource by its ARN', () => {
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['arn:aws:iot:eu-west-1:111122223334:thing/a:b', 'thing:a:b'],
      ['arn:aws-cn:greengrass:cn-north-1:111122223334:coreDevices:Core-1', 'coreDevice:Core-1'],
      [`arn:aws:iot:eu-west-1:111122223334:cert/${id}`, `certificate:${id}`],
      ['arn:aws:iot:eu-west-1:111122223334:rolealias/A', 'roleAlias:A'],
      ['arn:aws:iot:eu-west-1:111122223334:provisioningtemplate/T', 'template:T'],
      ['arn:aws:iot:eu-west-1:111122223334:thinggroup/G', 'thingGroup:G'],
      ['arn:aws:cloudformation:eu-west-1:111122223334:stack/Fleet/1-2', 'stack:Fleet'],
      ['arn:aws:iot:eu-west-1:111122223334:job/J', undefined],
      ['arn:aws:iot:eu-west-1:111122223334:thing/', undefined],
      ['Core-1', undefined],
      ['', undefined],
    ];
    for (const [arn, expected] of rows) {
      const start = startOf(arn);
      assert.equal(start === undefined ? undefined : startId(start), expected, arn);
    }
  });

  for (const kind of ['thing', 'coreDevice'] as const) {
    it(`a ${kind}: certificate, policy, role alias, role, group, all green`, async () => {
      const graph = await relations(await fleet(), { kind, name: 'Core-1' });
      assert.deepEqual(bad(graph), []);
      const found = lines(graph);
      for (const line of ['coreDeviceThing ok coreDevice>thing', 'thingCertificate ok thing>certificate', 'certificatePolicy ok certificate>policy', 'policyAlias ok policy>roleAlias', 'aliasRole ok roleAlias>role', 'aliasRoleTrust ok role>service', 'aliasRolePermissions ok role>roleAlias', 'thingGroupMember ok thing>thingGroup']) {
        assert.ok(found.includes(line), `${line}\n${found.join('\n')}`);
      }
    });
  }

  const breakages: Readonly<Record<string, readonly [(world: FleetWorld) => void, RegExp]>> = {
    'an inactive certificate': [({ iot }) => iot.certificates.set(id, { id, arn: 'x', status: 'INACTIVE', pem: '' }), /^thingCertificate broken: The certificate is INACTIVE/],
    'no certificate': [({ iot }) => void iot.principals.delete('Core-1'), /^thingCertificate broken: The thing has no certificate/],
    'no policy': [({ iot, connection }) => void iot.attached.delete(iotArn(connection.target, `cert/${id}`)), /^certificatePolicy broken: The certificate carries no policy/],
    'an unhealthy core': [({ greengrass }) => greengrass.report('Core-1', 'UNHEALTHY', now), /^coreDeviceThing broken: The core device said UNHEALTHY/],
    'a core that is silent': [({ greengrass }) => greengrass.report('Core-1', 'HEALTHY', new Date('2026-11-20T12:00:00Z')), /^coreDeviceThing unknown: .*may have gone/],
    'no role alias': [({ iot }) => iot.aliases.clear(), /^policyAlias broken: There is no role alias/],
    'no role': [({ roles }) => roles.roles.clear(), /^aliasRole broken: The role .* does not exist/],
    'roles that may not be read': [({ roles }) => void (roles.denied = true), /^aliasRole unknown: .*iam:GetRole/],
  };
  for (const [what, [breakIt, expected]] of Object.entries(breakages)) {
    it(`shows ${what}`, async () => {
      const world = await fleet();
      breakIt(world);
      const found = bad(await relations(world, { kind: 'coreDevice', name: 'Core-1' }));
      assert.ok(found.some((line) => expected.test(line)), found.join('\n'));
    });
  }

  it('another policy of the certificate denies the role alias', async () => {
    const world = await fleet();
    await world.iot.createPolicy({ name: 'No', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:AssumeRoleWithCertificate', Resource: '*' }] }) });
    world.iot.attached.set(iotArn(world.connection.target, `cert/${id}`), new Set([names.iotPolicyName, 'No']));
    assert.match(bad(await relations(world, { kind: 'thing', name: 'Core-1' })).join(), /Another policy of the certificate denies/);
  });

  it('what is not there says so', async () => {
    const world = new FleetWorld();
    for (const kind of ['thing', 'coreDevice', 'certificate', 'policy', 'roleAlias', 'template', 'thingGroup'] as const) {
      const graph = await relations(world, { kind, name: kind === 'certificate' ? id : 'Nobody' });
      assert.ok(graph.edges.some(({ status }) => status === 'broken'), `${kind}: ${lines(graph).join()}`);
      const ids = new Set(graph.nodes.map((node) => node.id));
      for (const edge of graph.edges) assert.ok(ids.has(edge.from) && ids.has(edge.to) && edge.reason !== '');
    }
  });

  const users: readonly (readonly [RelationStart['kind'], (world: FleetWorld) => string, readonly string[]])[] = [
    ['policy', () => names.iotPolicyName, ['certificatePolicy ok certificate>policy', 'templatePolicy ok template>policy', 'policyAlias ok policy>roleAlias']],
    ['policy', () => names.claimPolicyName, ['certificatePolicy ok certificate>policy', 'policyTemplate ok policy>template', 'templatePolicy ok template>policy', 'aliasRole ok roleAlias>role']],
    ['roleAlias', ({ iot }) => [...iot.aliases.keys()][0] ?? '', ['policyAlias ok policy>roleAlias', 'aliasRoleTrust ok role>service']],
    ['template', () => names.templateName, ['policyTemplate ok policy>template', 'templatePolicy ok template>policy', 'templateRole ok template>role', 'templateRoleTrust ok role>service', 'templateGroup ok template>thingGroup']],
    ['certificate', () => id, ['thingCertificate ok thing>certificate', 'certificatePolicy ok certificate>policy', 'certificateActive ok certificate>certificate']],
    ['stack', () => names.stackName, []],
  ];
  for (const [kind, nameOf, expected] of users) {
    it(`a ${kind}: what it uses and what uses it${expected.length === 0 ? '' : `, ${expected[0] ?? ''}`}`, async () => {
      const world = await fleet();
      const graph = await relations(world, { kind, name: nameOf(world) });
      const found = lines(graph);
      for (const line of expected) assert.ok(found.includes(line), `${line}\n${found.join('\n')}`);
      if (expected.length > 0) assert.deepEqual(bad(graph), []);
    });
  }

  it('a template whose group is gone, and that brings its policy along', async () => {
    const world = await fleet();
    const alias = [...world.iot.aliases.keys()][0] ?? '';
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: iotArn(world.connection.target, `rolealias/${alias}`) }] };
    const templateBody = JSON.stringify({ Resources: { t: { Type: 'AWS::IoT::Thing', Properties: { ThingGroups: ['Gone'] } }, p: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document } } } });
    const provisioningRoleArn = [...world.iot.templates.values()][0]?.roleArn ?? '';
    await world.iot.createProvisioningTemplate({ name: 'Own', templateBody, provisioningRoleArn, enabled: true });
    const graph = await relations(world, { kind: 'template', name: 'Own' });
    assert.match(bad(graph).find((line) => line.startsWith('templateGroup')) ?? '', /^templateGroup broken: The thing group Gone/);
    for (const line of ['templatePolicy ok template>policy', 'policyAlias ok policy>roleAlias', 'aliasRole ok roleAlias>role']) assert.ok(lines(graph).includes(line), `${line}\n${lines(graph).join('\n')}`);
  });

  it('a group below another: what is attached above holds for its things, and a denial there is seen', async () => {
    const world = await fleet();
    const { iot, connection: { target } } = world;
    iot.groups.set('Top', { name: 'Top', arn: iotArn(target, 'thinggroup/Top') });
    iot.groups.set(names.thingGroupName, { name: names.thingGroupName, arn: iotArn(target, `thinggroup/${names.thingGroupName}`), parentName: 'Top' });
    iot.parentOfGroup.set(names.thingGroupName, 'Top');
    await iot.createPolicy({ name: 'No', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:*', Resource: '*' }] }) });
    iot.attached.set(iotArn(target, 'thinggroup/Top'), new Set(['No']));
    const graph = await relations(world, { kind: 'coreDevice', name: 'Core-1' });
    for (const line of ['thingGroupParent ok thingGroup>thingGroup', 'groupPolicy ok thingGroup>policy']) assert.ok(lines(graph).includes(line), lines(graph).join('\n'));
    assert.match(bad(graph).join(), /A policy of a thing group denies iot:AssumeRoleWithCertificate/);
    assert.ok(lines(await relations(world, { kind: 'thingGroup', name: 'Top' })).includes('thingGroupParent ok thingGroup>thingGroup'));
  });

  it('a claim policy that names no template but allows every one: red, and found from the template too', async () => {
    const world = await fleet();
    await world.iot.createPolicy({ name: 'Wide', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: ['client/*', 'topic/$aws/*', 'topicfilter/$aws/*'].map((resource) => iotArn(world.connection.target, resource)) }] }) });
    for (const start of [{ kind: 'policy', name: 'Wide' }, { kind: 'template', name: names.templateName }] as const) {
      assert.match(bad(await relations(world, start)).join(), /policyTemplate broken: "[^"]*\$aws\/\*" lets the claim use other templates as well/);
    }
  });

  it('a role of another account, or of the same name at another path, is not taken for the one that is meant', async () => {
    const world = await fleet();
    const [alias] = [...world.iot.aliases.values()];
    assert.ok(alias);
    for (const [roleArn, expected] of [[alias.roleArn.replace(/:\d{12}:/, ':999999999999:'), /^aliasRole unknown: .*of another account/], [alias.roleArn.replace('role/', 'role/path/'), /^aliasRole broken: .*does not exist/]] as const) {
      world.iot.aliases.set(alias.name, { ...alias, roleArn });
      const found = bad(await relations(world, { kind: 'roleAlias', name: alias.name }));
      assert.ok(found.some((line) => expected.test(line)), found.join('\n'));
    }
  });

  it('looks at twenty that use a policy, and says when there are more', async () => {
    const world = await fleet();
    const many = async function* (): AsyncIterable<string> {
      for (let index = 0; index < 5000; index += 1) yield iotArn(world.connection.target, `cert/${String(index).padStart(64, '0')}`);
    };
    const iot = new Proxy(world.connection.iot, { get: (from, name): unknown => (name === 'listTargetsForPolicy' ? many : Reflect.get(from, name)) });
    const graph = startRelations(await gatherStart({ ...world.connection, iot }, names, { kind: 'policy', name: names.iotPolicyName }, now, world.run.signal));
    assert.equal(graph.nodes.filter((node) => node.kind === 'certificate').length, 21);
    assert.ok(graph.edges.some(({ status, reason }) => status === 'unknown' && reason === 'Only the first 20 were looked at.'));
  });

  it('stops when it is cancelled', async () => {
    const world = await fleet();
    const iot = new Proxy(world.connection.iot, { get: (from, name): unknown => (name === 'describeCertificate' ? async () => Promise.reject(new CancelledError()) : Reflect.get(from, name)) });
    await assert.rejects(gatherStart({ ...world.connection, iot }, names, { kind: 'thing', name: 'Core-1' }, now, world.run.signal), CancelledError);
  });

  it('as a tree: what it uses, nested, and what uses it; rings end', async () => {
    const graph = await relations(await fleet(), { kind: 'policy', name: names.iotPolicyName });
    const { uses: [root, ...others], usedBy } = treeOf(graph, `policy:${names.iotPolicyName}`);
    assert.ok(root);
    assert.equal(others.length, 0);
    const kind = (node: number): string => graph.nodes[node]?.kind ?? '';
    assert.deepEqual(root.children.map(({ node }) => kind(node)), ['roleAlias']);
    // Alias → role → trust, and back to the alias, which is not opened twice.
    const role = root.children[0]?.children.find(({ node }) => kind(node) === 'role');
    assert.deepEqual(role?.children.map(({ node, again }) => [kind(node), again]).sort(), [['roleAlias', true], ['service', false]]);
    assert.deepEqual([...new Set(usedBy.map(({ node }) => kind(node)))].sort(), ['certificate', 'template']);
    assert.ok(treeOf(graph).uses.length > 0);
    assert.deepEqual(treeOf({ nodes: [], edges: [] }, 'x'), { uses: [], usedBy: [] });
  });

  it('joined with the fleet, each relation stands once', async () => {
    const graph = await relations(await fleet(), { kind: 'thing', name: 'Core-1' });
    const twice = joined(graph, graph);
    assert.deepEqual([twice.nodes.length, twice.edges.length], [graph.nodes.length, graph.edges.length]);
  });
});
