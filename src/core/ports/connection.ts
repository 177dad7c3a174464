import type { GreengrassApi } from './greengrassApi';
import type { AwsTarget, ConnectionChoice, ProfileInfo, SandboxDevices } from './identity';
import type { IotApi } from './iotApi';
import type { LambdaApi } from './lambdaApi';
import type { RoleApi } from './roleApi';
import type { StackApi } from './stackApi';

/** A connection that has proved itself by sts:GetCallerIdentity. Immutable: another region is another connection. */
export interface Connection {
  readonly target: AwsTarget;
  readonly iot: IotApi;
  readonly stacks: StackApi;
  readonly roles: RoleApi;
  readonly greengrass: GreengrassApi;
  readonly lambda: LambdaApi;
  /** Where a local AWS serves devices; AWS itself does so at its endpoints. */
  readonly devices?: SandboxDevices;
  /** PEM of the CA that signs the endpoints a device of this connection talks to (Amazon Root CA 1, or the sandbox's CA). */
  rootCaPem(signal?: AbortSignal): Promise<string>;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Asked when a profile has `mfa_serial`. Throws CancelledError when the person gives up. */
  readonly mfaCode: (serial: string) => Promise<string>;
  /** A connection of the same choice in another region. Its credentials are used as long as they are accepted: a code of an MFA device is good for one sign-in only. */
  readonly sameAs?: Connection;
}

/** A connection to another region of the same identity, which stands beside the one of the window. */
export interface ConnectionBeside {
  readonly connection: Connection;
  /** Frees its sockets; calls that run end undisturbed. */
  readonly close: () => void;
}

/** The door to AWS. The only thing the container takes from `aws/`. */
export interface AwsGateway {
  listProfiles(): Promise<readonly ProfileInfo[]>;
  /** Region names known for a partition, without asking the network. */
  knownRegions(partition: string): readonly string[];
  connect(choice: ConnectionChoice, options: ConnectOptions): Promise<Connection>;
  /** Another region with the credentials that `of` has already: nobody is asked anything again. `of`: a connection of this gateway. */
  connectBeside(of: Connection, region: string, options: Pick<ConnectOptions, 'signal'>): Promise<ConnectionBeside>;
  /** What the environment suggests when nothing was chosen: AWS_PROFILE, default profile, keys in the environment; else undefined. */
  suggestedChoice(): Promise<ConnectionChoice | undefined>;
}
