/** The running extension on a sandbox of the test's own, with the few things that tests of commands do all the time. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Connection } from '../../src/core/ports/connection';
import type { StepId } from '../../src/core/provisioning/steps';
import { Commands, type CommandId } from '../../src/ids';
import type { CommandOutcome } from '../../src/platform/commands';
import type { ScriptedWindow, ShownPrompt } from '../../src/platform/scriptedWindow';
import type { TestApi } from '../../src/testApi';
import { activateExtension, cleanWorkspace, eventually, SandboxProcess, selectSandbox, writeAwsFiles, writeWorkspaceFile } from './vscodeHost';

/** The command of each step, the question it asks on an empty account, and the button that agrees. */
export const stepCommands = {
  rolesStack: { command: Commands.deployRolesStack, question: /Create the stack/, agree: 'Create Stack' },
  roleAlias: { command: Commands.createRoleAlias, question: /Create the role alias/, agree: 'Create Role Alias' },
  iotPolicy: { command: Commands.publishPolicy, question: /Create the IoT policy/, agree: 'Create Policy' },
  provisioningTemplate: { command: Commands.deployTemplate, question: /Create the provisioning template/, agree: 'Create Template' },
  claimCertificate: { command: Commands.createClaimCertificate, question: /Create the claim certificate/, agree: 'Create Certificate' },
} as const satisfies Readonly<Record<StepId, { command: CommandId; question: RegExp; agree: string }>>;

/** How many of each kind the account holds, asked of the sandbox itself. */
export type AccountCounts = Readonly<Record<'aliases' | 'policies' | 'policyVersions' | 'templates' | 'templateVersions' | 'groups' | 'certificates', number>>;

export class FleetHost {
  private constructor(
    readonly api: TestApi,
    readonly sandbox: SandboxProcess,
  ) {}

  static async start(...sandboxArguments: readonly string[]): Promise<FleetHost> {
    const api = await activateExtension<TestApi>();
    return new FleetHost(api, await SandboxProcess.start({ args: sandboxArguments.length > 0 ? sandboxArguments : ['--resource-delay', '0'] }));
  }

  get window(): ScriptedWindow {
    return this.api.window;
  }

  get session(): TestApi['container']['services']['session'] {
    return this.api.container.services.session;
  }

  get steps(): TestApi['container']['services']['steps'] {
    return this.api.container.services.steps;
  }

  get ownSandbox(): TestApi['container']['services']['sandbox'] {
    return this.api.container.services.sandbox;
  }

  /** Runs a command behind its error boundary. */
  async outcome(id: CommandId, ...args: readonly unknown[]): Promise<CommandOutcome> {
    return this.api.container.userInterface.registry.run(id, ...args);
  }

  /** Runs a command that has to succeed; the error message is what a failed test shows. */
  async done(id: CommandId, ...args: readonly unknown[]): Promise<void> {
    const outcome = await this.outcome(id, ...args);
    assert.equal(outcome, 'done', `${id}: ${this.errors().map((prompt) => prompt.title).join('; ')} ${this.window.problems.join('; ')}`);
  }

  /** Runs a command that has to fail with one message; answers the message. */
  async failed(id: CommandId, ...args: readonly unknown[]): Promise<ShownPrompt> {
    const before = this.errors().length;
    assert.equal(await this.outcome(id, ...args), 'failed', id);
    return eventually(() => this.errors()[before] ?? false, { what: `the message of ${id}` });
  }

  /** Runs a command that a person gives up: that is silent. */
  async cancelled(id: CommandId, ...args: readonly unknown[]): Promise<void> {
    const before = this.errors().length;
    assert.equal(await this.outcome(id, ...args), 'cancelled', `${id}: ${this.errors().map((prompt) => prompt.title).join('; ')}`);
    assert.equal(this.errors().length, before, 'a cancel shows nothing');
  }

  errors(): readonly ShownPrompt[] {
    return this.window.shown.filter((prompt) => prompt.severity === 'error');
  }

  /** A profile that leads to the sandbox, and the connection with it. */
  async connect(): Promise<Connection> {
    selectSandbox(this.sandbox.info);
    return this.session.use({ kind: 'profile', profile: 'sandbox' });
  }

  /** Connects and does these steps one by one, each with its one question. */
  async doSteps(...ids: readonly StepId[]): Promise<Connection> {
    const connection = await this.connect();
    for (const id of ids) {
      const { command, question, agree } = stepCommands[id];
      this.window.expect({ match: question, answer: agree });
      await this.done(command);
    }
    return connection;
  }

  async counts(): Promise<AccountCounts> {
    const { iot } = await this.session.connection();
    const names = this.steps.names();
    const exists = async (found: Promise<unknown>): Promise<boolean> => (await found) !== undefined;
    return {
      aliases: await count(iot.listRoleAliases()),
      policies: await count(iot.listPolicies()),
      policyVersions: (await exists(iot.getPolicy(names.iotPolicyName))) ? (await iot.listPolicyVersions(names.iotPolicyName)).length : 0,
      templates: await count(iot.listProvisioningTemplates()),
      templateVersions: (await exists(iot.describeProvisioningTemplate(names.templateName))) ? await count(iot.listProvisioningTemplateVersions(names.templateName)) : 0,
      groups: await count(iot.listThingGroups()),
      certificates: await count(iot.listCertificates()),
    };
  }

  /** Before each test: nothing connected or pinned, nothing in the folder, nothing in the account. */
  async clear(): Promise<void> {
    this.window.reset();
    this.session.disconnect();
    const { regions } = this.api.container.services;
    for (const region of regions.pinned) await regions.unpin(region);
    // VS Code keeps a closed document that has changes, and then does not look at the disk any more.
    await vscode.workspace.saveAll(false);
    await cleanWorkspace();
    await this.sandbox.reset();
  }

  /** Everything asked was expected, and everything expected was asked. */
  assertAllAsked(): void {
    assert.deepEqual(this.window.reset(), []);
  }

  async stop(): Promise<void> {
    this.session.disconnect();
    await cleanWorkspace();
    writeAwsFiles('', '');
    await this.sandbox.stop();
  }
}

async function count(list: AsyncIterable<unknown>): Promise<number> {
  const iterator = list[Symbol.asyncIterator]();
  let found = 0;
  while ((await iterator.next()).done !== true) found += 1;
  return found;
}

/**
 * Writes a file of the workspace and waits until VS Code shows this text: it keeps closed documents in memory for
 * minutes, also those of the test before.
 */
export async function writeShown(name: string, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(writeWorkspaceFile(name, text));
  await eventually(() => assert.equal(document.getText(), text));
  return document;
}

/** Replaces one property of VS Code's API object, which the extension shares with the tests, while `work` runs. */
export async function withHostFact<K extends 'isTrusted' | 'workspaceFolders'>(name: K, value: (typeof vscode.workspace)[K], work: () => Promise<void>): Promise<void> {
  const original = Object.getOwnPropertyDescriptor(vscode.workspace, name);
  assert.ok(original?.configurable, `vscode.workspace.${name} can be replaced`);
  Object.defineProperty(vscode.workspace, name, { configurable: true, enumerable: true, get: () => value });
  try {
    await work();
  } finally {
    Object.defineProperty(vscode.workspace, name, original);
  }
}
