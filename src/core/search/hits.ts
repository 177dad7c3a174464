import type { CoreDeviceStatus } from '../ports/greengrassApi';
import type { CertificateStatus } from '../ports/iotApi';

interface Named {
  readonly name: string;
  readonly arn: string;
}

export interface FoundThing extends Named {
  readonly kind: 'thing';
  readonly typeName?: string;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent where nobody knows. */
  readonly connected?: boolean;
}

export interface FoundCore extends Named {
  readonly kind: 'coreDevice';
  readonly status: CoreDeviceStatus;
  readonly reportedAt?: Date;
}

/** Its name is its id. */
export interface FoundCertificate extends Named {
  readonly kind: 'certificate';
  readonly status: CertificateStatus;
}

export interface FoundPolicy extends Named {
  readonly kind: 'policy';
}

/** Something that was searched for and is there. */
export type FleetHit = FoundThing | FoundCore | FoundCertificate | FoundPolicy;

/** The order in which kinds are shown. */
export const hitKinds = ['thing', 'coreDevice', 'certificate', 'policy'] as const satisfies readonly FleetHit['kind'][];
