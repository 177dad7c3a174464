import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AgentTools } from '../../src/agents/agentTools';
import { AgentToolNames, type AgentToolName } from '../../src/ids';
import { FleetHost } from '../helpers/fleetHost';
import { writeWorkspaceFile } from '../helpers/vscodeHost';

type Answer = Readonly<Record<string, unknown>>;

describe('Tools for language models', function () {
  this.timeout(120_000);
  let host: FleetHost;
  before(async () => {
    host = await FleetHost.start();
  });
  after(async () => host.stop());
  beforeEach(async () => host.clear());

  /** As an agent calls it: through VS Code. */
  const call = async (name: AgentToolName, input: object): Promise<Answer> => {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return JSON.parse(part.value) as Answer;
  };
  /** The tool itself: VS Code would ask a person in a dialog of its own first. */
  const direct = (): AgentTools => {
    const { container } = host.api;
    const { session, steps } = container.services;
    const { registry, views } = container.userInterface;
    return new AgentTools({ session, steps, registry, refresh: async () => views.refresh() });
  };

  it('VS Code knows each of them', () => {
    const known = vscode.lm.tools.map(({ name }) => name);
    for (const name of Object.values(AgentToolNames)) assert.ok(known.includes(name), name);
  });

  it('without a connection: what needs none works, the others say so', async () => {
    assert.deepEqual([(await call(AgentToolNames.status, {}))['connected']], [false]);
    const list = await call(AgentToolNames.listFleet, { kind: 'things' });
    assert.equal(list['connected'], false);
    assert.match(String(list['message']), /no connection to AWS/);
    const explained = await call(AgentToolNames.explain, { text: '{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "iot:Conect", "Resource": "*" } }' });
    assert.ok((explained['findings'] as readonly { code: string }[]).some(({ code }) => code === 'unknownAction'));
    writeWorkspaceFile('agents.iot-policy.json', '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "iot:Publish", "Resource": "*" }] }');
    assert.equal((await call(AgentToolNames.simulate, { file: 'agents.iot-policy.json', action: 'iot:Publish', resource: 'a', clientId: 'b' }))['outcome'], 'allowed');
    assert.equal((JSON.parse(await direct().invoke(AgentToolNames.provision, {}, new AbortController().signal)) as Answer)['outcome'], 'nothingDone');
  });

  it('read no file outside of the workspace, and none that is no JSON', async () => {
    for (const file of ['/etc/passwd', '../outside.json', 'claim-certs/claim.private.pem.key']) await assert.rejects(direct().invoke(AgentToolNames.explain, { file }, new AbortController().signal), /is no JSON file of the workspace/);
    await assert.rejects(direct().invoke(AgentToolNames.explain, { file: 'gone.json' }, new AbortController().signal), /There is no file gone\.json/);
  });

  it('tell the state of the steps and list the account, without anything secret', async () => {
    await host.doSteps('rolesStack', 'roleAlias');
    const status = await call(AgentToolNames.status, {});
    const steps = status['steps'] as readonly { step: string; status: string }[];
    assert.deepEqual(steps.map(({ step, status: is }) => [step, is]), [['rolesStack', 'done'], ['roleAlias', 'done'], ['iotPolicy', 'notStarted'], ['provisioningTemplate', 'notStarted'], ['claimCertificate', 'notStarted']]);
    const list = await call(AgentToolNames.listFleet, { kind: 'roleAliases', limit: 1 });
    assert.deepEqual(list['items'], [host.steps.names().roleAliasName]);
    assert.ok(!JSON.stringify([status, list]).includes(host.sandbox.info.secretAccessKey));
    assert.ok(!JSON.stringify([status, list]).includes(host.sandbox.info.accessKeyId));
  });

  it('provision only after the plan, and after our own question with the account in it', async () => {
    await host.connect();
    await call(AgentToolNames.status, {});
    const tools = direct();
    const { confirmationMessages } = tools.prepare(AgentToolNames.provision);
    const plan = confirmationMessages?.message;
    assert.ok(plan instanceof vscode.MarkdownString);
    const { account, region } = host.session.current!.target;
    assert.ok(plan.value.includes(account) && plan.value.replaceAll('\\', '').includes(region), plan.value);
    assert.match(plan.value, /^- Roles stack: No stack /m);
    for (const name of Object.values(AgentToolNames)) if (name !== AgentToolNames.provision) assert.equal(tools.prepare(name).confirmationMessages, undefined, name);
    const run = async (): Promise<Answer> => JSON.parse(await tools.invoke(AgentToolNames.provision, {}, new AbortController().signal)) as Answer;
    host.window.expect({ match: /missing\?/, answer: undefined });
    assert.equal((await run())['outcome'], 'cancelled');
    assert.equal((await host.counts()).aliases, 0);
    host.window.expect({ match: /missing\?/, answer: 'Provision' });
    const done = await run();
    assert.equal(done['outcome'], 'done');
    assert.ok((done['steps'] as readonly { status: string }[]).every(({ status }) => status === 'done'), JSON.stringify(done));
    assert.equal((await host.counts()).aliases, 1);
    host.assertAllAsked();
  });
});
