import type { ConnectionChoice } from '../core/ports/identity';

/** A choice as it is kept for a workspace: names only. The sandbox's address and keys are asked of it anew each time; it serves every region. */
export type RememberedChoice = Exclude<ConnectionChoice, { kind: 'sandbox' }> | { readonly kind: 'sandbox'; readonly region?: string };

export function forgetSecrets(choice: ConnectionChoice): RememberedChoice {
  const region = choice.region === undefined ? {} : { region: choice.region };
  switch (choice.kind) {
    case 'profile':
      return { kind: 'profile', profile: choice.profile, ...region };
    case 'environment':
      return { kind: 'environment', ...region };
    case 'sandbox':
      return { kind: 'sandbox', ...region };
  }
}

/** What an older version stored may look different. */
export function isRememberedChoice(value: unknown): value is RememberedChoice {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const region = 'region' in value ? value.region : undefined;
  if (region !== undefined && typeof region !== 'string') return false;
  if (value.kind === 'profile') return 'profile' in value && typeof value.profile === 'string' && value.profile !== '';
  return value.kind === 'environment' || value.kind === 'sandbox';
}
