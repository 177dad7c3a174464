import type { AwsTarget } from '../ports/identity';

/** A role as IAM has it, for set-ups whose roles are not those of the bundled template. */
export interface ExportedRole {
  readonly arn: string;
  /** JSON text. */
  readonly trustPolicy: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly permissionsBoundaryArn?: string;
  readonly inline: readonly { readonly name: string; readonly document: string }[];
  readonly managedArns: readonly string[];
}

export type ExportedRoles =
  /** The roles of the bundled stack: its template, and the parameter values of the deployed stack. */
  | { readonly kind: 'bundled'; readonly template: string; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'roles'; readonly tokenExchange: ExportedRole; readonly provisioning: ExportedRole };

export interface ExportedGroup {
  readonly name: string;
  readonly parentName?: string;
  readonly description?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** All that is deployed of a set-up. No key, no certificate. */
export interface DeployedSetup {
  readonly place: Pick<AwsTarget, 'partition' | 'region' | 'account'>;
  readonly roles: ExportedRoles;
  readonly alias: { readonly name: string; readonly credentialDurationSeconds: number };
  /** Policies of devices, the one of the settings first: each with its default version's JSON text. */
  readonly devicePolicies: readonly { readonly name: string; readonly document: string }[];
  readonly claimPolicy: { readonly name: string; readonly document: string };
  /** Those that the provisioning template names, with the groups above them. */
  readonly groups: readonly ExportedGroup[];
  readonly template: {
    readonly name: string;
    readonly body: string;
    readonly enabled: boolean;
    readonly description?: string;
    /** `FLEET_PROVISIONING`, say. */
    readonly type: string;
    /** The payload version of its hook; absent when it has none. */
    readonly hookPayloadVersion?: string;
  };
}
