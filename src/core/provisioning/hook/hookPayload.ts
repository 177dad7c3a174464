import { templateFacts } from '../templateBody';

/** What AWS IoT sends to a hook: https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
export interface HookPayload {
  readonly claimCertificateId: string;
  readonly certificateId: string;
  readonly certificatePem: string;
  readonly templateArn: string;
  readonly clientId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface HookPayloadFacts {
  readonly templateArn: string;
  readonly templateBody: string;
  /** What a device's configuration gives; wins over the template's defaults. */
  readonly given: Readonly<Record<string, string>>;
  /** A certificate that stands for the one of the device, and its id. */
  readonly certificate: { readonly id: string; readonly pem: string };
  readonly claimCertificateId: string;
  readonly clientId: string;
}

/**
 * A payload to try a hook with: members and their order as AWS has them; each declared parameter has a value (given,
 * default, or an example made of its name). "The parameters object … contains the properties in the parameters argument
 * passed in the RegisterThing request payload", so that those given but not declared are there as well.
 */
export function hookPayload(facts: HookPayloadFacts): HookPayload {
  const declared = templateFacts(facts.templateBody).parameters.map(({ name, defaultValue }) => [name, defaultValue ?? `Example${name}`] as const);
  return {
    claimCertificateId: facts.claimCertificateId,
    certificateId: facts.certificate.id,
    certificatePem: facts.certificate.pem,
    templateArn: facts.templateArn,
    clientId: facts.clientId,
    parameters: { ...Object.fromEntries(declared), ...facts.given },
  };
}

export type HookVerdict = 'allows' | 'denies' | 'fails';

/** "The provisioning proceeds only if the Lambda function returns an object with "allowProvisioning": True": the same page. */
export function hookVerdict(answer: { readonly failed?: string; readonly payload: string }): HookVerdict {
  if (answer.failed !== undefined) return 'fails';
  try {
    const value: unknown = JSON.parse(answer.payload);
    return typeof value === 'object' && value !== null && 'allowProvisioning' in value && value.allowProvisioning === true ? 'allows' : 'denies';
  } catch {
    return 'fails';
  }
}
