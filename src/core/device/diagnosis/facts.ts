import type { FleetNames, StepId } from '../../provisioning/steps';
import type { NamedPolicy } from '../../policy/evaluate';
import type { PolicyTarget } from '../../policy/ruleContext';
import type { CertificateStatus } from '../../ports/iotApi';
import type { DeviceStepId } from '../trace';

/** What the account says of a certificate with which a device connects. Undefined members could not be looked at. */
export interface CertificateFacts {
  readonly id: string;
  /** `missing`: this account and region does not know it. */
  readonly status?: CertificateStatus | 'missing';
  /** Attached to it or to a thing group of its thing. */
  readonly policies?: readonly NamedPolicy[];
}

export interface ClaimFacts extends CertificateFacts {
  /** Of CreateProvisioningClaim: valid for five minutes and for one template. */
  readonly temporary: boolean;
  readonly expiresAt?: Date;
}

export interface TemplateFacts {
  readonly name: string;
  /** Undefined: it could not be looked at; `missing`: there is none. */
  readonly status?: 'enabled' | 'disabled' | 'missing';
  /** The text to point into: the workspace file when it says the same as what is deployed, else what is deployed. */
  readonly text?: string;
  /** The workspace file that holds `text`. */
  readonly file?: string;
  readonly provisioningRoleArn?: string;
  readonly role?: RoleFacts;
  readonly hookArn?: string;
  /** Names in the rendered template that the account does not have. */
  readonly absent: readonly { readonly kind: 'thingGroup' | 'thingType' | 'policy'; readonly name: string }[];
}

/** Undefined members could not be looked at. */
export interface RoleFacts {
  readonly arn: string;
  readonly exists?: boolean;
  /** The service that has to assume it is in its trust policy. */
  readonly trusted?: boolean;
  /** Seconds. */
  readonly maxSessionDuration?: number;
}

export interface AliasFacts {
  readonly name: string;
  readonly exists?: boolean;
  readonly role?: RoleFacts;
  readonly credentialDurationSeconds?: number;
}

/** Looked at after a failure, as far as the step needs it. */
export interface DiagnosisFacts {
  readonly step: DeviceStepId;
  readonly target: PolicyTarget;
  readonly names: FleetNames;
  readonly now: Date;
  readonly port: number;
  readonly clientId: string;
  /** Topic of the message that was on its way when it failed. */
  readonly sent?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly claim: ClaimFacts;
  readonly template: TemplateFacts;
  readonly device?: CertificateFacts & { readonly thingName?: string; readonly exclusive?: boolean };
  readonly alias?: AliasFacts;
  /** Workspace file and step of a policy, by the policy's name; the file says the same as what is deployed. */
  readonly policyFiles: ReadonlyMap<string, { readonly file: string; readonly step: StepId }>;
}
