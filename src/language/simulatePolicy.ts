import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import type { Choice, Interaction } from '../core/ports/interaction';
import type { FleetSteps, SessionService } from '../core/ports/services';
import { parsePolicy } from '../core/policy/model';
import { simulate, targetOfPolicy, type SimulatedAnswer, type SimulatedQuestion } from '../core/policy/simulate';
import { insertStatement } from '../core/policy/simulateInsert';
import { asked, claimQuestions, coreDeviceQuestions, questionOf, suggestedValues, type QuestionKind } from '../core/policy/simulateQuestions';
import { simulationView, type AwsAnswers, type SimulationView } from '../core/policy/simulateView';
import { WorkspaceFileNames } from '../ids';
import { deployedScheme, parseDeployedUri } from '../platform/deployedUri';
import { refuseElsewhere } from '../platform/otherRegion';
import type { ProgressRunner } from '../platform/progress';
import { compareWithAws } from '../services/policyComparison';
import { isPolicyDocument, kindOf } from './policySelector';

export interface PolicySimulatorDeps {
  readonly session: SessionService;
  readonly steps: Pick<FleetSteps, 'names'>;
  readonly ui: Interaction;
  readonly progress: ProgressRunner;
  /** The thing that was asked about last in this workspace. */
  readonly lastThing: { get(): string | undefined; set(value: string): unknown };
  /** Where the result is shown. */
  readonly output: { readonly isOpen: boolean; show(view: SimulationView, bring: boolean): void };
}

interface Current {
  readonly uri: vscode.Uri;
  readonly questions: readonly SimulatedQuestion[];
  answers: readonly SimulatedAnswer[];
  aws?: AwsAnswers;
}

type Subject = QuestionKind | 'core' | 'claim';

/** Long enough that a word is typed, short enough to feel live. Milliseconds. */
const settle = 150;

/** Asks a policy what a device may do, and keeps the answers true while the file changes. */
export class PolicySimulator implements vscode.Disposable {
  private readonly listener = vscode.workspace.onDidChangeTextDocument((event) => this.changed(event.document));
  private current: Current | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deps: PolicySimulatorDeps) {}

  /**
   * Asks what the device does, as whom, and shows the answer beside the file. Works without a connection and writes nothing.
   *
   * @param argument the document: a Uri, or nothing for the active editor, else the policy shown last or the workspace's
   */
  async simulate(argument?: unknown): Promise<void> {
    const document = await this.documentFor(argument);
    const text = document.getText();
    if (parsePolicy(text).kind !== 'policy') {
      throw new FleetError(vscode.l10n.t('{0} cannot be read as a policy.', nameOf(document.uri)), { category: 'validation', code: 'notAPolicy', advice: vscode.l10n.t('It has to be a JSON object with statements. The Problems view says what is wrong.') });
    }
    this.current = { uri: document.uri, questions: await this.ask(document, text), answers: [] };
    this.show(document, true);
  }

  /** Puts the answers of AWS beside ours. Throws FleetError when there is nothing to ask with. */
  async compare(): Promise<void> {
    const { current, deps } = this;
    if (current === undefined) {
      throw new FleetError(vscode.l10n.t('There is nothing to compare with AWS yet.'), { category: 'notFound', code: 'nothingSimulated', advice: vscode.l10n.t('Run the command “Simulate This Policy” on a policy file first.') });
    }
    const document = await vscode.workspace.openTextDocument(current.uri);
    await deps.progress.run(vscode.l10n.t('Compare with AWS'), async (progress, signal) => {
      const connection = await deps.session.connection(signal);
      refuseElsewhere(current.uri, connection.target);
      progress.report(vscode.l10n.t('Asking AWS IoT …'));
      const text = document.getText();
      // The deployed policy lives where the connection is: ARNs of another account could only be refused.
      const answers = simulate(nameOf(current.uri), text, current.questions, targetOfPolicy(text, connection.target));
      const names = deps.steps.names();
      const aws = await compareWithAws(
        connection,
        { policyName: this.policyName(document), claimPolicyName: names.claimPolicyName, text, answers, thing: current.questions[0]?.caller.thing?.name ?? '' },
        signal,
      );
      if (this.current !== current || document.getText() !== text) return;
      current.aws = aws;
      this.show(document, true);
    });
  }

  /** Selects the statement that decided. */
  async showStatement(row: number): Promise<void> {
    const by = this.current?.answers[row]?.decision.by;
    if (this.current === undefined || by === undefined) return;
    const document = await vscode.workspace.openTextDocument(this.current.uri);
    const selection = new vscode.Range(document.positionAt(by.offset), document.positionAt(by.offset + by.length));
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One, selection, preview: false });
  }

  /** Puts the smallest statement into the file, as one step that can be undone. */
  async insert(row: number): Promise<void> {
    const { current } = this;
    const answer = current?.answers[row];
    const smallest = answer?.decision.smallest;
    if (current === undefined || answer?.insertable !== true || smallest === undefined || current.uri.scheme === deployedScheme) return;
    const document = await vscode.workspace.openTextDocument(current.uri);
    const change = insertStatement(document.getText(), smallest);
    if (change === undefined) return;
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(change.offset), document.positionAt(change.offset + change.length)), change.text);
    if (!(await vscode.workspace.applyEdit(edit))) this.deps.ui.warn(vscode.l10n.t('{0} could not be changed.', nameOf(document.uri)));
  }

  /** The document of the result that is shown. */
  get uri(): vscode.Uri | undefined {
    return this.current?.uri;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listener.dispose();
  }

  private async ask(document: vscode.TextDocument, text: string): Promise<readonly SimulatedQuestion[]> {
    const { ui, lastThing, steps } = this.deps;
    const subject = await ui.choose({ title: vscode.l10n.t('What does the device do?'), placeholder: nameOf(document.uri), choices: subjects(kindOf(document) === 'claim') });
    const clientId = await ui.input({
      title: subject === 'connect' ? vscode.l10n.t('Connect with which client id?') : vscode.l10n.t('As which thing?'),
      prompt: vscode.l10n.t('Its name is also the client id of the connection. It need not exist.'),
      value: lastThing.get() ?? 'MyGreengrassCore',
      validate: (value) => (/^[^\s\p{Cc}]{1,128}$/u.test(value.trim()) ? undefined : vscode.l10n.t('1 to 128 characters, without spaces.')),
    });
    const thing = clientId.trim();
    await lastThing.set(thing);
    const names = steps.names();
    const target = this.targetOf(text);
    if (subject === 'core') return coreDeviceQuestions(text, thing, target, names.roleAliasName);
    if (subject === 'claim') return claimQuestions(text, thing, names.templateName);
    const value = subject === 'connect' ? thing : await this.askValue(subject, suggestedValues(text, subject, thing, target));
    return [asked(questionOf(subject, value), thing)];
  }

  private async askValue(kind: QuestionKind, suggestions: readonly string[]): Promise<string> {
    const title = valueTitle(kind);
    // Wrapped, because a plain undefined means that the list was closed.
    const choice = (label: string, value?: string): Choice<{ readonly value: string | undefined }> => ({ label, value: { value } });
    const choices = [...suggestions.map((value) => choice(value, value)), choice(vscode.l10n.t('$(edit) Something else …'))];
    const chosen = await this.deps.ui.choose({ title, choices });
    return chosen.value ?? (await this.deps.ui.input({ title, validate: (value) => (value.trim() === '' ? vscode.l10n.t('Enter a value.') : undefined) })).trim();
  }

  private show(document: vscode.TextDocument, bring: boolean): void {
    const { current } = this;
    if (current === undefined) return;
    const name = nameOf(document.uri);
    const text = document.getText();
    current.answers = simulate(name, text, current.questions, this.targetOf(text));
    this.deps.output.show(simulationView(name, current.answers, document.uri.scheme !== deployedScheme, current.aws), bring);
  }

  private changed(document: vscode.TextDocument): void {
    const { current } = this;
    if (current === undefined || document.uri.toString() !== current.uri.toString()) return;
    // AWS answered for another text.
    delete current.aws;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.deps.output.isOpen) this.show(document, false);
    }, settle);
  }

  private targetOf(text: string): ReturnType<typeof targetOfPolicy> {
    return targetOfPolicy(text, this.deps.session.current?.target);
  }

  /** The deployed policy that this text stands for. */
  private policyName(document: vscode.TextDocument): string {
    const names = this.deps.steps.names();
    return parseDeployedUri(document.uri)?.name ?? (nameOf(document.uri) === WorkspaceFileNames.claimPolicy ? names.claimPolicyName : names.iotPolicyName);
  }

  private async documentFor(argument: unknown): Promise<vscode.TextDocument> {
    const uri = argument instanceof vscode.Uri ? argument : undefined;
    if (uri !== undefined) return vscode.workspace.openTextDocument(uri);
    const active = vscode.window.activeTextEditor?.document;
    if (active !== undefined && (isPolicyDocument(active) || hasStatements(active))) return active;
    const shown = vscode.window.visibleTextEditors.find((editor) => isPolicyDocument(editor.document));
    if (shown !== undefined) return shown.document;
    const [file] = await vscode.workspace.findFiles(WorkspaceFileNames.iotPolicy, undefined, 1);
    if (file === undefined) {
      throw new FleetError(vscode.l10n.t('There is no IoT policy file in this workspace yet.'), {
        category: 'notFound',
        code: 'noPolicyFile',
        advice: vscode.l10n.t('Create it with the command “Create IoT Policy File”.'),
      });
    }
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
  }
}

function subjects(claim: boolean): readonly Choice<Subject>[] {
  const core: Choice<Subject> = { label: vscode.l10n.t('$(checklist) All that a core device needs'), description: vscode.l10n.t('asks everything at once'), value: 'core' };
  const claiming: Choice<Subject> = { label: vscode.l10n.t('$(checklist) All that claiming needs'), description: vscode.l10n.t('asks everything at once'), value: 'claim' };
  return [
    ...(claim ? [claiming, core] : [core, claiming]),
    { label: vscode.l10n.t('$(plug) Connect'), description: 'iot:Connect', value: 'connect' },
    { label: vscode.l10n.t('$(arrow-up) Publish'), description: 'iot:Publish', value: 'publish' },
    { label: vscode.l10n.t('$(rss) Subscribe'), description: 'iot:Subscribe', value: 'subscribe' },
    { label: vscode.l10n.t('$(arrow-down) Receive'), description: 'iot:Receive', value: 'receive' },
    { label: vscode.l10n.t('$(key) Take credentials of the role'), description: 'iot:AssumeRoleWithCertificate', value: 'assumeRole' },
    { label: vscode.l10n.t('$(server) Call Greengrass'), description: 'greengrass:…', value: 'call' },
  ];
}

function valueTitle(kind: QuestionKind): string {
  switch (kind) {
    case 'subscribe':
      return vscode.l10n.t('Which topic filter?');
    case 'assumeRole':
      return vscode.l10n.t('Which role alias?');
    case 'call':
      return vscode.l10n.t('Which action, and on which resource?');
    default:
      return vscode.l10n.t('Which topic?');
  }
}

function hasStatements(document: vscode.TextDocument): boolean {
  const parsed = document.languageId === 'json' || document.languageId === 'jsonc' ? parsePolicy(document.getText()) : undefined;
  return parsed?.kind === 'policy' && parsed.policy.statements.some(({ effect }) => effect !== undefined);
}

function nameOf(uri: vscode.Uri): string {
  return parseDeployedUri(uri)?.name ?? uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
