import * as vscode from 'vscode';
import { FleetError } from '../../core/errors';
import { policyTestsSuffix, testFileNameFor } from '../../core/policy/tests/format';
import type { Disposable } from '../../core/util/emitter';
import { WorkspaceFileNames } from '../../ids';
import { isPolicyDocument } from '../policySelector';
import type { CreatePolicyTestsDeps } from './createPolicyTests';
import type { PolicyTests } from './policyTests';

/**
 * Policy tests, loaded with the first policy or test file. Not at activation: a test controller puts the Test Explorer
 * into the activity bar of every window, and searching a workspace for test files costs more than most windows have
 * use for. Tests beside the policy of the steps are found without a search.
 */
export class LazyPolicyTests implements Disposable {
  private readonly listeners: vscode.Disposable[] = [];
  private loading: Promise<PolicyTests> | undefined;
  private disposed = false;

  constructor(
    private readonly deps: CreatePolicyTestsDeps,
    /** Told what nobody waits for. */
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.listeners.push(vscode.workspace.onDidOpenTextDocument((document) => this.look(document)));
    for (const document of vscode.workspace.textDocuments) this.look(document);
    void this.lookBesideSteps();
  }

  /** The tests; loaded now unless they are there. */
  async tests(): Promise<PolicyTests> {
    this.loading ??= this.load();
    return this.loading;
  }

  /** `greengrassFleet.createPolicyTests`: argument Uri of a policy, or nothing. */
  async create(argument?: unknown): Promise<vscode.Uri> {
    const { createPolicyTests } = await import(/* webpackChunkName: "policyTests" */ './createPolicyTests');
    const file = await createPolicyTests(this.deps, argument);
    await (await this.tests()).discover();
    return file;
  }

  /** `greengrassFleet.runPolicyTests`: runs all tests of the workspace, in view of the person. */
  async runAll(): Promise<{ readonly passed: number; readonly failed: number; readonly errored: number }> {
    const tests = await this.tests();
    const report = await tests.runAll();
    if (report === undefined) {
      throw new FleetError(vscode.l10n.t('There are no policy tests in this workspace.'), {
        category: 'file',
        code: 'noPolicyTests',
        advice: vscode.l10n.t('Open a policy and create some with the command “Create Policy Tests”.'),
      });
    }
    await vscode.commands.executeCommand('workbench.panel.testResults.view.focus');
    const { passed, failed, errored } = report;
    return { passed, failed, errored };
  }

  dispose(): void {
    this.disposed = true;
    this.stopLooking();
    this.loading?.then((tests) => tests.dispose()).catch(() => undefined);
  }

  private async load(): Promise<PolicyTests> {
    try {
      const { PolicyTests } = await import(/* webpackChunkName: "policyTests" */ './policyTests');
      // A window that closes meanwhile must not find new providers.
      if (this.disposed) throw new vscode.CancellationError();
      this.stopLooking();
      return new PolicyTests(this.onFailure);
    } catch (error) {
      this.loading = undefined;
      throw error;
    }
  }

  private look(document: vscode.TextDocument): void {
    if (this.loading === undefined && (document.uri.path.endsWith(policyTestsSuffix) || isPolicyDocument(document))) this.begin();
  }

  private async lookBesideSteps(): Promise<void> {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      const file = vscode.Uri.joinPath(uri, testFileNameFor(WorkspaceFileNames.iotPolicy));
      const there = await vscode.workspace.fs.stat(file).then(() => true, () => false);
      if (there && this.loading === undefined && !this.disposed) this.begin();
    }
  }

  private begin(): void {
    this.tests().catch((error: unknown) => {
      if (!this.disposed) this.onFailure(error);
    });
  }

  private stopLooking(): void {
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }
}
