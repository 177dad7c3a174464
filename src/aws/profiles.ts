import { loadSharedConfigFiles } from '@smithy/core/config';
import type { ProfileInfo } from '../core/ports/identity';
import { defined } from './objects';

export type Environment = Readonly<Record<string, string | undefined>>;
type Section = Readonly<Record<string, string | undefined>>;
export type ServiceId = 'iot' | 'cloudformation' | 'iam' | 'sts' | 'greengrassv2' | 'lambda';

/** Both shared files, as the SDK merges them: the credentials file wins. */
export interface SharedConfig {
  readonly profiles: ReadonlyMap<string, Section>;
  /** `services NAME` and `sso-session NAME` sections, by `services.NAME`. */
  readonly sections: Readonly<Record<string, Section>>;
}

/**
 * Reads the shared config and credentials files anew, so that an edit in a terminal is seen. Missing files are empty.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
 */
export async function loadSharedConfig(env: Environment): Promise<SharedConfig> {
  const files = await loadSharedConfigFiles({
    ignoreCache: true,
    ...defined({ configFilepath: env['AWS_CONFIG_FILE'] ?? undefined, filepath: env['AWS_SHARED_CREDENTIALS_FILE'] ?? undefined }),
  });
  const profiles = new Map<string, Section>();
  const isSection = (name: string): boolean => /^(services|sso-session)\./.test(name);
  for (const [name, section] of [...Object.entries(files.configFile), ...Object.entries(files.credentialsFile)]) {
    if (!isSection(name)) profiles.set(name, { ...profiles.get(name), ...section });
  }
  return { profiles, sections: files.configFile };
}

/** Every profile, `default` first, then by name. */
export function listProfiles(config: SharedConfig): ProfileInfo[] {
  return [...config.profiles]
    .map(([name, section]) => ({
      name,
      kind: profileKind(section),
      needsMfa: needsMfa(config, name),
      ...defined({ region: section['region'], endpoint: section['endpoint_url'] }),
    }))
    .sort((a, b) => Number(b.name === 'default') - Number(a.name === 'default') || a.name.localeCompare(b.name));
}

/** In the order in which the SDK looks: a role wins over keys beside it. */
function profileKind(section: Section): ProfileInfo['kind'] {
  if (section['role_arn'] !== undefined && section['web_identity_token_file'] !== undefined) return 'webIdentity';
  if (section['role_arn'] !== undefined) return 'assumeRole';
  if (section['aws_access_key_id'] !== undefined) return 'keys';
  if (section['credential_process'] !== undefined) return 'process';
  if (signsIn(section)) return 'sso';
  return 'other';
}

function signsIn(section: Section): boolean {
  return ['sso_session', 'sso_start_url', 'sso_account_id', 'sso_role_name'].some((key) => section[key] !== undefined);
}

/** The profile itself or a profile whose credentials it builds on asks for a code. */
function needsMfa(config: SharedConfig, profile: string): boolean {
  return chain(config, profile).some((section) => section['mfa_serial'] !== undefined && section['role_arn'] !== undefined);
}

/** Name of the profile in this profile's chain that signs in by `aws sso login`; undefined when none does. */
export function signInProfile(config: SharedConfig, profile: string): string | undefined {
  return chainNames(config, profile).find((name) => signsIn(config.profiles.get(name) ?? {}));
}

function chain(config: SharedConfig, profile: string): Section[] {
  return chainNames(config, profile).map((name) => config.profiles.get(name) ?? {});
}

function chainNames(config: SharedConfig, profile: string): string[] {
  const names: string[] = [];
  let next: string | undefined = profile;
  while (next !== undefined && !names.includes(next)) {
    names.push(next);
    next = config.profiles.get(next)?.['source_profile'];
  }
  return names;
}

/** Profile's region, then AWS_REGION and AWS_DEFAULT_REGION; without a profile choice the environment comes first. */
export function configuredRegion(config: SharedConfig, env: Environment, profile: string | undefined): string | undefined {
  const fromEnv = nonEmpty(env['AWS_REGION']) ?? nonEmpty(env['AWS_DEFAULT_REGION']);
  const fromFile = config.profiles.get(profile ?? implicitProfile(env))?.['region'];
  return profile === undefined ? (fromEnv ?? fromFile) : (fromFile ?? fromEnv);
}

/** The profile that the SDK's default chain uses when none is named. */
export function implicitProfile(env: Environment): string {
  return nonEmpty(env['AWS_PROFILE']) ?? 'default';
}

/**
 * The endpoint that the person's own configuration sets for a service, in the documented order; undefined for AWS's.
 * Given to every client explicitly: the SDK does not read it for a profile that is named in code.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function configuredEndpoint(config: SharedConfig, env: Environment, profile: string | undefined, service: ServiceId): string | undefined {
  const section = config.profiles.get(profile ?? implicitProfile(env)) ?? {};
  const ignored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? section['ignore_configured_endpoint_urls'];
  if (ignored?.toLowerCase() === 'true') return undefined;
  const servicesSection = section['services'] === undefined ? {} : (config.sections[`services.${section['services']}`] ?? {});
  return (
    nonEmpty(env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`]) ??
    nonEmpty(env['AWS_ENDPOINT_URL']) ??
    servicesSection[`${service}.endpoint_url`] ??
    section['endpoint_url']
  );
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}
