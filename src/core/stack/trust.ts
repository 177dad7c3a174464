import { member, tryParseJson } from '../util/json';

/** The service that hands a device AWS credentials for its certificate. The same principal in every partition (unverified outside `aws`). */
export const credentialsService = 'credentials.iot.amazonaws.com';
/** The service that runs a fleet provisioning template. */
export const iotService = 'iot.amazonaws.com';

/**
 * Services that a role's trust policy allows to assume it, without conditions being evaluated. Empty when the text is
 * no policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function trustedServices(trustPolicy: string): ReadonlySet<string> {
  const services = new Set<string>();
  for (const statement of list(member(tryParseJson(trustPolicy)?.value, 'Statement'))) {
    if (member(statement, 'Effect') !== 'Allow') continue;
    if (!list(member(statement, 'Action')).some((action) => typeof action === 'string' && /^(sts:(AssumeRole|\*)|\*)$/i.test(action))) continue;
    for (const service of list(member(member(statement, 'Principal'), 'Service'))) {
      if (typeof service === 'string') services.add(service.toLowerCase());
    }
  }
  return services;
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
