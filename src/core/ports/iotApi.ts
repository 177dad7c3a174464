import type { SearchApi } from './searchApi';
import type { ThingApi } from './thingApi';

/**
 * What the domain needs of the AWS IoT control plane. The adapter in `aws/` maps these to SDK calls, pages
 * through lists and turns SDK errors into FleetError. `undefined` from a `describe…`/`get…` means "not found";
 * every other failure throws. All calls honour the abort signal.
 */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface RoleAlias {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly credentialDurationSeconds: number;
}

export interface IotPolicy {
  readonly name: string;
  readonly arn: string;
  /** The default version's document, as stored. */
  readonly document: string;
  readonly defaultVersionId: string;
}

export interface IotPolicyVersion {
  /** "1", "2", … sort numerically, never as text. */
  readonly versionId: string;
  readonly isDefault: boolean;
  readonly createdAt?: Date;
}

export interface ThingGroup {
  readonly name: string;
  readonly arn: string;
  /** These three only where one group is described. */
  readonly parentName?: string;
  readonly description?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ProvisioningTemplate {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly provisioningRoleArn: string;
  readonly templateBody: string;
  readonly defaultVersionId: number;
  readonly description?: string;
  readonly type: string;
  readonly preProvisioningHook?: ProvisioningHook;
}

/** A Lambda function that says of each device whether it may be provisioned. */
export interface ProvisioningHook {
  /** ARN of the function; may end in a version or alias. */
  readonly targetArn: string;
  /** "2020-04-01" is the only one: https://docs.aws.amazon.com/iot/latest/apireference/API_ProvisioningHook.html */
  readonly payloadVersion: string;
}

/** A claim certificate for one template that AWS keeps for five minutes. It is no certificate of the account: nothing to clean up. */
export interface ProvisioningClaim {
  /** 64 hexadecimal digits: SHA-256 of the certificate's DER. */
  readonly certificateId: string;
  readonly pem: string;
  /** Secret: given once, never to be logged. */
  readonly privateKeyPem: string;
  readonly expiresAt: Date;
}

export interface ProvisioningTemplateVersion {
  readonly versionId: number;
  readonly isDefault: boolean;
  readonly createdAt?: Date;
}

export type CertificateStatus = 'ACTIVE' | 'INACTIVE' | 'REVOKED' | 'PENDING_TRANSFER' | 'REGISTER_INACTIVE' | 'PENDING_ACTIVATION';

export interface CertificateSummary {
  /** 64 hexadecimal digits: SHA-256 of the certificate's DER. */
  readonly id: string;
  readonly arn: string;
  readonly status: CertificateStatus;
  readonly createdAt?: Date;
}

export interface Certificate extends CertificateSummary {
  readonly pem: string;
}

export type EndpointType = 'iot:Data-ATS' | 'iot:CredentialProvider' | 'iot:Jobs';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** One question to `testAuthorization`: the action and the ARN of the client, topic or topic filter. */
export interface AuthorizationQuestion {
  readonly action: 'CONNECT' | 'PUBLISH' | 'SUBSCRIBE' | 'RECEIVE';
  readonly resource: string;
}

export interface AuthorizationAnswer {
  readonly decision: 'ALLOWED' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';
  /** Names of the policies that allowed, or that denied by a statement. */
  readonly policies: readonly string[];
  /** Variables that had no value when AWS looked. */
  readonly missing: readonly string[];
}

export interface IotApi extends ThingApi, SearchApi {
  describeRoleAlias(name: string, options?: CallOptions): Promise<RoleAlias | undefined>;
  createRoleAlias(
    input: { name: string; roleArn: string; credentialDurationSeconds?: number; tags?: readonly Tag[] },
    options?: CallOptions,
  ): Promise<{ name: string; arn: string }>;
  updateRoleAlias(input: { name: string; roleArn: string }, options?: CallOptions): Promise<void>;
  /** Throws `notFound` without it. Devices that use it get no AWS credentials from then on. */
  deleteRoleAlias(name: string, options?: CallOptions): Promise<void>;
  /** Names; pages lazily. */
  listRoleAliases(options?: CallOptions): AsyncIterable<string>;

  getPolicy(name: string, options?: CallOptions): Promise<IotPolicy | undefined>;
  createPolicy(input: { name: string; document: string; tags?: readonly Tag[] }, options?: CallOptions): Promise<{ arn: string }>;
  listPolicies(options?: CallOptions): AsyncIterable<{ name: string; arn: string }>;
  listPolicyVersions(name: string, options?: CallOptions): Promise<readonly IotPolicyVersion[]>;
  getPolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<string | undefined>;
  createPolicyVersion(input: { name: string; document: string; setAsDefault: boolean }, options?: CallOptions): Promise<{ versionId: string }>;
  /** What this version says takes effect for all that carry the policy. */
  setDefaultPolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<void>;
  deletePolicyVersion(name: string, versionId: string, options?: CallOptions): Promise<void>;
  /**
   * With its default version. Throws `conflict` (DeleteConflictException) while it is attached, for up to five minutes after it
   * was detached, and while it has other versions: https://docs.aws.amazon.com/iot/latest/apireference/API_DeletePolicy.html
   */
  deletePolicy(name: string, options?: CallOptions): Promise<void>;
  attachPolicy(input: { policyName: string; target: string }, options?: CallOptions): Promise<void>;
  detachPolicy(input: { policyName: string; target: string }, options?: CallOptions): Promise<void>;
  /** Policy names attached directly to a certificate or thing group ARN. */
  listAttachedPolicies(target: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }>;
  /** ARNs of certificates and thing groups that a policy is attached to. */
  listTargetsForPolicy(policyName: string, options?: CallOptions): AsyncIterable<string>;

  /**
   * What AWS IoT itself would answer a device. One answer per question, in order; any number of questions.
   * `principal`: ARN of a certificate or thing group. Policies by name, as they are deployed.
   */
  testAuthorization(
    input: { principal: string; clientId?: string; questions: readonly AuthorizationQuestion[]; addPolicies?: readonly string[]; skipPolicies?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly AuthorizationAnswer[]>;

  describeThingGroup(name: string, options?: CallOptions): Promise<ThingGroup | undefined>;
  createThingGroup(input: { name: string; tags?: readonly Tag[] }, options?: CallOptions): Promise<ThingGroup>;
  /**
   * Its things stay, without it; so do its policies. No error without the group. Throws `validation` while there are groups below
   * it: https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThingGroup.html
   */
  deleteThingGroup(name: string, options?: CallOptions): Promise<void>;
  listThingGroups(options?: CallOptions): AsyncIterable<ThingGroup>;

  /** Groups directly below one. Throws `notFound` without it. */
  listChildThingGroups(parent: string, options?: CallOptions): AsyncIterable<ThingGroup>;
  /** Names of the direct members, not of those of groups below. Throws `notFound` without the group. */
  listThingsInThingGroup(group: string, options?: CallOptions): AsyncIterable<string>;

  /** In the order of AWS, page by page; an account may have millions. */
  listThings(options?: CallOptions): AsyncIterable<{ name: string; arn: string; typeName?: string }>;

  describeProvisioningTemplate(name: string, options?: CallOptions): Promise<ProvisioningTemplate | undefined>;
  createProvisioningTemplate(
    input: { name: string; templateBody: string; provisioningRoleArn: string; enabled: boolean; description?: string; tags?: readonly Tag[]; hookArn?: string },
    options?: CallOptions,
  ): Promise<{ arn: string }>;
  /** `hookArn`: ARN of the pre-provisioning hook; `null` takes it away. */
  updateProvisioningTemplate(
    input: { name: string; enabled?: boolean; provisioningRoleArn?: string; defaultVersionId?: number; description?: string; hookArn?: string | null },
    options?: CallOptions,
  ): Promise<void>;
  /** Throws `notFound` without it. Devices that registered by it stay as they are. */
  deleteProvisioningTemplate(name: string, options?: CallOptions): Promise<void>;
  listProvisioningTemplates(options?: CallOptions): AsyncIterable<{ name: string; arn: string; enabled: boolean }>;
  listProvisioningTemplateVersions(name: string, options?: CallOptions): AsyncIterable<ProvisioningTemplateVersion>;
  /** The body of one version. */
  getProvisioningTemplateVersion(name: string, versionId: number, options?: CallOptions): Promise<string | undefined>;
  createProvisioningTemplateVersion(input: { name: string; templateBody: string; setAsDefault: boolean }, options?: CallOptions): Promise<{ versionId: number }>;
  deleteProvisioningTemplateVersion(name: string, versionId: number, options?: CallOptions): Promise<void>;
  /**
   * A key pair and certificate good for five minutes and this template: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningClaim.html
   * Throws `notFound` without the template, `validation` for a JITP template. Each call makes another one.
   */
  createProvisioningClaim(templateName: string, options?: CallOptions): Promise<ProvisioningClaim>;

  createCertificateFromCsr(input: { csrPem: string; setAsActive: boolean }, options?: CallOptions): Promise<Certificate>;
  describeCertificate(id: string, options?: CallOptions): Promise<Certificate | undefined>;
  updateCertificateStatus(id: string, status: 'ACTIVE' | 'INACTIVE' | 'REVOKED', options?: CallOptions): Promise<void>;
  /**
   * `force`: with its policies attached, which then no longer are; it must not be active nor have a thing all the same:
   * https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteCertificate.html
   */
  deleteCertificate(id: string, options?: CallOptions & { readonly force?: boolean }): Promise<void>;
  /** Newest first. */
  listCertificates(options?: CallOptions): AsyncIterable<CertificateSummary>;

  describeEndpoint(type: EndpointType, options?: CallOptions): Promise<string>;
}
