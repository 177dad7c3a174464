import * as l10n from '@vscode/l10n';
import type { DeployedSubject } from '../core/deployedFiles';
import { FleetError, isCancelled, throwIfAborted } from '../core/errors';
import type { Connection } from '../core/ports/connection';
import type { FleetSettings, FleetSteps, StackView, StepRun } from '../core/ports/services';
import type { WorkspaceFiles } from '../core/ports/workspaceFiles';
import type { FleetNames, StepId, StepState } from '../core/provisioning/steps';
import { templateOrigin, workshopStackName } from '../core/stack/templateSource';
import type { Clock } from '../core/util/clock';
import { WorkspaceFileNames } from '../ids';
import { AccountLook } from './steps/accountLook';
import { ClaimCertificates } from './steps/claimCertificates';
import { ClaimCertificateStep } from './steps/claimCertificateStep';
import { NodeClaimKeys, type ClaimKeys } from './steps/claimKeys';
import { rotateClaim } from './steps/claimRotation';
import { writeDeviceKit, type KitScriptReader } from './steps/deviceKit';
import { writeDeviceConfiguration } from './steps/deviceConfigurationFile';
import { IotPolicyStep } from './steps/iotPolicyStep';
import { noFiles } from './steps/noFiles';
import type { PolicyCheck } from './steps/policyCheck';
import { provisionAll } from './steps/provisionAll';
import { plainTemplateCheck, ProvisioningTemplateStep, type TemplateCheck } from './steps/provisioningTemplateStep';
import { Refresher } from './steps/refresher';
import { RoleAliasStep } from './steps/roleAliasStep';
import { RolesStackStep } from './steps/rolesStackStep';
import { StackOperations } from './steps/stackOperations';
import { stackViewOf } from './steps/stackViewOf';
import { unknownState, type RunContext, type Step, type StepContext } from './steps/stepContext';
import { StepStates } from './steps/stepStates';
import type { TemplateReaders } from './steps/templateLoader';

export interface FleetStepsOptions {
  readonly settings: FleetSettings;
  readonly clock: Clock;
  /** How templates are read: the bundled one, a file, a URL. */
  readonly templates: TemplateReaders;
  /** Install scripts of the device kit, by file name. */
  readonly kitScript: KitScriptReader;
  /** Finds what is wrong with a policy document. */
  readonly checkPolicy: PolicyCheck;
  /** Finds the first error of a provisioning template. Default: the rules with the severities that they have of themselves. */
  readonly checkTemplate?: TemplateCheck;
  /** Keeps another stack name in the settings. Without it the choice lasts as long as the window. */
  readonly saveStackName?: (name: string) => Promise<void>;
  /** Default: keys by node:crypto. */
  readonly keys?: ClaimKeys;
}

interface Subject {
  readonly connection: Connection;
  readonly files: WorkspaceFiles | undefined;
  readonly signal: AbortSignal;
}

/** The five steps: how they stand, and their doing. */
export class FleetStepsService implements FleetSteps {
  private readonly shown = new StepStates();
  readonly onDidChange = this.shown.onDidChange;
  private readonly steps: ReadonlyMap<StepId, Step>;
  private readonly policyStep: IotPolicyStep;
  private readonly templateStep: ProvisioningTemplateStep;
  private readonly refresher: Refresher<Subject>;
  private readonly settings: FleetSettings;
  private readonly keys: ClaimKeys;
  private readonly claimCertificates: ClaimCertificates;
  private active = false;
  private chosenStackName: string | undefined;
  /** Names as the last look at the connected account knows them. */
  private knownNames: FleetNames | undefined;
  private connected: Connection | undefined;

  constructor(private readonly options: FleetStepsOptions) {
    const { settings, clock, checkPolicy } = options;
    this.settings = settings;
    const keys = options.keys ?? new NodeClaimKeys();
    this.keys = keys;
    this.claimCertificates = new ClaimCertificates(keys, clock);
    this.policyStep = new IotPolicyStep(checkPolicy);
    this.templateStep = new ProvisioningTemplateStep(clock, options.checkTemplate, () => options.settings.preProvisioningHook?.() ?? '');
    const all: readonly Step[] = [
      new RolesStackStep({
        operations: new StackOperations(clock),
        readers: options.templates,
        template: () => settings.stackTemplate(),
        saveStackName: async (name) => {
          this.chosenStackName = name;
          await options.saveStackName?.(name);
        },
      }),
      new RoleAliasStep(clock),
      this.policyStep,
      this.templateStep,
      new ClaimCertificateStep(keys, this.claimCertificates, checkPolicy),
    ];
    this.steps = new Map(all.map((step) => [step.id, step]));
    this.refresher = new Refresher<Subject>((subject, isLatest) => this.lookAt(subject, isLatest), (a, b) => a.connection === b.connection && a.files === b.files);
    settings.onDidChange(() => {
      // Saving the chosen name is itself a change of the settings: then the choice stands.
      if (settings.names().stackName !== this.chosenStackName) this.chosenStackName = undefined;
      this.knownNames = undefined;
    });
  }

  get states(): ReadonlyMap<StepId, StepState> {
    return this.shown.current;
  }

  get busy(): boolean {
    return this.active;
  }

  names(): FleetNames {
    return this.knownNames ?? this.baseNames();
  }

  async refresh(connection: Connection | undefined, files: WorkspaceFiles | undefined, signal?: AbortSignal): Promise<void> {
    this.adopt(connection);
    if (connection === undefined) return;
    await this.refresher.refresh({ connection, files, signal: signal ?? new AbortController().signal });
  }

  async run(id: StepId, run: StepRun): Promise<void> {
    await this.exclusively(run, async () => {
      await this.runOne(id, this.context(run, false));
    });
  }

  async provisionEverything(run: StepRun): Promise<void> {
    await this.exclusively(run, () =>
      provisionAll({
        run,
        steps: this.steps,
        states: () => this.inspectAll(run),
        context: (ui, look) => this.context({ ...run, ui }, true, look),
        runOne: (id, context) => this.runOne(id, context),
        names: () => this.baseNames(),
      }),
    );
  }

  async createPolicyFile({ files, ui }: Pick<StepRun, 'files' | 'ui'>): Promise<string> {
    const file = WorkspaceFileNames.iotPolicy;
    if (!(await this.policyStep.createFile(files))) ui.inform(l10n.t('{0} exists already and stays as it is.', file));
    return file;
  }

  async createTemplateFile({ files, ui }: Pick<StepRun, 'files' | 'ui'>): Promise<string> {
    const file = WorkspaceFileNames.provisioningTemplate;
    if (!(await this.templateStep.createFile(files, this.names()))) ui.inform(l10n.t('{0} exists already and stays as it is.', file));
    return file;
  }

  async publishFile(run: StepRun, subject: DeployedSubject, file: string): Promise<void> {
    const { publishFile } = await import(/* webpackChunkName: "policyVersions" */ './steps/filePublisher');
    const { checkPolicy, checkTemplate = plainTemplateCheck, settings, clock } = this.options;
    await this.exclusively(run, () => publishFile(this.context(run, false), subject, file, { policy: checkPolicy, template: checkTemplate, hookArn: settings.preProvisioningHook?.() ?? '', clock }));
  }

  createDeviceConfiguration(run: StepRun): Promise<string> {
    return writeDeviceConfiguration(this.context(run, false));
  }

  async rotateClaim(run: StepRun): Promise<void> {
    await this.exclusively(run, () => rotateClaim(this.context(run, false), this.keys, this.claimCertificates, { run: (context) => this.runOne('claimCertificate', context) }));
  }

  createDeviceKit(run: StepRun): Promise<string> {
    return writeDeviceKit(this.context(run, false), this.options.kitScript);
  }

  stackView(connection: Connection, signal?: AbortSignal): Promise<StackView | undefined> {
    return stackViewOf(connection, this.baseNames().stackName, signal ?? new AbortController().signal);
  }

  dispose(): void {
    this.shown.dispose();
  }

  /** Names from the settings; a quick-create link brings the stack's name along unless a person has set one. */
  private baseNames(): FleetNames {
    const names = this.settings.names();
    const origin = templateOrigin(this.settings.stackTemplate());
    const linked = origin.kind === 'url' && names.stackName === workshopStackName ? origin.stackName : undefined;
    return { ...names, stackName: this.chosenStackName ?? linked ?? names.stackName };
  }

  private context(run: StepRun, approved: boolean, look = new AccountLook(run.connection, this.baseNames(), run.signal)): RunContext {
    return { ...run, approved, look };
  }

  /** What was known of another connection is no longer true. */
  private adopt(connection: Connection | undefined): void {
    if (connection === this.connected) return;
    this.connected = connection;
    this.knownNames = undefined;
    this.shown.reset();
  }

  /** One run at a time: two would ask for the same things twice. */
  private async exclusively(run: StepRun, work: () => Promise<void>): Promise<void> {
    if (this.active) {
      throw new FleetError(l10n.t('Another step is running.'), { category: 'conflict', code: 'busy', advice: l10n.t('Wait until it has ended, or cancel it.') });
    }
    throwIfAborted(run.signal);
    this.adopt(run.connection);
    this.active = true;
    this.shown.fire();
    try {
      await work();
    } finally {
      this.active = false;
      this.shown.fire();
      // What happened is looked at even after a failure or a cancel, and a failed look must not hide either.
      await this.refresh(run.connection, run.files).catch(() => undefined);
    }
  }

  private async runOne(id: StepId, context: RunContext): Promise<void> {
    const step = this.steps.get(id);
    if (step === undefined) return;
    this.shown.begin(id, l10n.t('Working …'));
    const { progress } = context;
    const told = {
      report: (message: string): void => {
        progress.report(message);
        this.shown.begin(id, message);
      },
    };
    try {
      await step.run({ ...context, progress: told });
      this.shown.end(id, undefined);
    } catch (error) {
      this.shown.end(id, isCancelled(error) ? undefined : error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private async inspectAll({ connection, files, signal }: Subject): Promise<readonly StepState[]> {
    const look = new AccountLook(connection, this.baseNames(), signal);
    const context: StepContext = { connection, files: files ?? noFiles, look, signal };
    const states = await Promise.all([...this.steps.values()].map((step) => step.inspect(context).catch((error: unknown) => unknownState(step.id, error))));
    throwIfAborted(signal);
    if (connection === this.connected) this.knownNames = await look.names();
    return states;
  }

  private async lookAt(subject: Subject, isLatest: () => boolean): Promise<void> {
    const states = await this.inspectAll(subject);
    if (isLatest() && subject.connection === this.connected) this.shown.set(states);
  }
}
