import { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } from '@aws-sdk/client-sts';
import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { memoize } from '@smithy/core/config';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { ConnectionChoice } from '../core/ports/identity';
import { defined } from './objects';
import type { Environment } from './profiles';

export interface CredentialOptions {
  readonly region: string;
  /** STS endpoint of the person's configuration, for the calls that assume a role. */
  readonly stsEndpoint: string | undefined;
  readonly mfaCode: (serial: string) => Promise<string>;
  readonly env: Environment;
}

/** Renewed five minutes before they end, as the SDK does itself. */
const renewBeforeMs = 5 * 60_000;

/**
 * One provider for all clients of a connection: an MFA code or a credential process is asked once, not once per
 * service. A named profile never falls back to other sources (an instance role for example): that would reach
 * another account than the one that was chosen.
 */
export function credentialsOf(choice: ConnectionChoice, options: CredentialOptions): AwsCredentialIdentityProvider {
  if (choice.kind === 'sandbox') {
    const fixed: AwsCredentialIdentity = { accessKeyId: choice.accessKeyId, secretAccessKey: choice.secretAccessKey };
    return () => Promise.resolve(fixed);
  }
  const sts = { region: options.region, ignoreConfiguredEndpointUrls: true, ...defined({ endpoint: options.stsEndpoint }) };
  const common = {
    ignoreCache: true,
    mfaCodeProvider: options.mfaCode,
    roleAssumer: getDefaultRoleAssumer(sts),
    roleAssumerWithWebIdentity: getDefaultRoleAssumerWithWebIdentity(sts),
    ...defined({ configFilepath: options.env['AWS_CONFIG_FILE'] ?? undefined, filepath: options.env['AWS_SHARED_CREDENTIALS_FILE'] ?? undefined }),
  };
  const provider =
    choice.kind === 'profile'
      ? fromIni({ ...common, profile: choice.profile, parentClientConfig: { region: options.region } })
      : fromNodeProviderChain(common);
  return memoize(
    () => provider(),
    (credentials) => credentials.expiration !== undefined && credentials.expiration.getTime() - Date.now() < renewBeforeMs,
    (credentials) => credentials.expiration !== undefined,
  );
}
