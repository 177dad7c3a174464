import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { SdkAwsGateway } from './aws/gateway';
import type { AgentTools } from './agents/agentTools';
import type { RegisterCommand } from './activation/commandStubs';
import { registerDeployedCommands } from './commands/deployedCommands';
import { registerDeviceCommands } from './commands/deviceCommands';
import { registerConnectionCommands } from './commands/connection/connectionCommands';
import { askMfaCode } from './commands/connection/mfaCode';
import { registerDriftCommands } from './commands/driftCommands';
import { registerStackCommands } from './commands/stackCommands';
import { registerExportCommands } from './commands/exportCommands';
import { registerPreflightCommands } from './commands/preflightCommands';
import { registerFindCommands } from './commands/findCommands';
import { registerHookCommands } from './commands/hookCommands';
import { registerCoreDeviceCommands } from './commands/coreDeviceCommands';
import { registerLifeCommands } from './commands/lifeCommands';
import { registerLookCommands } from './commands/lookCommands';
import { registerTemplateCommands } from './commands/templateCommands';
import { registerTreeCommands } from './commands/treeCommands';
import { registerStepCommands } from './commands/stepCommands';
import { registerTeardownCommands } from './commands/teardownCommands';
import type { AwsGateway } from './core/ports/connection';
import type { Interaction } from './core/ports/interaction';
import type { FleetSteps, RegionsService, SandboxService, SessionService } from './core/ports/services';
import { DeployedLens } from './documents/deployedLens';
import { DeployedDocuments } from './documents/deployedDocuments';
import { Commands, type CommandId } from './ids';
import { LazyKnowledge } from './language/lazyKnowledge';
import { LazyPolicyLanguage } from './language/lazyPolicyLanguage';
import { LazyTemplateLanguage } from './language/lazyTemplateLanguage';
import { LazyPolicyTests } from './language/policyTests/lazyPolicyTests';
import { registerSimulationCommands } from './language/simulationCommands';
import { CommandRegistry } from './platform/commands';
import { ErrorPresenter } from './platform/errorPresenter';
import { Folders } from './platform/folders';
import { VsCodeInteraction } from './platform/interaction';
import { ChannelLog, type Log } from './platform/log';
import { FolderLedger } from './platform/folderLedger';
import { reportKey } from './platform/keptReport';
import { isString, StoredValue } from './platform/mementos';
import { guardOf } from './platform/otherRegion';
import { NotificationProgress } from './platform/progress';
import { VsCodeWindow, type PromptWindow } from './platform/promptWindow';
import { setting, updateSetting, VsCodeFleetSettings } from './platform/settings';
import { readTextFile, readTextUrl } from './platform/textReaders';
import { logWaiting } from './platform/waitingText';
import { VirtualDocuments } from './platform/virtualDocuments';
import { FleetStepsService } from './services/fleetSteps';
import { arePinnedRegions, PinnedRegions } from './services/pinnedRegions';
import { isRememberedChoice } from './services/rememberedChoice';
import { SandboxProcess } from './services/sandboxProcess';
import { Session } from './services/session';
import { SystemClock } from './services/systemClock';
import { WaitingBoard } from './services/waitingBoard';
import { ConnectionStatusBar } from './status/statusBar';
import { FleetViews } from './tree/fleetViews';
import { SimulationPanel } from './webview/simulationPanel';
import { LazyRelations } from './webview/lazyRelations';
import { LazyTemplatePreview } from './webview/lazyTemplatePreview';
import { LazyTestDevicePanel } from './webview/lazyTestDevice';
import { StackOutputsPanel } from './webview/stackOutputsPanel';
import { isPreviewMemory } from './webview/templatePreviewProtocol';

/** Tier 1: the world outside. */
export interface Outside {
  readonly window: PromptWindow;
  readonly log: Log;
  readonly gateway: AwsGateway;
}

/** Tier 2: what the product knows and does, without a user interface. */
export interface Services {
  readonly session: SessionService;
  readonly regions: RegionsService;
  readonly sandbox: SandboxService;
  readonly steps: FleetSteps;
}

/** Tier 3: what one sees. */
export interface UserInterface {
  readonly registry: CommandRegistry;
  readonly views: FleetViews;
  readonly policyTests: LazyPolicyTests;
  readonly outputs: StackOutputsPanel;
  readonly templatePreview: LazyTemplatePreview;
  readonly relations: LazyRelations;
  readonly simulation: SimulationPanel;
  readonly deployed: DeployedDocuments;
  readonly testDevice: LazyTestDevicePanel;
  readonly status: ConnectionStatusBar;
}

export type Overrides = Partial<Outside & Services> & {
  /** Where commands are registered; VS Code itself without it. */
  readonly registerCommand?: RegisterCommand;
};

/**
 * The composition root: the only place where the parts are made and joined, when the first of them is needed (what
 * stands in for them until then is in src/activation). Nothing of the AWS SDK and no other heavy package is loaded here;
 * the parts that need one load it on first use.
 */
export class Container implements vscode.Disposable {
  private readonly disposables: { dispose(): unknown }[] = [];
  readonly log: Log;
  readonly window: PromptWindow;
  readonly ui: Interaction;
  readonly settings: VsCodeFleetSettings;
  readonly folders: Folders;
  readonly ledger: FolderLedger;
  readonly waiting = new WaitingBoard(new SystemClock());
  readonly services: Services;
  readonly userInterface: UserInterface;
  private agents: Promise<AgentTools> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    overrides: Overrides = {},
  ) {
    try {
      const { displayName } = context.extension.packageJSON as { displayName: string };
      this.log = this.own(overrides.log ?? new ChannelLog(displayName));
      this.window = overrides.window ?? new VsCodeWindow();
      this.ui = new VsCodeInteraction(this.window, this.own(new VirtualDocuments()), this.log);
      this.settings = this.own(new VsCodeFleetSettings());
      this.folders = this.own(new Folders(this.ui, new StoredValue(context.workspaceState, 'folder', isString)));
      this.ledger = new FolderLedger(path.join(context.globalStorageUri.fsPath, 'test-devices'));
      this.services = this.makeServices(overrides);
      this.userInterface = this.makeUserInterface(overrides.registerCommand);
    } catch (error) {
      // Nothing stays behind, so that it can be tried again.
      this.dispose();
      throw error;
    }
  }

  /** Connects as last time, quietly. Not in a workspace that is not trusted: its settings could choose the account. */
  start(): void {
    const restore = (): void => {
      this.services.session.restore().catch((error: unknown) => this.log.error('the last connection could not be restored', error));
    };
    if (vscode.workspace.isTrusted) restore();
    else this.own(vscode.workspace.onDidGrantWorkspaceTrust(restore));
  }

  /** What language models may ask and do, loaded when one does. */
  async agentTools(): Promise<AgentTools> {
    this.agents ??= import(/* webpackChunkName: "agents" */ './agents/agentTools').then(({ AgentTools: Tools }) => {
      const { registry, views } = this.userInterface;
      return new Tools({ session: this.services.session, steps: this.services.steps, registry, refresh: async () => views.refresh() });
    });
    return this.agents;
  }

  dispose(): void {
    for (const disposable of this.disposables.reverse()) disposable.dispose();
    this.disposables.length = 0;
  }

  private makeServices(overrides: Overrides): Services {
    const sandbox = overrides.sandbox ?? this.own(this.makeSandbox());
    const gateway = overrides.gateway ?? this.own(this.makeGateway());
    const session = overrides.session ?? this.own(this.makeSession(gateway, sandbox));
    const regions = overrides.regions ?? this.own(new PinnedRegions({ session, gateway, memory: new StoredValue(this.context.workspaceState, 'pinnedRegions', arePinnedRegions) }));
    const steps = overrides.steps ?? this.makeSteps();
    return { session, regions, sandbox, steps };
  }

  private makeGateway(): SdkAwsGateway {
    const { name, version } = this.context.extension.packageJSON as { name: string; version: string };
    return new SdkAwsGateway({
      userAgent: `${name}/${version}`,
      amazonRootCa: async () => readTextFile(this.context.asAbsolutePath('resources/AmazonRootCA1.pem')),
      waiting: this.waiting,
      log: (line) => this.log.debug(line),
    });
  }

  private makeSandbox(): SandboxProcess {
    return new SandboxProcess({
      program: this.context.asAbsolutePath(path.join('dist', 'sandbox', 'main.js')),
      stateFolder: path.join(this.context.globalStorageUri.fsPath, 'sandbox'),
      log: (line) => this.log.info(`sandbox: ${line}`),
      warn: (message) => this.ui.warn(message),
    });
  }

  private makeSession(gateway: AwsGateway, sandbox: SandboxService): Session {
    return new Session({
      gateway,
      sandbox,
      memory: new StoredValue(this.context.workspaceState, 'connection', isRememberedChoice),
      mfaCode: async (serial) => askMfaCode(this.ui, serial),
      defaults: () => ({ profile: setting('greengrassFleet.profile').trim(), region: setting('greengrassFleet.region').trim() }),
    });
  }

  private async bundledTemplate(): Promise<string> {
    return readTextFile(this.context.asAbsolutePath('resources/templates/greengrass-fleet-roles.template.json'));
  }

  private makeSteps(): FleetStepsService {
    return new FleetStepsService({
      settings: this.settings,
      clock: new SystemClock(),
      templates: {
        bundled: async () => this.bundledTemplate(),
        file: readTextFile,
        url: readTextUrl,
      },
      kitScript: async (name) => readTextFile(this.context.asAbsolutePath(`resources/device-kit/${name}`)),
      checkPolicy: async (text, target) => {
        const { analyzePolicy } = await import(/* webpackChunkName: "policy" */ './core/policy/analyze');
        return analyzePolicy(text, { target, rules: setting('greengrassFleet.policyRules') });
      },
      checkTemplate: async (text, { partition, region, account }) => {
        const { templateProblem } = await import(/* webpackChunkName: "policy" */ './core/provisioning/template/templateProblem');
        return templateProblem(text, { target: { partition, region, account }, rules: setting('greengrassFleet.templateRules'), policyRules: setting('greengrassFleet.policyRules') });
      },
      saveStackName: async (name) => updateSetting('greengrassFleet.stackName', name),
    });
  }

  private makeUserInterface(registerCommand: RegisterCommand | undefined): UserInterface {
    const { log, ui, settings, folders } = this;
    const { session, regions, sandbox, steps } = this.services;
    const presenter = new ErrorPresenter(this.window, log, (file) => path.resolve(folders.currentFolder()?.uri.fsPath ?? '', file));
    const registry = this.own(new CommandRegistry(presenter, log, titles(this.context), registerCommand, guardOf(session)));
    const progress = new NotificationProgress((title, message) => log.info(`${title}: ${message}`), this.waiting);
    const views = this.own(new FleetViews({ steps, session, sandbox, regions, settings, folders, registry, log }));
    const run = async (command: CommandId): Promise<unknown> => registry.run(command);
    const outputs = this.own(new StackOutputsPanel({ extensionUri: this.context.extensionUri, session, steps, settings, log, ui, run, keep: async ({ setting: name, value }) => updateSetting(`greengrassFleet.${name}`, value) }));
    const deployed = this.own(new DeployedDocuments(session, steps, regions));
    const lens = this.own(new DeployedLens(session, steps, settings));
    /** What is shown of the account, wherever it is shown. */
    const refreshViews = async (node?: unknown): Promise<void> => {
      deployed.reload();
      lens.refresh();
      await views.refresh(node);
    };
    registerStepCommands({ registry, steps, session, folders, ui, progress });
    registerLifeCommands({ registry, steps, session, folders, ui, progress, refreshViews });
    registerTreeCommands({ registry, steps, session, ui, progress, refreshViews, coreDevices: views.resourcesTree });
    registerDeployedCommands({ registry, steps, session, folders, ui, progress });
    registerHookCommands({ registry, steps, session, folders, ui, progress });
    registerStackCommands({ registry, steps, session, folders, ui, progress, clock: new SystemClock(), refreshViews });
    const offer = async (message: string, button: string): Promise<boolean> => (await this.window.notify('warning', message, [button])) === button;
    registerDriftCommands({ registry, steps, session, folders, ui, progress, clock: new SystemClock(), offer, logError: (error) => log.error('the drift could not be reverted', error) });
    registerExportCommands({ registry, steps, session, folders, ui, progress, bundledTemplate: async () => this.bundledTemplate() });
    registerTeardownCommands({
      registry,
      steps,
      session,
      folders,
      ui,
      progress,
      ledger: this.ledger,
      clock: new SystemClock(),
      refreshViews,
      offer: async (message, buttons) => this.window.notify('warning', message, buttons),
      logError: (error) => log.error('the plan of a teardown could not be offered', error),
    });
    const relations = this.own(new LazyRelations({ extensionUri: this.context.extensionUri, log, run: async (command, ...args) => registry.run(command, ...args) }));
    this.own(
      registerPreflightCommands({
        registry,
        steps,
        session,
        folders,
        progress,
        notify: async (severity, message, buttons) => this.window.notify(severity, message, buttons),
        ui,
        keepReport: async (text) => this.context.workspaceState.update(reportKey, text),
        showRelations: async (shown) => relations.show(shown),
        logError: (error) => log.error('the findings of the preflight could not be shown', error),
      }),
    );
    registerFindCommands({ registry, session, regions, ui, window: this.window, reveal: async (hit) => views.showFound(hit) });
    registerLookCommands({
      registry,
      steps,
      session,
      folders,
      ui,
      log,
      refreshViews,
      showStackOutputs: async () => outputs.show(),
    });
    const knowledge = this.own(new LazyKnowledge({ session, steps }));
    const language = this.own(new LazyPolicyLanguage({ session, ui, knowledge, onError: (error) => log.error('the policy language failed', error) }));
    registry.register(Commands.resolvePlaceholders, async (argument) => (await language.service()).resolvePlaceholders(argument), { mutates: true, needsTrust: true });
    registry.register(Commands.resolvePlaceholder, async (argument) => (await language.service()).resolvePlaceholder(argument), { mutates: true, needsTrust: true });
    const simulation = this.own(new SimulationPanel({ extensionUri: this.context.extensionUri, log }));
    const lastThing = new StoredValue(this.context.workspaceState, 'simulatedThing', isString);
    this.own(registerSimulationCommands({ registry, session, steps, ui, progress, lastThing, output: simulation }));
    const policyTests = this.own(new LazyPolicyTests({ folder: async (hint) => folders.forCommand(hint), roleAlias: () => steps.names().roleAliasName }, (error) => log.error('the policy tests failed', error)));
    registry.register(Commands.createPolicyTests, async (argument) => policyTests.create(argument), { mutates: true });
    registry.register(Commands.runPolicyTests, async () => policyTests.runAll());
    this.own(new LazyTemplateLanguage({ knowledge, onError: (error) => log.error('the template language failed', error) }));
    const templatePreview = this.own(new LazyTemplatePreview({ extensionUri: this.context.extensionUri, log, memory: new StoredValue(this.context.workspaceState, 'templatePreview', isPreviewMemory) }));
    registerTemplateCommands({ registry, folders, showPreview: async (document) => templatePreview.show(document) });
    registerCoreDeviceCommands({ registry, session, folders, ui, progress, clock: new SystemClock(), showCore: async (arn) => views.showCoreDevice(arn) });
    const testDevice = this.own(new LazyTestDevicePanel({ extensionUri: this.context.extensionUri, log }));
    this.own(
      registerDeviceCommands({
        registry,
        steps,
        session,
        folders,
        ui,
        progress,
        refreshViews,
        display: async () => testDevice.get(),
        runRemedy: async (remedy) => presenter.act(remedy, registry),
        devices: {
          clock: new SystemClock(),
          monotonic: () => performance.now(),
          transport: async () => new (await import(/* webpackChunkName: "device" */ './device/mqttDeviceTransport')).MqttDeviceTransport(),
          ledger: this.ledger,
          newId: () => randomUUID().slice(0, 8),
        },
      }),
    );
    registerConnectionCommands(registry, { session, regions, sandbox, ui, progress });
    const status = this.own(new ConnectionStatusBar(session, this.waiting));
    this.own(logWaiting(this.waiting, log));
    return { registry, views, policyTests, outputs, templatePreview, relations, simulation, deployed, testDevice, status };
  }

  private own<T extends { dispose(): unknown }>(part: T): T {
    this.disposables.push(part);
    return part;
  }
}

/** Command titles as the manifest gives them, in the language of the window. */
function titles(context: vscode.ExtensionContext): (id: CommandId) => string {
  const { contributes } = context.extension.packageJSON as { contributes: { commands: readonly { command: string; title: string }[] } };
  const byId = new Map(contributes.commands.map((command) => [command.command, command.title]));
  return (id) => byId.get(id) ?? id;
}
