import assert from 'node:assert/strict';
import { fleetKinds, FleetPages } from '../../../src/agents/fleetPages';
import { explainFindings } from '../../../src/agents/explainFindings';
import { simulateRequest } from '../../../src/agents/simulateRequest';
import { templateDocument } from '../../../src/core/provisioning/templateDocument';
import type { Connection } from '../../../src/core/ports/connection';
import manifest from '../../../package.json';
import { AgentToolNames } from '../../../src/ids';

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Connects', Effect: 'Allow', Action: 'iot:Connect', Resource: 'arn:aws:iot:eu-central-1:210987654329:client/${iot:Connection.Thing.ThingName}' },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: 'arn:aws:iot:eu-central-1:210987654329:topic/data/*' },
    { Sid: 'NoSecrets', Effect: 'Deny', Action: 'iot:Publish', Resource: 'arn:aws:iot:eu-central-1:210987654329:topic/data/secret' },
  ],
}, undefined, 1);
const none = { name: '', kind: undefined, target: undefined, policyRules: {}, templateRules: {} } as const;

describe('What a language model is told', () => {
  it('of a finding: what, where, why, how it is mended, and who says so', () => {
    const { findings, kind, count } = explainFindings('{\n "Version": "2012-10-17",\n "Statement": [{ "Effect": "Allow", "Action": "iot:Conect", "Resource": "*" }] }', none);
    assert.equal(kind, 'policy');
    assert.equal(count, findings.length);
    const finding = findings.find(({ code }) => code === 'unknownAction');
    assert.deepEqual([finding?.severity, finding?.line, finding?.column, finding?.markedText], ['warning', 3, 48, 'iot:Conect']);
    assert.match(finding?.explanation ?? '', /iot:Connect/);
    assert.match(finding?.documentation ?? '', /^https:\/\/docs\.aws\.amazon\.com\//);
    assert.deepEqual(finding?.fixes[0]?.changes, [{ line: 3, column: 48, replaces: 'iot:Conect', with: 'iot:Connect' }]);
  });

  it('of templates as well, by their contents, with the rules and the account of the editor', () => {
    assert.deepEqual(explainFindings(templateDocument({ iotPolicyName: 'a', thingGroupName: 'b' }), none), { kind: 'template', comparedWithAccount: false, count: 0, findings: [] });
    assert.equal(explainFindings('{ "Resources": {} }', none).kind, 'template');
    const codes = (options: object): readonly string[] => explainFindings(policy, { ...none, ...options }).findings.map(({ code }) => code);
    assert.ok(codes({ target: { partition: 'aws', region: 'us-east-1', account: '210987654329' } }).includes('regionMismatch'));
    assert.deepEqual(explainFindings('{ "Statement": [] }', { ...none, policyRules: { missingVersion: 'off', emptyList: 'off' } }).findings.filter(({ code }) => code === 'missingVersion'), []);
  });

  it('never more than a model can use, and of any text', () => {
    const many = JSON.stringify({ Version: '2012-10-17', Statement: Array.from({ length: 100 }, () => ({ Effect: 'no' })) });
    const { count, findings } = explainFindings(many, none);
    assert.ok(count > 50);
    assert.equal(findings.length, 50);
    assert.ok(explainFindings('['.repeat(1_000_000), none).count > 0);
    assert.ok(explainFindings('', none).count > 0);
  });

  it('never a long answer, whatever the document holds', () => {
    const long = (count: number, length: number): string => JSON.stringify({ Version: '2012-10-17', Statement: Array.from({ length: count }, (_, index) => ({ Effect: 'Allow', Action: `iot:${String(index)}${'x'.repeat(length)}`, Resource: `topic/${'y'.repeat(length)}` })) });
    for (const text of [long(1, 190_000), long(40, 4_000), long(1, 3_500)]) {
      const answer = explainFindings(text, none);
      assert.ok(answer.findings.length > 0);
      assert.ok(JSON.stringify(answer).length < 80_000);
    }
  });

  it('of a request: the outcome, the statement that decides, or the smallest that would allow it', () => {
    const ask = (input: Parameters<typeof simulateRequest>[1]) => simulateRequest(policy, input, undefined);
    const pump = { thingName: 'pump-1' };
    assert.deepEqual(ask({ ...pump, action: 'iot:Connect' }).decidedBy, { statementIndex: 0, sid: 'Connects', line: 4 });
    assert.equal(ask({ ...pump, action: 'iot:Connect', clientId: 'other' }).outcome, 'implicitDeny');
    assert.deepEqual(ask({ ...pump, action: 'iot:Connect', clientId: 'other' }).variablesWithoutValue, ['iot:Connection.Thing.ThingName']);
    assert.equal(ask({ ...pump, action: 'iot:Publish', resource: 'data/a' }).outcome, 'allowed');
    assert.equal(ask({ ...pump, action: 'iot:Publish', resource: 'arn:aws:iot:eu-central-1:210987654329:topic/data/a' }).outcome, 'allowed');
    assert.deepEqual([ask({ ...pump, action: 'iot:Publish', resource: 'data/secret' })].map(({ outcome, decidedBy }) => [outcome, decidedBy?.sid]), [['explicitDeny', 'NoSecrets']]);
    assert.deepEqual(ask({ ...pump, action: 'iot:Subscribe', resource: 'a/#' }).smallestStatementThatWouldAllow, { Effect: 'Allow', Action: 'iot:Subscribe', Resource: 'arn:aws:iot:eu-central-1:210987654329:topicfilter/a/#' });
    assert.deepEqual(ask({ action: 'greengrass:GetDeploymentConfiguration' }).checked, { action: 'greengrass:GetDeploymentConfiguration', resource: '*' });
    assert.equal(simulateRequest('no policy', { action: 'iot:Connect', clientId: 'a' }, undefined).outcome, 'implicitDeny');
  });
});

describe('Lists for language models', () => {
  const { signal } = new AbortController();
  let asked = 0;
  const account = (count: number): Connection =>
    ({
      iot: {
        listThings: async function* () {
          for (let index = 0; index < count; index += 1) {
            asked += 1;
            yield await Promise.resolve({ name: `thing-${index}` });
          }
        },
      },
    }) as unknown as Connection;

  it('come in pages that follow each other, without reading what nobody asked for', async () => {
    asked = 0;
    const pages = new FleetPages();
    const connection = account(1000);
    const first = await pages.page(connection, 'things', 3, undefined, signal);
    assert.deepEqual(first?.items, [{ name: 'thing-0' }, { name: 'thing-1' }, { name: 'thing-2' }]);
    assert.equal(asked, 4);
    const second = await pages.page(connection, 'things', 2, first.next, signal);
    assert.deepEqual(second?.items, [{ name: 'thing-3' }, { name: 'thing-4' }]);
    assert.equal(await pages.page(connection, 'things', 2, first.next, signal), undefined, 'each next is good once');
    assert.equal(await pages.page(account(10), 'things', 2, second.next, signal), undefined, 'not for another connection');
  });

  it('end, and are never longer than a model can use', async () => {
    const pages = new FleetPages();
    assert.deepEqual(await pages.page(account(3), 'things', 3, undefined, signal), { items: [{ name: 'thing-0' }, { name: 'thing-1' }, { name: 'thing-2' }] });
    assert.deepEqual(await pages.page(account(0), 'things', undefined, undefined, signal), { items: [] });
    assert.equal((await pages.page(account(1000), 'things', 1e9, undefined, signal))?.items.length, 100);
    assert.equal((await pages.page(account(1000), 'things', undefined, undefined, signal))?.items.length, 25);
    await assert.rejects(pages.page(account(5), 'things', 5, undefined, AbortSignal.abort()), { name: 'AbortError' });
  });
});

describe('The manifest, for language models', () => {
  const tools = manifest.contributes.languageModelTools;
  it('offers exactly the tools of ids.ts, with texts and a closed schema', () => {
    assert.deepEqual(tools.map(({ name }) => name).sort(), Object.values(AgentToolNames).sort());
    for (const { name, modelDescription, inputSchema } of tools) {
      assert.ok(modelDescription.length > 100, name);
      assert.equal(inputSchema.additionalProperties, false, name);
    }
  });

  it('offers the kinds of lists that there are', () => {
    assert.deepEqual(tools.find(({ name }) => name === AgentToolNames.listFleet)?.inputSchema.properties.kind?.enum, [...fleetKinds]);
  });
});
