import { X509Certificate } from 'node:crypto';
import { PolicyEvaluator, type NamedPolicy } from '../../core/policy/evaluate';
import type { Caller, Question } from '../../core/policy/request';
import type { SandboxKernel } from '../kernel/kernel';
import type { BackgroundScope, CallContext } from '../kernel/types';
import type { CertificateRecord } from '../services/iot/certificates';
import { deviceAuthority } from '../services/iot/devicePolicies';
import { endpointAddress } from '../services/iot/endpoints';
import { denied } from '../services/iot/fleetProvisioning';
import type { ProvisioningClaimRecord } from '../services/iot/provisioningTemplates';

/** Whose certificate opened the connection. */
export interface Identity {
  readonly scope: BackgroundScope;
  readonly certificateId: string;
}

interface Rights {
  readonly evaluator: PolicyEvaluator;
  readonly caller: Caller;
  readonly claim: ProvisioningClaimRecord | undefined;
}

interface Entry {
  readonly rights: Promise<Rights | undefined>;
  /** Certificate id, client id and thing name: a written row that names one of these makes the entry stale. */
  marks: readonly string[];
}

const CERTIFICATES = 'iot.certificate';
const CLAIMS = 'iot.provisioningClaim';
/** Rows that concern any number of devices: policies, groups and what is attached to groups. */
const SHARED = /^iot\.(policy|policyVersion|thingGroup)\0|^iot\.policyByTarget\0.*:thinggroup\//;
/** More rights than connections that are open at a time are not kept. */
const MAX_ENTRIES = 5000;

/** Who may do what: read from the control plane's tables, kept until they change. */
export class Authorities {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly kernel: SandboxKernel) {}

  /** The account and region in which this certificate (DER) is known and ACTIVE. `serverName` tells regions apart. */
  async identify(der: Buffer, certificateId: string, serverName: string | undefined): Promise<Identity | undefined> {
    const certificate = new X509Certificate(der);
    const now = this.kernel.now().getTime();
    // unverified: that AWS refuses a registered certificate once it has expired.
    if (now > Date.parse(certificate.validTo)) return undefined;
    const scopes = new Map<string, BackgroundScope>();
    for (const table of [CERTIFICATES, CLAIMS]) {
      for (const scope of await this.kernel.scopesWith(table)) scopes.set(`${scope.account} ${scope.region}`, scope);
    }
    const named = [...scopes.values()].filter((scope) => serverName === endpointAddress(scope, 'iot:Data-ATS') || serverName === endpointAddress(scope, 'iot:Data'));
    for (const scope of named.length > 0 ? named : scopes.values()) {
      const identity = { scope, certificateId };
      const rights = await this.rights(identity, '');
      if (rights !== undefined && (rights.claim === undefined || now < Date.parse(rights.claim.expiresAt))) return identity;
    }
    return undefined;
  }

  /** Undefined: the certificate is not ACTIVE any more. */
  async allows(identity: Identity, clientId: string, question: Question): Promise<boolean | undefined> {
    const rights = await this.rights(identity, clientId);
    return rights === undefined ? undefined : rights.evaluator.ask(question, rights.caller, identity.scope).outcome === 'allowed';
  }

  /** The temporary claim behind the connection, if it is one. Throws AccessDenied when the certificate was withdrawn meanwhile. */
  async claimOf(identity: Identity): Promise<ProvisioningClaimRecord | undefined> {
    const rights = await this.rights(identity, '');
    if (rights === undefined) throw denied();
    return rights.claim;
  }

  /** Forgets what these written rows may have changed. */
  committed(keys: readonly string[]): void {
    const relevant = keys.filter((key) => key.startsWith('iot.'));
    if (relevant.some((key) => SHARED.test(key))) this.entries.clear();
    // Certificate ids and thing names stand between these in keys and ARNs. A thousand devices may be connected: no search through texts.
    const named = new Set(relevant.flatMap((key) => key.split(/[\0 /]/)));
    for (const [name, { marks }] of this.entries) {
      if (marks.some((mark) => named.has(mark))) this.entries.delete(name);
    }
  }

  /** The client is gone. */
  forget(identity: Identity, clientId: string): void {
    this.entries.delete(entryName(identity, clientId));
  }

  private rights(identity: Identity, clientId: string): Promise<Rights | undefined> {
    const { scope, certificateId } = identity;
    const name = entryName(identity, clientId);
    const known = this.entries.get(name);
    if (known !== undefined) return known.rights;
    const rights = this.kernel.view(scope, (call) => load(call, certificateId, clientId));
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    const entry: Entry = { rights, marks: [certificateId, ...(clientId === '' ? [] : [clientId])] };
    this.entries.set(name, entry);
    rights.then(
      (found) => {
        if (found?.caller.thing !== undefined) entry.marks = [...entry.marks, found.caller.thing.name];
      },
      () => this.entries.delete(name),
    );
    return rights;
  }
}

function entryName({ scope, certificateId }: Identity, clientId: string): string {
  return [scope.account, scope.region, certificateId, clientId].join(' ');
}

async function load(call: CallContext, certificateId: string, clientId: string): Promise<Rights | undefined> {
  // Expired or not: who connected in time may finish; what a late request may do is for the request to say.
  const claim = await call.tx.get<ProvisioningClaimRecord>(CLAIMS, certificateId);
  if (claim !== undefined) return { evaluator: new PolicyEvaluator([claimPolicy(call, claim.templateName)]), caller: { certificateId, clientId }, claim };
  const record = await call.tx.get<CertificateRecord>(CERTIFICATES, certificateId);
  if (record?.status !== 'ACTIVE') return undefined;
  const { policies, caller } = await deviceAuthority(call, certificateId, clientId);
  return { evaluator: new PolicyEvaluator(policies), caller, claim: undefined };
}

/** A temporary claim has no policy of its own: it is good for one template. https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html#trusted-user */
function claimPolicy(call: CallContext, templateName: string): NamedPolicy {
  const arn = (kind: string, name: string): string => `arn:${call.partition}:iot:${call.region}:${call.account}:${kind}/${name}`;
  const topics = ['$aws/certificates/create/*', '$aws/certificates/create-from-csr/*', `$aws/provisioning-templates/${templateName}/provision/*`];
  const Statement = [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: topics.map((topic) => arn('topic', topic)) },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: topics.map((topic) => arn('topicfilter', topic)) },
  ];
  return { name: 'provisioning claim', text: JSON.stringify({ Version: '2012-10-17', Statement }) };
}
