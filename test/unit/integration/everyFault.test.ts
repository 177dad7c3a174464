import assert from 'node:assert/strict';
import { stepIds } from '../../../src/core/provisioning/steps';
import { WorkspaceFileNames } from '../../../src/ids';
import { changeClaim, claimChanges, claimsOffered } from '../../../src/services/lifecycle/claimLife';
import { deleteVersions, makeDefaultVersion, templateWithVersions } from '../../../src/services/lifecycle/templateLife';
import { changeParameters } from '../../../src/services/steps/changeParameters';
import { callFaults, type CallFault } from '../../helpers/faultProxy';
import { FaultWorld, type FlowRun } from '../../helpers/faultWorld';
import { workshopNames as names } from '../../helpers/workshop';

interface Flow {
  readonly name: string;
  /** What the flow starts from. */
  readonly before?: (run: FlowRun) => Promise<void>;
  readonly run: (run: FlowRun) => Promise<void>;
}

async function change({ files }: FlowRun, file: string, edit: (text: string) => string): Promise<void> {
  const text = (await files.read(file)) ?? '';
  assert.notEqual(edit(text), text);
  await files.write(file, edit(text));
}

async function withChangedTemplate(run: FlowRun): Promise<void> {
  await everything(run);
  await change(run, WorkspaceFileNames.provisioningTemplate, (text) => text.replace('"Parameters": {', '"Parameters": {\n    "Extra": { "Type": "String", "Default": "x" },'));
}

const publishTemplate = async (run: FlowRun): Promise<void> => run.steps.run('provisioningTemplate', run);
const everything = async (run: FlowRun): Promise<void> => run.steps.provisionEverything(run);
const flows: readonly Flow[] = [
  {
    name: 'the five steps one by one',
    run: async (run) => {
      for (const step of stepIds) await run.steps.run(step, run);
    },
  },
  { name: 'Provision Everything', run: everything },
  {
    name: 'a changed policy is published',
    before: async (run) => {
      await everything(run);
      await change(run, WorkspaceFileNames.iotPolicy, (text) => text.replace('"Version"', '"Id": "changed",\n  "Version"'));
    },
    run: async (run) => run.steps.run('iotPolicy', run),
  },
  { name: 'a changed template is published', before: withChangedTemplate, run: publishTemplate },
  {
    name: 'an older template version becomes the default',
    before: async (run) => {
      await withChangedTemplate(run);
      await publishTemplate(run);
    },
    run: async (run) => makeDefaultVersion(run, names.templateName, 1),
  },
  {
    name: 'template versions are pruned',
    before: async (run) => {
      await withChangedTemplate(run);
      await publishTemplate(run);
    },
    run: async (run) => {
      const { versions } = await templateWithVersions(run, names.templateName);
      await deleteVersions(run, names.templateName, versions.filter((version) => !version.isDefault).map((version) => version.versionId));
    },
  },
  {
    name: 'the stack gets another value of a parameter',
    before: async (run) => run.steps.run('rolesStack', run),
    run: async (run) => {
      // The look at the changes stands first, once there is one.
      run.ui.choices = [{ title: /Which parameter/, label: /^(Show what|MaxSessionDuration)/ }];
      run.ui.inputs = [{ title: /Stack parameter MaxSessionDuration/, value: '7200' }];
      await changeParameters({ ...run, stackName: names.stackName });
    },
  },
  {
    name: 'a claim certificate is made inactive',
    before: everything,
    run: async (run) => {
      for (const certificate of (await claimsOffered(run, names.claimPolicyName)).claims) if (claimChanges(certificate).includes('deactivate')) await changeClaim(run, certificate, 'deactivate');
    },
  },
];

/** GREENGRASS_FLEET_EVERY_FAULT=1 has every fault at every call (minutes); else faults that come to the same take turns. */
const all = process.env['GREENGRASS_FLEET_EVERY_FAULT'] !== undefined;
/** A stack is asked again and again until it is at rest: the first rounds stand for the others. */
const occurrences = all ? 3 : 1;
const occurrenceOf = (call: string): number => Number(call.slice(call.lastIndexOf('#') + 1));
const isRead = (call: string): boolean => /^(GET|Describe|List|Get|Validate|POST \/(attached-policies|policy-targets))/.test(call);
/** The call has no effect: all these leave the account alike. */
const refusals: readonly CallFault[] = ['throttled', 'broken', 'denied', 'cut'];

/** A read changes nothing: its lost answer is a cut connection. */
function faultsOf(call: string, turn: number): readonly CallFault[] {
  const alike: readonly CallFault[] = isRead(call) ? [...refusals, 'killed'] : refusals;
  const others = callFaults.filter((fault) => !refusals.includes(fault));
  const ofTurn = all ? alike : alike.filter((_, at) => at === turn % alike.length);
  return isRead(call) ? ofTurn : [...ofTurn, ...others];
}

describe('every call of every flow goes wrong once, and the next try ends as if it had not', function () {
  this.timeout(all ? 1_200_000 : 180_000);
  const { random } = Math;
  before(() => {
    // The SDK draws its pauses between retries from 0 to a limit (full jitter): here it always draws 0.
    Math.random = () => 0;
  });
  after(() => {
    Math.random = random;
  });

  for (const [number, flow] of flows.entries()) {
    it(flow.name, async () => {
      const world = await FaultWorld.start();
      const begin = async (): Promise<void> => {
        await world.empty();
        if (flow.before !== undefined) assert.equal((await world.run(flow.before)).error, undefined);
      };
      const failures: string[] = [];
      try {
        await begin();
        const { calls, error } = await world.run(flow.run);
        assert.equal(error, undefined);
        const expected = await world.dump();
        for (const [at, call] of calls.filter((name) => occurrenceOf(name) <= occurrences).entries()) {
          for (const fault of faultsOf(call, at + number)) {
            await begin();
            const first = await world.run(flow.run, { call, fault });
            const second = first.error === undefined ? undefined : (await world.run(flow.run)).error;
            const end = await world.dump();
            if (!first.hit) failures.push(`${fault} ${call}: the call was not made`);
            else if (second !== undefined) failures.push(`${fault} ${call}: the next try: ${String(second)}`);
            else if (end !== expected) failures.push(`${fault} ${call}: ${difference(expected, end)}`);
          }
        }
      } finally {
        await world.close();
      }
      assert.deepEqual(failures, []);
    });
  }
});

function difference(expected: string, actual: string): string {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const short = (mark: string, lines: readonly string[]): string[] => lines.map((line) => `\n   ${mark} ${line.slice(0, 300)}`);
  return [...short('-', before.filter((line) => !after.includes(line))), ...short('+', after.filter((line) => !before.includes(line)))].join('') || 'lines are there twice';
}
