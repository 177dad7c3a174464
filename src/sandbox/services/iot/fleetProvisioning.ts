import { createHash, randomBytes } from 'node:crypto';
import { Fault, type CallContext, type CertificateAuthority } from '../../kernel/types';
import { arnOf } from './arns';
import { requireCertificate, store } from './certificates';
import type { CertificateRecord } from './certificates';
import { composite, keysOf } from './paging';
import { policiesOf } from './policyTargets';
import type { ProvisioningClaimRecord } from './provisioningTemplates';
import { requireVersion } from './provisioningTemplateVersions';
import { registerThing } from './registerThing';
import { requireAssumableRole } from './roles';
import { TEMPLATES, type ProvisioningTemplateRecord } from './templateRecords';

/** The device API of fleet provisioning: https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html */

/** Proof that a device was given a certificate; only the token's hash is kept. */
interface TokenRecord {
  readonly certificateId: string;
  readonly expiresAt: string;
}

const TOKENS = 'iot.ownershipToken';
/** `<ISO time> <token hash>`, so that what has expired is found at the front. */
const BY_EXPIRY = 'iot.ownershipTokenByExpiry';
/** "the certificateOwnershipToken … expires after one hour" */
const TOKEN_LIFETIME_MS = 3_600_000;

export interface IssuedCertificate {
  readonly certificateOwnershipToken: string;
  readonly certificateId: string;
  readonly certificatePem: string;
}

/** The claim with which the device is connected: a certificate of the account, or a temporary one for one template. */
export interface ClaimCaller {
  readonly certificateId: string;
  readonly clientId: string;
  readonly claim?: ProvisioningClaimRecord | undefined;
}

export interface ProvisionRequest {
  readonly certificateOwnershipToken?: unknown;
  readonly parameters?: unknown;
}

export interface ProvisionAnswer {
  readonly deviceConfiguration: Readonly<Record<string, string | number | boolean>>;
  readonly thingName: string | undefined;
}

/** What a pre-provisioning hook is given: https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
export interface HookInput {
  readonly claimCertificateId: string;
  readonly certificateId: string;
  readonly certificatePem: string;
  readonly templateArn: string;
  readonly clientId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A request that passed the checks, before its hook. */
export interface CheckedProvision {
  readonly templateName: string;
  readonly certificateId: string;
  readonly tokenHash: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly hook: { readonly targetArn: string; readonly input: HookInput } | undefined;
}

export async function createKeysAndCertificate(call: CallContext, ca: CertificateAuthority, caller: ClaimCaller): Promise<IssuedCertificate & { readonly privateKey: string }> {
  checkClaim(call, caller);
  const made = await ca.issueWithKeys(call.now());
  return { ...(await issued(call, made)), privateKey: made.privateKeyPem };
}

export async function createCertificateFromCsr(call: CallContext, ca: CertificateAuthority, caller: ClaimCaller, request: { readonly certificateSigningRequest?: unknown }): Promise<IssuedCertificate> {
  checkClaim(call, caller);
  const csr = request.certificateSigningRequest;
  // unverified: the code and the text.
  if (typeof csr !== 'string' || csr === '') throw new Fault('InvalidCertificateSigningRequest', 'Certificate signing request cannot be empty.');
  try {
    return await issued(call, await ca.issueFromCsr(csr, call.now()));
  } catch (error) {
    if (error instanceof Fault) throw new Fault('InvalidCertificateSigningRequest', error.message);
    throw error;
  }
}

/** All that can be said before the hook runs. Reads only. Throws Fault: AccessDenied, InvalidCertificateOwnershipToken … */
export async function checkProvision(call: CallContext, templateName: string, request: ProvisionRequest, caller: ClaimCaller): Promise<CheckedProvision> {
  const { tokenHash, certificateId } = await owned(call, request.certificateOwnershipToken);
  const template = await usableTemplate(call, templateName, caller);
  const parameters = textParameters(request.parameters);
  const { pem } = await requireCertificate(call, certificateId);
  const templateArn = arnOf(call, 'provisioningtemplate', templateName);
  const input = { claimCertificateId: caller.certificateId, certificateId, certificatePem: pem, templateArn, clientId: caller.clientId, parameters };
  return { templateName, certificateId, tokenHash, parameters, hook: template.hook === undefined ? undefined : { targetArn: template.hook.targetArn, input } };
}

/** Registers the device. Call it in a transaction of its own, with the parameters that the hook has overridden. */
export async function provision(call: CallContext, checked: CheckedProvision, parameters: Readonly<Record<string, string>>, caller: ClaimCaller): Promise<ProvisionAnswer> {
  // Again: the hook took its time, and another request may have used the token.
  const template = await usableTemplate(call, checked.templateName, caller);
  const token = await call.tx.get<TokenRecord>(TOKENS, checked.tokenHash);
  if (token === undefined) throw invalidToken('Certificate ownership token is invalid.');
  await requireAssumableRole(call, template.provisioningRoleArn, 'iot.amazonaws.com').catch((error: unknown) => {
    throw error instanceof Fault ? denied() : error;
  });
  const { body } = await requireVersion(call, template.name, template.defaultVersionId);
  const { thingName, deviceConfiguration } = await registerThing(call, body, parameters, checked.certificateId);
  removeToken(call, checked.tokenHash, token);
  return { deviceConfiguration, thingName };
}

/** The certificates that no device registered in time go, with their tokens: "the certificate is deleted". Gives how many. */
export async function removeExpired(call: CallContext): Promise<number> {
  let removed = 0;
  const now = call.now().toISOString();
  for (const key of await keysOf(call.tx, BY_EXPIRY, '', 1000)) {
    const [expiresAt = '', hash = ''] = key.split(' ');
    if (expiresAt > now) break;
    const token = await call.tx.get<TokenRecord>(TOKENS, hash);
    if (token === undefined) continue;
    removeToken(call, hash, token);
    if (await isUnused(call, token.certificateId)) {
      await call.invoke('iot', 'DeleteCertificate', { certificateId: token.certificateId });
      removed++;
    }
  }
  return removed;
}

export const OWNERSHIP_TABLE = BY_EXPIRY;

async function isUnused(call: CallContext, certificateId: string): Promise<boolean> {
  const record = await call.tx.get<CertificateRecord>('iot.certificate', certificateId);
  if (record?.status !== 'PENDING_ACTIVATION') return false;
  const arn = arnOf(call, 'cert', certificateId);
  return (await policiesOf(call, arn)).length === 0 && (await keysOf(call.tx, 'iot.thingByPrincipal', composite(arn, ''), 1)).length === 0;
}

async function issued(call: CallContext, made: { readonly id: string; readonly pem: string }): Promise<IssuedCertificate> {
  await store(call, made, 'PENDING_ACTIVATION', 'DEFAULT');
  // 128 characters: devices keep 512 bytes for it.
  const certificateOwnershipToken = randomBytes(96).toString('base64url');
  const hash = hashOf(certificateOwnershipToken);
  const token: TokenRecord = { certificateId: made.id, expiresAt: new Date(call.now().getTime() + TOKEN_LIFETIME_MS).toISOString() };
  call.tx.put(TOKENS, hash, token);
  call.tx.put(BY_EXPIRY, composite(token.expiresAt, hash), true);
  return { certificateOwnershipToken, certificateId: made.id, certificatePem: made.pem };
}

async function owned(call: CallContext, token: unknown): Promise<{ readonly tokenHash: string; readonly certificateId: string }> {
  // Seen from AWS: https://github.com/aws/aws-iot-device-sdk-js-v2/issues/69. The other texts are unverified.
  if (typeof token !== 'string' || token === '') throw invalidToken('Certificate ownership token cannot be empty.');
  const tokenHash = hashOf(token);
  const record = await call.tx.get<TokenRecord>(TOKENS, tokenHash);
  if (record === undefined) throw invalidToken('Certificate ownership token is invalid.');
  if (Date.parse(record.expiresAt) <= call.now().getTime()) throw invalidToken('Certificate ownership token has expired.');
  return { tokenHash, certificateId: record.certificateId };
}

/** A disabled template, none at all, or another one than the claim is for: AWS says no more than that access is denied. */
async function usableTemplate(call: CallContext, name: string, caller: ClaimCaller): Promise<ProvisioningTemplateRecord> {
  const template = await call.tx.get<ProvisioningTemplateRecord>(TEMPLATES, name);
  if (template?.enabled !== true || template.type !== 'FLEET_PROVISIONING') throw denied();
  if (caller.claim !== undefined && caller.claim.templateName !== name) throw denied();
  return template;
}

/** "The provisioning claim … expires after five minutes": what it starts must be started by then. */
function checkClaim(call: CallContext, { claim }: ClaimCaller): void {
  if (claim !== undefined && Date.parse(claim.expiresAt) <= call.now().getTime()) throw denied();
}

/** unverified: that AWS refuses values that are no texts, and how. */
function textParameters(parameters: unknown): Readonly<Record<string, string>> {
  if (parameters === undefined || parameters === null) return {};
  if (typeof parameters !== 'object' || Array.isArray(parameters)) throw new Fault('InvalidParameters', 'Parameters must be a map of strings.');
  const entries = Object.entries(parameters as Readonly<Record<string, unknown>>);
  const wrong = entries.find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) throw new Fault('InvalidParameters', `The value of parameter ${wrong[0]} must be a string.`);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}

function removeToken(call: CallContext, hash: string, token: TokenRecord): void {
  call.tx.delete(TOKENS, hash);
  call.tx.delete(BY_EXPIRY, composite(token.expiresAt, hash));
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const invalidToken = (message: string): Fault => new Fault('InvalidCertificateOwnershipToken', message);

/** https://github.com/aws-samples/aws-iot-fleet-provisioning/issues/25 shows code and status; the text is unverified. */
export const denied = (message = 'Access Denied'): Fault => new Fault('AccessDenied', message, {}, 403);
