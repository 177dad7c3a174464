import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { CancelledError, FleetError, isFleetError } from '../core/errors';
import type { AwsGateway, ConnectOptions, Connection, ConnectionBeside } from '../core/ports/connection';
import type { ConnectionChoice, ProfileInfo } from '../core/ports/identity';
import type { Disposable } from '../core/util/emitter';
import { regionsOf } from '../core/util/regions';
import type { ConnectSettings, OpenConnection } from './connect';
import type { PaceClock } from './pace/paceClock';
import type { Environment } from './profiles';

export interface GatewaySettings extends Omit<ConnectSettings, 'env' | 'clock'> {
  /** Default: the environment of this process. Tests pass their own. */
  readonly env?: Environment;
  /** Default: this computer's time. */
  readonly clock?: PaceClock;
}

const computersTime: PaceClock = { now: () => new Date(), sleep: async (milliseconds) => delay(milliseconds) };

/** The door to AWS. Loads the SDK on first use only: nothing of it is read at activation. */
export class SdkAwsGateway implements AwsGateway, Disposable {
  private readonly settings: ConnectSettings;
  private readonly open = new Map<Connection, () => void>();
  /** What each connection was made of, for other regions of it. */
  private readonly origins = new WeakMap<Connection, Pick<OpenConnection, 'credentials'> & { readonly choice: ConnectionChoice }>();

  constructor(settings: GatewaySettings) {
    this.settings = { env: process.env, clock: computersTime, ...settings };
  }

  async listProfiles(): Promise<readonly ProfileInfo[]> {
    const { listProfiles, loadSharedConfig } = await import('./profiles');
    return listProfiles(await loadSharedConfig(this.settings.env));
  }

  knownRegions(partition: string): readonly string[] {
    return regionsOf(partition);
  }

  async connect(choice: ConnectionChoice, options: ConnectOptions): Promise<Connection> {
    const { connect } = await import('./connect');
    const known = options.sameAs === undefined ? undefined : this.origins.get(options.sameAs)?.credentials;
    const { connection, credentials, close } = await connect(choice, options, this.settings, known).catch(async (error: unknown) => {
      if (known === undefined || !isFleetError(error) || error.category !== 'credentials') throw error;
      // They have been replaced or withdrawn meanwhile.
      return connect(choice, options, this.settings);
    });
    this.origins.set(connection, { choice, credentials });
    // Only the newest connection keeps idle sockets; an older one that a running step still uses goes on working.
    for (const closeOlder of this.open.values()) closeOlder();
    this.open.clear();
    this.open.set(connection, close);
    return connection;
  }

  async connectBeside(of: Connection, region: string, { signal }: Pick<ConnectOptions, 'signal'>): Promise<ConnectionBeside> {
    const origin = this.origins.get(of);
    if (origin === undefined) throw new FleetError(l10n.t('This connection is not open any more.'), { category: 'internal', code: 'foreignConnection', remedies: [{ kind: 'retry' }] });
    const { connect } = await import('./connect');
    // Credentials that need a code of an MFA device ask for it by the connection that they were made for.
    const options: ConnectOptions = { mfaCode: refuse, ...(signal === undefined ? {} : { signal }) };
    const { connection, close } = await connect({ ...origin.choice, region }, options, this.settings, origin.credentials);
    this.open.set(connection, close);
    return {
      connection,
      close: () => {
        this.open.delete(connection);
        close();
      },
    };
  }

  async suggestedChoice(): Promise<ConnectionChoice | undefined> {
    const { env } = this.settings;
    const { implicitProfile, listProfiles, loadSharedConfig } = await import('./profiles');
    const profiles = listProfiles(await loadSharedConfig(env));
    const implicit = implicitProfile(env);
    const named = env['AWS_PROFILE'] !== undefined && env['AWS_PROFILE'] !== '';
    // As the SDK decides: a named profile, then keys in the environment, then the default profile.
    if (!named && hasEnvironmentCredentials(env)) return { kind: 'environment' };
    // A name that AWS_PROFILE gives is tried even if no file has it, so that the message can say so.
    return named || profiles.some((profile) => profile.name === implicit) ? { kind: 'profile', profile: implicit } : undefined;
  }

  dispose(): void {
    for (const close of this.open.values()) close();
    this.open.clear();
  }
}

async function refuse(): Promise<never> {
  throw new CancelledError();
}

/** Keys, a web identity, or a container's credential address. An EC2 instance role announces itself by nothing here. */
function hasEnvironmentCredentials(env: Environment): boolean {
  const has = (...names: string[]): boolean => names.every((name) => (env[name] ?? '') !== '');
  return (
    has('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY') ||
    has('AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN') ||
    has('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI') ||
    has('AWS_CONTAINER_CREDENTIALS_FULL_URI')
  );
}
