import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../../src/core/ports/deviceLedger';
import type { Fact } from '../../../../src/core/relations/facts';
import type { ClaimFact, SetupFacts, TeardownFacts } from '../../../../src/core/teardown/facts';
import { blockersOf, planTeardown } from '../../../../src/core/teardown/plan';
import { teardownPage } from '../../../../src/core/teardown/planPage';
import { names, target } from '../../../fakes/fleetWorld';

const arn = (resource: string): string => `arn:aws:iot:eu-west-1:111122223334:${resource}`;
const id = (letter: string): string => letter.repeat(64);
const certificate = (letter: string): string => arn(`cert/${id(letter)}`);
const found = <T>(value: T): Fact<T> => ({ kind: 'found', value });
const missing = { kind: 'missing' } as const;
const claim = (letter: string, more: Partial<ClaimFact> = {}): ClaimFact => ({ id: id(letter), arn: certificate(letter), status: 'ACTIVE', carriesClaimPolicy: true, carriesDevicePolicy: false, things: [], ...more });
const test = (letter: string, thingName?: string): LedgerEntry => ({ account: target.account, region: target.region, certificateId: id(letter), createdAt: '2026-11-24T10:00:00Z', kept: true, ...(thingName === undefined ? {} : { thingName }) });

const setup: SetupFacts = {
  names,
  claims: found([claim('c')]),
  principals: found(new Set<string>()),
  claimPolicy: found({ name: 'ClaimPolicy', arn: arn('policy/ClaimPolicy'), versions: 1 }),
  devicePolicy: found({ name: 'DevicePolicy', arn: arn('policy/DevicePolicy'), versions: 3 }),
  stackPolicies: found([]),
  template: found({ name: 'FleetTemplate', arn: arn('provisioningtemplate/FleetTemplate') }),
  roleAlias: found({ name: 'Alias', arn: arn('rolealias/Alias') }),
  group: found({ name: 'Cores', arn: arn('thinggroup/Cores'), children: [], things: [] }),
  stack: found({ id: 'stack-id', name: 'Fleet', status: 'CREATE_COMPLETE', resources: [{ logicalId: 'A', type: 'AWS::IAM::Role', status: 'CREATE_COMPLETE' }, { logicalId: 'B', type: 'AWS::IAM::Role', status: 'CREATE_COMPLETE' }] }),
  retained: found([]),
  byHand: found({ roles: [], policies: [] }),
  others: found({ templates: [], aliases: [], policies: [], principals: new Set<string>() }),
};
const everything = (more: Partial<SetupFacts> = {}, testDevices: readonly LedgerEntry[] = []): TeardownFacts => ({ scope: 'everything', target, testDevices, setup: { ...setup, ...more } });

interface Expected {
  readonly facts: TeardownFacts;
  readonly actions: readonly string[];
  readonly stays?: readonly RegExp[];
  readonly blockers?: readonly RegExp[];
  readonly fieldDevices?: number;
}

const whole = [`claimCertificate:${id('c')}`, 'iotPolicy:ClaimPolicy', 'iotPolicy:DevicePolicy', 'provisioningTemplate:FleetTemplate', 'roleAlias:Alias', 'thingGroup:Cores', 'stack:stack-id'];
const without = (...parts: readonly string[]): readonly string[] => whole.filter((action) => !parts.some((part) => action.startsWith(part)));

const stackWithGroup = found({ id: 'stack-id', name: 'Fleet', status: 'CREATE_COMPLETE', resources: [{ logicalId: 'G', physicalId: 'Cores', type: 'AWS::IoT::ThingGroup', status: 'CREATE_COMPLETE' }] });

const othersAre = (more: Partial<Extract<SetupFacts['others'], { kind: 'found' }>['value']>): Partial<SetupFacts> => ({ others: found({ templates: [], aliases: [], policies: [], principals: new Set<string>(), ...more }) });
const otherTemplate = { name: 'Theirs', roleArn: 'arn:aws:iam::111122223334:role/Fleet-Provision', policies: ['DevicePolicy'], groups: ['Cores'] };
const stackWithRoles = found({ id: 'stack-id', name: 'Fleet', status: 'CREATE_COMPLETE', resources: ['Fleet-Token', 'Fleet-Provision'].map((physicalId) => ({ logicalId: physicalId, physicalId, type: 'AWS::IAM::Role', status: 'CREATE_COMPLETE' })) });

const nobody = { roles: [], users: [], groups: [] };
const resource = (logicalId: string, type: string, physicalId: string) => ({ logicalId, type, physicalId, status: 'CREATE_COMPLETE' });
const role = resource('Role', 'AWS::IAM::Role', 'Fleet-Token');
const kept = resource('Alias', 'AWS::IoT::RoleAlias', 'Alias');
const keptPolicy = resource('Extra', 'AWS::IoT::Policy', 'Extra');
const keptGroup = resource('Group', 'AWS::IoT::ThingGroup', 'Cores');
const stackOf = (...resources: readonly ReturnType<typeof resource>[]): Partial<SetupFacts> => ({ stack: found({ id: 'stack-id', name: 'Fleet', status: 'CREATE_COMPLETE', resources }) });

const table: Readonly<Record<string, Expected>> = {
  'policies put on a role by hand go before the stack': {
    facts: everything({ byHand: found({ roles: [{ name: 'Fleet-Token', managed: [{ name: 'S3', arn: 'arn:aws:iam::aws:policy/S3' }], inline: ['mine'], profiles: [] }], policies: [] }) }),
    actions: [...without('stack'), 'rolePolicy:Fleet-Token/arn:aws:iam::aws:policy/S3', 'roleOwnPolicy:Fleet-Token/mine', 'stack:stack-id'],
  },
  'a role in an instance profile blocks': {
    facts: everything({ byHand: found({ roles: [{ name: 'Fleet-Token', managed: [], inline: [], profiles: ['Gateway'] }], policies: [] }) }),
    actions: whole,
    blockers: [/^Fleet: Its role Fleet-Token is in an instance profile \(Gateway\)/],
  },
  'a managed policy of the stack that others have blocks': {
    facts: everything({ byHand: found({ roles: [], policies: [{ arn: 'arn:p', holders: { roles: ['R'], users: ['U'], groups: ['G'] } }, { arn: 'arn:q', holders: nobody }] }) }),
    actions: whole,
    blockers: [/^Fleet: Its managed policy arn:p is in use elsewhere as well: role R, user U, group G\./],
  },
  'what the roles have could not be read: nothing is run': { facts: everything({ byHand: { kind: 'unreadable', why: 'iam:ListRolePolicies' } }), actions: whole, blockers: [/Whether the roles of the stack.*iam:ListRolePolicies/] },
  'the template of the stack could not be read: nothing is run': { facts: everything({ retained: { kind: 'unreadable', why: 'no' }, byHand: missing }), actions: whole, blockers: [/template of the stack could not be read: no/] },
  'what the template retains stays: no action takes it, and nobody who uses it blocks': {
    facts: everything({
      ...stackOf(role, kept, keptPolicy, keptGroup),
      ...othersAre({ templates: [{ ...otherTemplate, roleArn: 'arn:aws:iam::111122223334:role/Fleet-Token' }] }),
      devicePolicy: missing,
      stackPolicies: found([{ name: 'Extra', arn: arn('policy/Extra'), versions: 1 }]),
      retained: found([role, kept, keptPolicy, keptGroup]),
    }),
    actions: without('iotPolicy:DevicePolicy', 'roleAlias', 'thingGroup'),
    stays: [/^Role \(AWS::IAM::Role\): the template of the stack keeps it/, /^Alias \(/, /^Extra \(/, /^Group \(/],
  },
  'another template uses policy, group and role: it blocks the policy and the stack, and the group stays': {
    facts: everything({ ...othersAre({ templates: [otherTemplate] }), stack: stackWithRoles }),
    actions: without('thingGroup'),
    stays: [/Theirs puts devices into it/],
    blockers: [/^DevicePolicy: The provisioning template Theirs gives it/, /^Fleet: Its role Fleet-Provision is used by others as well: provisioning template Theirs/],
  },
  'another role alias uses the role of the stack': {
    facts: everything({ ...othersAre({ aliases: [{ name: 'TheirAlias', roleArn: 'arn:aws:iam::111122223334:role/path/Fleet-Token' }] }), stack: stackWithRoles }),
    actions: whole,
    blockers: [/^Fleet: Its role Fleet-Token is used by others as well: role alias TheirAlias/],
  },
  'others that use other things change nothing': {
    facts: everything({ ...othersAre({ templates: [{ ...otherTemplate, roleArn: 'arn:aws:iam::111122223334:role/Else', policies: ['Else'], groups: ['Else'] }], aliases: [{ name: 'A', roleArn: 'arn:aws:iam::111122223334:role/Else' }] }), stack: stackWithRoles }),
    actions: whole,
  },
  'what others use could not be read: nothing is run': { facts: everything({ others: { kind: 'unreadable', why: 'iot:ListRoleAliases' } }), actions: whole, blockers: [/Whether other templates.*iot:ListRoleAliases/] },
  'a protected stack': { facts: everything({ stack: found({ id: 'stack-id', name: 'Fleet', status: 'CREATE_COMPLETE', protected: true, resources: [] }) }), actions: whole, blockers: [/^Fleet: Termination protection is on/] },
  'everything: claims, policies, template, alias, group, stack': { facts: everything(), actions: whole },
  'test devices come first, and are no devices in the field': {
    facts: everything({ principals: found(new Set([certificate('a')])), group: found({ name: 'Cores', arn: 'x', children: [], things: ['test-1'] }) }, [test('a', 'test-1')]),
    actions: [`testDevice:${id('a')}`, ...whole],
  },
  'what is gone already is not in the plan': {
    facts: everything({ claims: missing, claimPolicy: missing, principals: missing, devicePolicy: missing, template: missing }),
    actions: ['roleAlias:Alias', 'thingGroup:Cores', 'stack:stack-id'],
  },
  'a deleted stack is gone': { facts: everything({ stack: found({ id: 'stack-id', name: 'Fleet', status: 'DELETE_COMPLETE', resources: [] }) }), actions: without('stack') },
  'nothing at all': {
    facts: everything({ claims: missing, claimPolicy: missing, principals: missing, devicePolicy: missing, template: missing, roleAlias: missing, group: missing, stack: missing }),
    actions: [],
  },
  'devices in the field are counted, their certificates are no actions': { facts: everything({ principals: found(new Set([certificate('d'), certificate('e')])) }), actions: whole, fieldDevices: 2 },
  'a claim that also has the device policy is a device': { facts: everything({ claims: found([claim('c'), claim('d', { carriesDevicePolicy: true })]), principals: found(new Set([certificate('d')])) }), actions: whole, fieldDevices: 1 },
  'a claim that has a thing is a device': { facts: everything({ claims: found([claim('c'), claim('d', { things: ['core'] })]) }), actions: whole, fieldDevices: 1 },
  'a claim is no device, also when a group gives it the device policy': { facts: everything({ principals: found(new Set([certificate('c')])) }), actions: whole },
  'a test device that carries the claim policy is a test device': { facts: everything({ claims: found([claim('c'), claim('a')]) }, [test('a')]), actions: [`testDevice:${id('a')}`, ...whole] },
  'one policy for claims and devices is taken down once': { facts: everything({ claimPolicy: setup.devicePolicy }), actions: without('iotPolicy:ClaimPolicy') },
  'a group with things of others stays, and they are counted': { facts: everything({ group: found({ name: 'Cores', arn: 'x', children: [], things: ['one', 'two'] }) }), actions: without('thingGroup'), stays: [/2 things are in it, such as one/], fieldDevices: 2 },
  'a group with groups below it stays': { facts: everything({ group: found({ name: 'Cores', arn: 'x', children: ['Below'], things: [] }) }), actions: without('thingGroup'), stays: [/below it: Below/] },
  'policies that are part of the stack go before it': { facts: everything({ stackPolicies: found([{ name: 'Extra', arn: arn('policy/Extra'), versions: 1 }]) }), actions: [...whole.slice(0, 3), 'iotPolicy:Extra', ...whole.slice(3)] },
  'policies of the stack that cannot be read block': { facts: everything({ stackPolicies: { kind: 'unreadable', why: 'no' } }), actions: whole, blockers: [/policies of the stack could not be read: no/] },
  'a group of the stack goes with it, things or not': { facts: everything({ group: found({ name: 'Cores', arn: 'x', children: [], things: ['one'] }), stack: stackWithGroup }), actions: without('thingGroup'), fieldDevices: 1 },
  'a group of the stack with groups below it blocks': { facts: everything({ group: found({ name: 'Cores', arn: 'x', children: ['Below'], things: [] }), stack: stackWithGroup }), actions: without('thingGroup'), blockers: [/Fleet: It has a group below it: Below/] },
  'an incomplete count blocks': { facts: everything({ principals: { kind: 'unreadable', why: 'AWS is throttling' } }), actions: whole, blockers: [/could not be counted completely: AWS is throttling/] },
  'claims that cannot be read block': { facts: everything({ claims: { kind: 'unreadable', why: 'no' } }), actions: without('claimCertificate'), blockers: [/claim certificates could not be read/] },
  'a template that cannot be read blocks': { facts: everything({ template: { kind: 'unreadable', why: 'no' } }), actions: without('provisioningTemplate'), blockers: [/template could not be read: no/] },
  'a stack that CloudFormation works at blocks': { facts: everything({ stack: found({ id: 'stack-id', name: 'Fleet', status: 'UPDATE_IN_PROGRESS', resources: [] }) }), actions: whole, blockers: [/Fleet: CloudFormation is at it \(UPDATE_IN_PROGRESS\)/] },
  'a stack that is being deleted is followed': { facts: everything({ stack: found({ id: 'stack-id', name: 'Fleet', status: 'DELETE_IN_PROGRESS', resources: [] }) }), actions: whole },
  'a stack whose deletion failed is tried again': { facts: everything({ stack: found({ id: 'stack-id', name: 'Fleet', status: 'DELETE_FAILED', resources: [] }) }), actions: whole },
  'a claim that is being transferred blocks': { facts: everything({ claims: found([claim('c', { status: 'PENDING_TRANSFER' })]) }), actions: whole, blockers: [/on its way to another account/] },
  'test devices only': { facts: { scope: 'testDevices', target, testDevices: [test('a', 'one'), test('b')] }, actions: [`testDevice:${id('a')}`, `testDevice:${id('b')}`] },
  'one claim': { facts: { scope: 'oneClaim', target, claim: found(claim('c')), claimPolicyName: 'ClaimPolicy' }, actions: [`claimCertificate:${id('c')}`] },
  'one claim that is gone': { facts: { scope: 'oneClaim', target, claim: missing, claimPolicyName: 'ClaimPolicy' }, actions: [] },
  'one claim that is a device': { facts: { scope: 'oneClaim', target, claim: found(claim('c', { things: ['core'] })), claimPolicyName: 'ClaimPolicy' }, actions: [`claimCertificate:${id('c')}`], blockers: [/It is a device: it has the thing core/] },
  'one certificate that is no claim': { facts: { scope: 'oneClaim', target, claim: found(claim('c', { carriesClaimPolicy: false })), claimPolicyName: 'ClaimPolicy' }, actions: [`claimCertificate:${id('c')}`], blockers: [/does not carry the claim policy ClaimPolicy/] },
  'one claim that cannot be read': { facts: { scope: 'oneClaim', target, claim: { kind: 'unreadable', why: 'no' }, claimPolicyName: 'ClaimPolicy' }, actions: [], blockers: [/could not be read: no/] },
};

describe('the plan of a teardown', () => {
  for (const [title, expected] of Object.entries(table)) {
    it(title, () => {
      const plan = planTeardown(expected.facts);
      assert.deepEqual(plan.actions.map((action) => action.id), expected.actions);
      assert.equal(plan.fieldDevices, expected.fieldDevices ?? 0);
      const held = (texts: readonly string[], patterns: readonly RegExp[] = []): void => {
        assert.equal(texts.length, patterns.length, texts.join('\n'));
        patterns.forEach((pattern, index) => assert.match(texts[index] ?? '', pattern));
      };
      held(blockersOf(plan), expected.blockers);
      held(plan.stays.map(({ why }) => why), expected.stays);
    });
  }

  it('says what devices lose', () => {
    const loses = new Map(planTeardown(everything({ principals: found(new Set([certificate('d'), certificate('e')])) })).actions.map((action) => [action.id, action.loses]));
    assert.match(loses.get('iotPolicy:DevicePolicy') ?? '', /^2 devices in the field.*stay active\. All of its 3 versions/);
    assert.match(loses.get('roleAlias:Alias') ?? '', /^2 devices.*no AWS credentials/);
    assert.match(loses.get('stack:stack-id') ?? '', /2 resources: 2 × AWS::IAM::Role/);
  });

  it('says of how many policies it knows, when the account has more', () => {
    const loses = (more: Parameters<typeof othersAre>[0]): string => planTeardown(everything(othersAre(more))).actions.find(({ kind }) => kind === 'roleAlias')?.loses ?? '';
    assert.match(loses({ onlyPolicies: 500 }), /Only 500 policies of the account were looked at: devices that use it by another one lose it too/);
    assert.doesNotMatch(loses({}), /policies of the account/);
  });

  it('is a page: account, number of devices, what stands in the way, a numbered table; names cannot break out of it', () => {
    const page = teardownPage(planTeardown(everything({ principals: found(new Set([certificate('d')])), template: found({ name: 'a|b', arn: 'x' }), stack: found({ id: 's', name: 'Fleet', status: 'UPDATE_IN_PROGRESS', resources: [] }) })));
    for (const pattern of [/account 111122223334, eu-west-1\. Nothing has been changed yet/, /## Devices in the field: 1/, /## What stands in the way\n\n- Fleet/, /\| 4 \| provisioning template \| a\\\|b \|/, /## ARNs by number\n\n- 1: arn:aws:iot:eu-west-1:111122223334:cert\/\w+\n/]) assert.match(page, pattern);
  });

  it('shows the first fifty test devices and counts the others', () => {
    const many = Array.from({ length: 60 }, (_, index) => test('a', `test-${index}`));
    const page = teardownPage(planTeardown({ scope: 'testDevices', target, testDevices: many }));
    assert.match(page, /test-49 /);
    assert.doesNotMatch(page, /test-50 /);
    assert.match(page, /and 10 more/);
  });
});
