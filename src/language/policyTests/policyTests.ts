import * as vscode from 'vscode';
import { PolicyTestRunner, type CaseOutcome } from '../../core/policy/tests/run';
import { EXTENSION_PREFIX } from '../../ids';
import { messageOf } from './testMessages';
import { diagnosticsOf, isPolicyTests, loadTests, policyTestsGlob, sameTests, type LoadedTests } from './testFiles';
import { Watchers } from './watchers';

const debounceMilliseconds = 200;
/** Between these many tests others get their turn. */
const testsAtOnce = 200;

/** How a run ended. */
export interface RunReport {
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly results: readonly { readonly item: vscode.TestItem; readonly outcome: CaseOutcome; readonly message: vscode.TestMessage | undefined }[];
}

/** Policy tests in the Test Explorer. */
export class PolicyTests implements vscode.Disposable {
  readonly controller = vscode.tests.createTestController(`${EXTENSION_PREFIX}.policyTests`, vscode.l10n.t('IoT policy tests'));
  readonly profile: vscode.TestRunProfile;
  private readonly diagnostics = vscode.languages.createDiagnosticCollection(`${EXTENSION_PREFIX}.policyTests`);
  private readonly loaded = new Map<string, LoadedTests>();
  private readonly turns = new Map<string, number>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly continuous = new Set<vscode.TestRunRequest>();
  private readonly watchers = new Watchers((uri) => this.later(uri));
  private readonly disposables: { dispose(): unknown }[] = [];
  private readonly finished = new vscode.EventEmitter<RunReport>();
  /** Every run that has ended, whoever asked for it. */
  readonly onDidRun = this.finished.event;

  constructor(private readonly onFailure: (error: unknown) => void) {
    const run = async (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> => this.asked(request, token);
    this.profile = this.controller.createRunProfile(vscode.l10n.t('Run'), vscode.TestRunProfileKind.Run, run, true, undefined, true);
    this.controller.resolveHandler = async (item) => {
      if (item === undefined) await this.discover();
      else await this.load(item);
    };
    this.controller.refreshHandler = async () => this.discover();
    const files = vscode.workspace.createFileSystemWatcher(policyTestsGlob);
    const changed = (uri: vscode.Uri): void => this.later(uri);
    this.disposables.push(
      this.controller, this.profile, this.diagnostics, this.watchers, this.finished, files,
      files.onDidCreate(changed), files.onDidChange(changed), files.onDidDelete(changed),
      vscode.workspace.onDidOpenTextDocument((document) => { if (isPolicyTests(document.uri)) changed(document.uri); }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => changed(document.uri)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.diagnostics.delete(document.uri);
        changed(document.uri);
      }),
    );
    for (const { uri } of vscode.workspace.textDocuments) if (isPolicyTests(uri)) changed(uri);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }

  /** Finds the test files of the workspace; each is read when somebody looks at it or runs it. */
  async discover(): Promise<void> {
    const found = await vscode.workspace.findFiles(policyTestsGlob, '**/node_modules/**');
    for (const uri of found) this.itemOf(uri);
    const known = new Set(found.map(String));
    for (const [id, item] of this.controller.items) if (!known.has(id) && item.uri !== undefined && (await this.load(item)) === undefined) this.forget(item.uri);
  }

  /** Runs all tests of the workspace. Undefined when there are none. */
  async runAll(): Promise<RunReport | undefined> {
    await this.discover();
    if (this.controller.items.size === 0) return undefined;
    return this.run(new vscode.TestRunRequest(undefined, undefined, this.profile));
  }

  private async asked(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (request.continuous !== true) {
      await this.run(request);
      return;
    }
    this.continuous.add(request);
    token.onCancellationRequested(() => this.continuous.delete(request));
    // What has never been read is not watched either.
    if (request.include === undefined) await this.discover();
    for (const item of request.include ?? [...this.controller.items].map(([, file]) => file)) await this.load(fileOf(item));
  }

  private async run(request: vscode.TestRunRequest): Promise<RunReport> {
    const run = this.controller.createTestRun(request);
    const results: RunReport['results'][number][] = [];
    let skipped = 0;
    try {
      const wanted = request.include ?? [...this.controller.items].map(([, item]) => item);
      for (const file of new Set(wanted.map(fileOf))) {
        const tests = await this.load(file);
        const items = [...file.children].map(([, item]) => item).filter((item) => chosen(item, wanted) && !chosen(item, request.exclude ?? []));
        if (tests === undefined) continue;
        const runner = new PolicyTestRunner(tests.file, new Map([...tests.policies].flatMap(([path, { text }]) => (text === undefined ? [] : [[path, text]]))));
        const cases = new Map(tests.file.cases.map((one) => [one.id, one]));
        for (const [index, item] of items.entries()) {
          if (index % testsAtOnce === testsAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
          const one = cases.get(item.id);
          if (run.token.isCancellationRequested || one === undefined) {
            run.skipped(item);
            skipped += 1;
            continue;
          }
          run.started(item);
          const started = performance.now();
          const outcome = runner.run(one);
          const message = messageOf(outcome, tests);
          const took = performance.now() - started;
          if (message === undefined) run.passed(item, took);
          else if (outcome.kind === 'failed') run.failed(item, message, took);
          else run.errored(item, message, took);
          if (message !== undefined) run.appendOutput(`${outcome.kind === 'passed' ? '' : outcome.message}\r\n`, message.location, item);
          results.push({ item, outcome, message });
        }
      }
    } finally {
      run.end();
    }
    const count = (kind: CaseOutcome['kind']): number => results.filter(({ outcome }) => outcome.kind === kind).length;
    const report: RunReport = { passed: count('passed'), failed: count('failed'), errored: count('errored'), skipped, results };
    this.finished.fire(report);
    return report;
  }

  private itemOf(uri: vscode.Uri): vscode.TestItem {
    const id = uri.toString();
    const known = this.controller.items.get(id);
    if (known !== undefined) return known;
    const item = this.controller.createTestItem(id, vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    this.controller.items.add(item);
    return item;
  }

  private forget(uri: vscode.Uri): void {
    const id = uri.toString();
    this.controller.items.delete(id);
    this.loaded.delete(id);
    this.diagnostics.delete(uri);
    this.watchers.watch(id, []);
  }

  /** Reads a file again and shows it as it is now. Results of a file or policy that has changed are stale. */
  private async load(item: vscode.TestItem): Promise<LoadedTests | undefined> {
    const { uri } = item;
    if (uri === undefined) return undefined;
    const id = uri.toString();
    const turn = (this.turns.get(id) ?? 0) + 1;
    this.turns.set(id, turn);
    const tests = await loadTests(uri);
    // Somebody has begun to read it after us and sees what is newer.
    if (tests === undefined || this.turns.get(id) !== turn) return tests;
    const before = this.loaded.get(id);
    this.loaded.set(id, tests);
    this.show(item, tests);
    this.watchers.watch(id, [...tests.policies.values()].map((policy) => policy.uri));
    if (before !== undefined && !sameTests(before, tests)) this.controller.invalidateTestResults(item);
    return tests;
  }

  private show(item: vscode.TestItem, tests: LoadedTests): void {
    item.error = errorOf(tests.problems.map(({ message }) => message));
    const cases = tests.file.cases.map((one, index) => {
      const child = item.children.get(one.id) ?? this.controller.createTestItem(one.id, one.name, tests.uri);
      child.range = tests.positions.rangeOf(one.at);
      child.sortText = String(index).padStart(5, '0');
      child.error = errorOf(one.problems.map(({ message }) => message));
      child.description = one.asks?.expect ?? '';
      return child;
    });
    item.children.replace(cases);
    const open = vscode.workspace.textDocuments.some((document) => !document.isClosed && document.uri.toString() === item.id);
    if (open) this.diagnostics.set(tests.uri, diagnosticsOf(tests, vscode.l10n.t('IoT policy tests')));
  }

  private later(uri: vscode.Uri): void {
    const key = uri.toString();
    if (!isPolicyTests(uri) && !this.watchers.watches(key)) return;
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => {
      this.timers.delete(key);
      this.changed(uri).catch(this.onFailure);
    }, debounceMilliseconds));
  }

  private async changed(uri: vscode.Uri): Promise<void> {
    const files = isPolicyTests(uri) ? [uri] : this.watchers.usersOf(uri.toString()).map((id) => vscode.Uri.parse(id));
    for (const file of files) {
      const before = this.loaded.get(file.toString());
      const item = this.itemOf(file);
      const tests = await this.load(item);
      if (tests === undefined) this.forget(file);
      else if (before === undefined || !sameTests(before, tests)) await this.runAgain(item);
    }
  }

  private async runAgain(file: vscode.TestItem): Promise<void> {
    for (const request of this.continuous) {
      const all = request.include === undefined || request.include.includes(file);
      const items = all ? [file] : request.include.filter((item) => item.parent === file);
      if (items.length > 0) await this.run(new vscode.TestRunRequest(items, request.exclude, request.profile, true));
    }
  }
}

function fileOf(item: vscode.TestItem): vscode.TestItem {
  return item.parent ?? item;
}

function chosen(item: vscode.TestItem, among: readonly vscode.TestItem[]): boolean {
  return among.some((other) => other === item || other === item.parent || (other.id === item.id && other.parent === item.parent));
}

function errorOf(messages: readonly string[]): string | undefined {
  return messages.length === 0 ? undefined : messages.slice(0, 5).join('\n');
}
