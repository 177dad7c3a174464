import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import * as l10n from '@vscode/l10n';
import { FleetError } from '../core/errors';
import type { ConnectOptions, Connection } from '../core/ports/connection';
import type { AwsTarget, ConnectionChoice } from '../core/ports/identity';
import type { WaitReporter } from '../core/ports/waiting';
import { AwsClients } from './clients';
import { credentialsOf } from './credentials';
import type { Caller } from './errorMapper';
import { awsIotApi } from './iotApi';
import { LazyGreengrassApi } from './lazyGreengrassApi';
import { LazyLambdaApi } from './lazyLambdaApi';
import { defined, required } from './objects';
import type { PaceClock } from './pace/paceClock';
import { awsRates } from './pace/rates';
import { configuredEndpoint, configuredRegion, loadSharedConfig, signInProfile, type Environment, type ServiceId, type SharedConfig } from './profiles';
import { AwsRoleApi } from './roleApi';
import { isLoopback, probeSandbox, sandboxRootCa } from './sandboxProbe';
import { AwsStackApi } from './stackApi';

export interface ConnectSettings {
  readonly env: Environment;
  readonly userAgent: string;
  /** PEM of Amazon Root CA 1, which signs every AWS IoT endpoint (`iot:Data-ATS`) in every partition. */
  readonly amazonRootCa: () => Promise<string>;
  readonly clock: PaceClock;
  /** Told when calls wait for their turn, or because AWS asked to slow down. */
  readonly waiting?: WaitReporter;
  readonly log?: (line: string) => void;
}

/** The connection, and what frees its sockets when another one takes its place. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly close: () => void;
}

/**
 * Resolves region, endpoints and credentials, then asks sts:GetCallerIdentity, which needs no permission
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). Throws FleetError or CancelledError.
 * @param known credentials that were got for this choice already, perhaps for another region
 */
export async function connect(choice: ConnectionChoice, options: ConnectOptions, settings: ConnectSettings, known?: AwsCredentialIdentityProvider): Promise<OpenConnection> {
  const config = await loadSharedConfig(settings.env);
  const profile = choice.kind === 'profile' ? choice.profile : undefined;
  checkChoice(choice, config);
  const region = regionOf(choice, config, settings.env);
  const endpoint = (service: ServiceId): string | undefined =>
    choice.kind === 'sandbox' ? choice.endpoint : configuredEndpoint(config, settings.env, profile, service);
  const iotEndpoint = endpoint('iot');
  const sandbox = await probeSandbox(iotEndpoint, options.signal);
  const isSandbox = sandbox !== undefined;
  const signIn = profile === undefined ? undefined : signInProfile(config, profile);
  const caller: Caller = {
    signsIn: signIn !== undefined,
    region,
    isSandbox: isSandbox || choice.kind === 'sandbox',
    ...defined({ profile: signIn ?? profile }),
  };
  const credentials = known ?? credentialsOf(choice, { region, stsEndpoint: endpoint('sts'), mfaCode: options.mfaCode, env: settings.env });
  const { userAgent, clock, waiting, log } = settings;
  // The sandbox is nobody else's, and as fast as this computer.
  const rates = isSandbox ? undefined : awsRates;
  const clients = new AwsClients({ region, credentials, endpoint, userAgent, caller, clock, rates, ...defined({ waiting, log }) });

  const action = 'sts:GetCallerIdentity';
  const identity = await clients.call({ action }, options, (http) => clients.sts.send(new GetCallerIdentityCommand({}), http)).catch((error: unknown) => {
    clients.close();
    throw error;
  });
  const callerArn = required(identity.Arn, 'Arn', action);
  const target: AwsTarget = {
    label: labelOf(choice),
    account: required(identity.Account, 'Account', action),
    region,
    partition: required(callerArn.split(':')[1], 'Arn', action),
    callerArn,
    isSandbox,
    ...defined({ endpoint: iotEndpoint }),
  };
  return {
    connection: Object.freeze({
      target: Object.freeze(target),
      iot: awsIotApi(clients),
      stacks: new AwsStackApi(clients),
      roles: new AwsRoleApi(clients),
      greengrass: new LazyGreengrassApi(clients),
      lambda: new LazyLambdaApi(clients),
      ...defined({ devices: sandbox?.devices }),
      rootCaPem: (signal?: AbortSignal) => (isSandbox && iotEndpoint !== undefined ? sandboxRootCa(iotEndpoint, signal) : settings.amazonRootCa()),
    }),
    credentials,
    close: () => clients.close(),
  };
}

function labelOf(choice: ConnectionChoice): string {
  switch (choice.kind) {
    case 'profile':
      return choice.profile;
    case 'environment':
      return l10n.t('environment');
    case 'sandbox':
      return l10n.t('local sandbox');
  }
}

function checkChoice(choice: ConnectionChoice, config: SharedConfig): void {
  if (choice.kind === 'profile' && !config.profiles.has(choice.profile)) {
    throw new FleetError(l10n.t('There is no AWS profile named {0} in the shared config and credentials files.', choice.profile), {
      category: 'credentials',
      code: 'profileNotFound',
      advice: l10n.t('Choose another profile, or add it with "aws configure".'),
      remedies: [{ kind: 'chooseProfile' }, { kind: 'startSandbox' }],
    });
  }
  if (choice.kind === 'sandbox' && !isLoopback(choice.endpoint)) {
    throw new FleetError(l10n.t('{0} is not on this computer: it cannot be the local sandbox.', choice.endpoint), {
      category: 'validation',
      code: 'sandboxNotLocal',
      remedies: [{ kind: 'startSandbox' }],
    });
  }
}

function regionOf(choice: ConnectionChoice, config: SharedConfig, env: Environment): string {
  const region = choice.region ?? configuredRegion(config, env, choice.kind === 'profile' ? choice.profile : undefined);
  if (region === undefined) {
    throw new FleetError(
      choice.kind === 'profile' ? l10n.t('Profile {0} names no region.', choice.profile) : l10n.t('The environment names no region.'),
      { category: 'region', code: 'noRegion', advice: l10n.t('Choose a region.'), remedies: [{ kind: 'chooseRegion' }] },
    );
  }
  // It becomes part of host names: only letters, digits and dashes may pass.
  if (!/^[a-z0-9-]{1,63}$/.test(region)) {
    throw new FleetError(l10n.t('{0} is not the name of an AWS region.', region), {
      category: 'region',
      code: 'badRegion',
      advice: l10n.t('Choose a region such as eu-central-1.'),
      remedies: [{ kind: 'chooseRegion' }],
    });
  }
  return region;
}
