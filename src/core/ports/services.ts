/** What the UI sees of the services. The implementations are in `services/`; the container joins them. */
import type { DeployedSubject } from '../deployedFiles';
import type { StepId, StepState, FleetNames } from '../provisioning/steps';
import type { Event } from '../util/emitter';
import type { Connection } from './connection';
import type { AwsTarget, ConnectionChoice, ProfileInfo } from './identity';
import type { Interaction, Progress } from './interaction';
import type { StackOutput, StackStatus } from './stackApi';
import type { WorkspaceFiles } from './workspaceFiles';
import type { FleetError } from '../errors';

export type SessionState =
  | { readonly kind: 'none' } // nothing chosen and nothing suggested
  | { readonly kind: 'connecting'; readonly choice: ConnectionChoice }
  | { readonly kind: 'connected'; readonly choice: ConnectionChoice; readonly target: AwsTarget }
  | { readonly kind: 'failed'; readonly choice: ConnectionChoice; readonly error: FleetError };

/** Who am I, and where. Owns the connection. */
export interface SessionService {
  readonly state: SessionState;
  readonly onDidChange: Event<SessionState>;
  listProfiles(): Promise<readonly ProfileInfo[]>;
  knownRegions(): readonly string[];
  /** Connects and remembers the choice for this workspace. Throws FleetError; the state then is `failed`. */
  use(choice: ConnectionChoice, signal?: AbortSignal): Promise<Connection>;
  /** Restores the remembered or suggested choice, silently: failure only sets the state. */
  restore(): Promise<void>;
  disconnect(): void;
  /** The live connection; connects first when a choice is known; else throws FleetError category `credentials`. */
  connection(signal?: AbortSignal): Promise<Connection>;
  /** The live connection or undefined; never touches the network. */
  readonly current: Connection | undefined;
}

/** Regions that a person keeps in view beside the connected one. They are told by the person, never by settings. */
export interface RegionsService {
  /** Region codes, sorted. */
  readonly pinned: readonly string[];
  readonly onDidChange: Event<void>;
  pin(region: string): Promise<void>;
  /** Also frees its connection. */
  unpin(region: string): Promise<void>;
  /** A pinned region of the connected identity; connects when it is asked for first, never before. Throws FleetError. */
  connection(region: string): Promise<Connection>;
  /** Whether asking for the connection would make no new one. */
  isOpen(region: string): boolean;
}

export interface StepRun {
  readonly connection: Connection;
  readonly files: WorkspaceFiles;
  readonly ui: Interaction;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface StackView {
  readonly name: string;
  readonly id: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  readonly target: AwsTarget;
  readonly outputs: readonly (StackOutput & {
    /** What we recognised in the value; decides "use in next step". */
    readonly meaning: 'tokenExchangeRole' | 'provisioningRole' | 'createRoleAliasCommand' | 'iotPolicyName' | 'roleAliasName' | 'other';
  })[];
}

/** The five steps: their state and their doing. One instance per window. */
export interface FleetSteps {
  readonly states: ReadonlyMap<StepId, StepState>;
  readonly onDidChange: Event<ReadonlyMap<StepId, StepState>>;
  /** True while a run changes the account. */
  readonly busy: boolean;
  names(): FleetNames;
  /** Looks at the account and the workspace; never changes either. Not connected: all `unknown`. */
  refresh(connection: Connection | undefined, files: WorkspaceFiles | undefined, signal?: AbortSignal): Promise<void>;
  /** Runs one step. Throws FleetError or CancelledError; what was done before the failure stays. */
  run(step: StepId, run: StepRun): Promise<void>;
  /** All that is missing, in order; stops at the first failure. One confirmation for all. */
  provisionEverything(run: StepRun): Promise<void>;
  /** The two files-only parts of steps 3 and 4. */
  createPolicyFile(run: Pick<StepRun, 'files' | 'ui'>): Promise<string>;
  createTemplateFile(run: Pick<StepRun, 'files' | 'ui'>): Promise<string>;
  /** Publishes a file that is named after the policy or template that it stands for. `file`: relative to the folder. */
  publishFile(run: StepRun, subject: DeployedSubject, file: string): Promise<void>;
  /** Writes config.yaml from the live endpoints, alias, template and thing group; returns its path. */
  createDeviceConfiguration(run: StepRun): Promise<string>;
  /** A new claim certificate in place of the folder's. */
  rotateClaim(run: StepRun): Promise<void>;
  /** Writes the folder that is copied to a device; returns the file to read first. */
  createDeviceKit(run: StepRun): Promise<string>;
  stackView(connection: Connection, signal?: AbortSignal): Promise<StackView | undefined>;
}

/** Settings as the services read them. */
export interface FleetSettings {
  names(): FleetNames;
  /** Empty: the bundled template. Else an absolute path or an https URL. */
  stackTemplate(): string;
  /** ARN of the Lambda function that a new template gets as its pre-provisioning hook; empty: the template's hook is left as it is. */
  preProvisioningHook?(): string;
  readonly onDidChange: Event<void>;
}

/** The embedded local AWS: a child process of this window, or one that another window already runs. */
export interface SandboxService {
  readonly running: boolean;
  readonly onDidChange: Event<boolean>;
  /** Starts it, or finds the running one of the same state folder, and returns what to connect with. */
  start(signal?: AbortSignal): Promise<Extract<ConnectionChoice, { kind: 'sandbox' }>>;
  stop(): Promise<void>;
  reset(): Promise<void>;
  dispose(): void;
}
