import assert from 'node:assert/strict';
import type { Commands } from '../../../src/ids';
import { flows, type Flow } from '../../helpers/faultFlows';
import { callFaults, type CallFault } from '../../helpers/faultProxy';
import { FaultWorld } from '../../helpers/faultWorld';

/** GREENGRASS_FLEET_EVERY_FAULT=1 has every fault at every call (minutes); else the faults take turns, and each call has some. */
const all = process.env['GREENGRASS_FLEET_EVERY_FAULT'] !== undefined;
/** A stack is asked again and again until it is at rest: the first rounds stand for the others. */
const occurrences = all ? 3 : 1;
const occurrenceOf = (call: string): number => Number(call.slice(call.lastIndexOf('#') + 1));
const isRead = (call: string): boolean => /^(GET|Describe|List|Get|Validate|Simulate|POST \/(attached-policies|policy-targets))/.test(call);
/** The call has no effect: all these leave the account alike. */
const refusals: readonly CallFault[] = ['throttled', 'broken', 'denied', 'cut'];
const endings: readonly CallFault[] = callFaults.filter((fault) => !refusals.includes(fault));

/** A flow with more calls than these has one fault at each, unless all are wanted. */
const manyCalls = 40;

/** A read changes nothing: its lost answer is a cut connection. */
function faultsOf(call: string, turn: number, many: boolean): readonly CallFault[] {
  const refusal = refusals[turn % refusals.length] ?? 'cut';
  if (isRead(call)) return all ? [...refusals, 'killed'] : [turn % 5 === 4 ? 'killed' : refusal];
  if (all) return callFaults;
  return many ? [callFaults[turn % callFaults.length] ?? 'lostAnswer'] : [refusal, endings[turn % endings.length] ?? 'lostAnswer'];
}

describe('every call of every flow goes wrong once, and the next try ends as if it had not', function () {
  this.timeout(all ? 3_600_000 : 600_000);
  const { random } = Math;
  let world: FaultWorld;
  before(async () => {
    // The SDK draws its pauses between retries from 0 to a limit (full jitter): here it always draws 0.
    Math.random = () => 0;
    world = await FaultWorld.start();
  });
  after(async () => {
    Math.random = random;
    await world.close();
  });

  for (const [number, flow] of flows.entries()) {
    it(flow.name, async () => {
      await world.empty();
      if (flow.before !== undefined) assert.equal((await world.run(flow.before)).error, undefined);
      const start = await world.save();
      const { calls, error, told } = await world.run(flow.run);
      assert.equal(error, undefined);
      assert.equal(told !== undefined, flow.reads === true);
      const expected = { told, state: await world.dump() };
      const failures: string[] = [];
      const walked = calls.filter((name) => occurrenceOf(name) <= occurrences);
      for (const [at, call] of walked.entries()) {
        for (const fault of faultsOf(call, at + number, walked.length > manyCalls)) {
          const problem = await walk(flow, { call, fault }, start, expected);
          if (problem !== undefined) failures.push(`${fault} ${call}: ${problem}`);
        }
      }
      assert.deepEqual(failures, []);
      // A reader leaves nothing behind: one more run after all of them shows it.
      if (flow.reads === true) assert.deepEqual({ told: (await world.run(flow.run)).told, state: await world.dump() }, expected);
    });
  }

  /** Answers what is not as it is without the fault. */
  async function walk(flow: Flow, plan: { call: string; fault: CallFault }, start: Awaited<ReturnType<FaultWorld['save']>>, expected: { told: string | undefined; state: string }): Promise<string | undefined> {
    if (flow.reads === true) return walkReader(flow, plan, expected.told ?? '');
    await world.restore(start);
    const first = await world.run(flow.run, plan);
    // How often a state is asked for depends on how long it takes to be reached.
    const asksAgain = isRead(plan.call) && occurrenceOf(plan.call) > 1;
    if (!first.hit && !asksAgain) return 'the call was not made';
    const second = first.error === undefined ? undefined : await world.run(flow.run);
    if (second?.error !== undefined) return `the next try: ${String(second.error)}`;
    const state = await world.dump();
    return state === expected.state ? undefined : difference(expected.state, state);
  }

  /** What does not depend on the call is told as without the fault; anything else has to say what could not be read. */
  async function walkReader(flow: Flow, plan: { call: string; fault: CallFault }, expected: string): Promise<string | undefined> {
    const { hit, error, told = '' } = await world.run(flow.run, plan);
    if (!hit) return 'the call was not made';
    if (error !== undefined || told === expected || /not known|could not be read|injected/.test(told)) return undefined;
    return `nobody is told of it: ${difference(expected, told)}`;
  }

  it('has a flow for each command that changes an account, or a reason why it needs none', () => {
    const walked = new Set(flows.map(({ name }) => name));
    const named = Object.values(covered).flatMap((by) => (typeof by === 'string' ? [] : by));
    assert.deepEqual(named.filter((name) => !walked.has(name)), []);
    assert.deepEqual([...walked].filter((name) => !named.includes(name)), []);
  });
});

const noCall = 'asks AWS nothing';
const shows = 'shows what it reads, and an error in its place: the cases of the command hold that';
const connects = 'connects, which changes nothing: the cases of the command hold what becomes of a failure';
/** The flows that stand for a command, by name; or why it has none. The compiler asks for a line for each new command. */
const covered: Readonly<Record<keyof typeof Commands, readonly string[] | string>> = {
  provisionEverything: ['Provision Everything'],
  deployRolesStack: ['the five steps one by one'],
  createRoleAlias: ['the five steps one by one'],
  createPolicyFile: noCall,
  publishPolicy: ['the five steps one by one', 'a changed policy is published'],
  createTemplateFile: noCall,
  deployTemplate: ['the five steps one by one', 'a changed template is published'],
  previewTemplate: noCall,
  createClaimCertificate: ['the five steps one by one'],
  createDeviceConfiguration: ['files for devices are made'],
  createDeviceKit: ['files for devices are made'],
  provisionTestDevice: 'asks as a device does, over MQTT: testDevice.test.ts walks through its faults',
  provisionTestFleet: 'many test devices at once: testDevice.test.ts walks through the faults of one',
  cleanUpTestDevices: ['test devices are cleaned up'],
  manageTemplateVersions: ['an older template version becomes the default', 'template versions are pruned'],
  managePolicyVersions: ['an older policy version becomes the default', 'policy versions are pruned'],
  makeVersionDefault: ['an older template version becomes the default', 'an older policy version becomes the default'],
  deleteVersion: ['template versions are pruned', 'policy versions are pruned'],
  switchTemplate: ['the template is disabled'],
  checkHook: ['the hook is checked'],
  createHookPayload: shows,
  rotateClaimCertificate: ['the claim certificate is replaced'],
  changeClaimCertificate: ['a claim certificate is made inactive', 'a claim certificate is revoked'],
  resolvePlaceholders: 'one list is read, then one edit is made in the editor',
  resolvePlaceholder: 'one list is read, then one edit is made in the editor',
  comparePolicyWithDeployed: shows,
  compareTemplateWithDeployed: shows,
  publishFile: ['a policy file of another name is published', 'a template file of another name is published'],
  pullDeployed: 'one document is read, then one edit is made in the editor',
  createPolicyTests: noCall,
  runPolicyTests: noCall,
  simulatePolicy: noCall,
  compareSimulationWithAws: shows,
  showStackOutputs: shows,
  detectStackDrift: ['the drift of the stack is detected'],
  revertStackDrift: ['the drift of the stack is reverted'],
  preflight: ['the preflight'],
  showRelations: ['the relations of a policy', 'the preflight'],
  exportTemplate: ['the set-up is exported'],
  tearDown: ['everything is torn down'],
  tearDownClaim: ['one claim is torn down'],
  runTearDown: ['test devices are torn down', 'one claim is torn down', 'everything is torn down', 'a stack that is stuck is deleted without what failed', 'a stack that is stuck is deleted by force'],
  copyValue: noCall,
  copyName: noCall,
  openStepFile: noCall,
  findInFleet: shows,
  refresh: shows,
  loadMore: shows,
  chooseConnection: connects,
  chooseProfile: connects,
  chooseRegion: connects,
  switchRegion: connects,
  pinRegion: noCall,
  unpinRegion: noCall,
  signIn: connects,
  startSandbox: connects,
  stopSandbox: connects,
  resetSandbox: connects,
  watchCoreDevice: shows,
  updateRolesStack: ['the stack gets another value of a parameter'],
  filterCoreDevices: noCall,
  openInConsole: noCall,
  showLog: noCall,
};

function difference(expected: string, actual: string): string {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const short = (mark: string, lines: readonly string[]): string[] => lines.map((line) => `\n   ${mark} ${line.slice(0, 300)}`);
  return [...short('-', before.filter((line) => !after.includes(line))), ...short('+', after.filter((line) => !before.includes(line)))].join('') || 'lines are there twice';
}
