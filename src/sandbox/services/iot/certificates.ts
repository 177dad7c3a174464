import { randomUUID, X509Certificate } from 'node:crypto';
import type {
  CertificateMode,
  CertificateStatus,
  CreateCertificateFromCsrRequest,
  CreateCertificateFromCsrResponse,
  CreateKeysAndCertificateRequest,
  CreateKeysAndCertificateResponse,
  DeleteCertificateRequest,
  DescribeCertificateRequest,
  DescribeCertificateResponse,
  ListCertificatesRequest,
  ListCertificatesResponse,
  RegisterCertificateWithoutCARequest,
  RegisterCertificateWithoutCAResponse,
  UpdateCertificateRequest,
} from '@aws-sdk/client-iot';
import type { CallContext, CertificateAuthority } from '../../kernel/types';
import { certificateId } from '../../pki/certificateAuthority';
import { toPem } from '../../pki/pem';
import { arnOf } from './arns';
import { alreadyExists, certificateState, certificateValidation, deleteConflict, notFound } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, nextSequence, readPage } from './paging';
import { detachAll, policiesOf } from './policyTargets';

export interface CertificateRecord {
  readonly id: string;
  /** Place in the order of creation. */
  readonly sequence: string;
  readonly pem: string;
  readonly status: CertificateStatus;
  readonly mode: CertificateMode;
  readonly generationId: string;
  readonly customerVersion: number;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

const TABLE = 'iot.certificate';
const BY_CREATION = 'iot.certificateByCreation';

export function certificateHandlers(ca: CertificateAuthority) {
  return {
    async CreateKeysAndCertificate(input: Input<CreateKeysAndCertificateRequest>, call: CallContext): Promise<CreateKeysAndCertificateResponse> {
      const made = await ca.issueWithKeys(call.now());
      const record = await store(call, made, input.setAsActive === true ? 'ACTIVE' : 'INACTIVE', 'DEFAULT');
      return {
        certificateArn: arnOf(call, 'cert', record.id),
        certificateId: record.id,
        certificatePem: record.pem,
        keyPair: { PublicKey: made.publicKeyPem, PrivateKey: made.privateKeyPem },
      };
    },

    async CreateCertificateFromCsr(input: Input<CreateCertificateFromCsrRequest>, call: CallContext): Promise<CreateCertificateFromCsrResponse> {
      const made = await ca.issueFromCsr(input.certificateSigningRequest, call.now());
      const record = await store(call, made, input.setAsActive === true ? 'ACTIVE' : 'INACTIVE', 'DEFAULT');
      return { certificateArn: arnOf(call, 'cert', record.id), certificateId: record.id, certificatePem: record.pem };
    },

    /** https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterCertificateWithoutCA.html */
    async RegisterCertificateWithoutCA(input: Input<RegisterCertificateWithoutCARequest>, call: CallContext): Promise<RegisterCertificateWithoutCAResponse> {
      let der: Buffer;
      try {
        der = new X509Certificate(input.certificatePem).raw;
      } catch {
        throw certificateValidation('The certificate is invalid.'); // unverified text
      }
      const id = certificateId(der);
      if ((await call.tx.get(TABLE, id)) !== undefined) {
        throw alreadyExists('The certificate is already provisioned or registered', id, arnOf(call, 'cert', id));
      }
      const status = input.status ?? 'INACTIVE'; // unverified default
      if (!REGISTRABLE.includes(status)) throw certificateState(`The certificate cannot be registered with status ${status}.`); // unverified text
      const record = await store(call, { id, pem: toPem('CERTIFICATE', der) }, status, 'SNI_ONLY');
      return { certificateArn: arnOf(call, 'cert', record.id), certificateId: record.id };
    },

    async DescribeCertificate(input: Input<DescribeCertificateRequest>, call: CallContext): Promise<DescribeCertificateResponse> {
      const record = await requireCertificate(call, input.certificateId);
      const certificate = new X509Certificate(record.pem);
      return {
        certificateDescription: {
          certificateArn: arnOf(call, 'cert', record.id),
          certificateId: record.id,
          status: record.status,
          certificatePem: record.pem,
          ownedBy: call.account,
          creationDate: new Date(record.createdAt),
          lastModifiedDate: new Date(record.modifiedAt),
          customerVersion: record.customerVersion,
          transferData: {},
          generationId: record.generationId,
          validity: { notBefore: new Date(certificate.validFrom), notAfter: new Date(certificate.validTo) },
          certificateMode: record.mode,
        },
      };
    },

    async UpdateCertificate(input: Input<UpdateCertificateRequest>, call: CallContext): Promise<object> {
      const old = await requireCertificate(call, input.certificateId);
      // "Setting the status to PENDING_TRANSFER or PENDING_ACTIVATION will result in an exception being thrown":
      // https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateCertificate.html. Which one, and its text, is unverified.
      if (!SETTABLE.includes(input.newStatus)) throw certificateState(`The certificate status cannot be set to ${input.newStatus}. Id: ${old.id}`);
      const record: CertificateRecord = { ...old, status: input.newStatus, customerVersion: old.customerVersion + 1, modifiedAt: call.now().toISOString() };
      call.tx.put(TABLE, old.id, record);
      return {};
    },

    /** https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteCertificate.html: not ACTIVE, no thing, no policy unless forced. */
    async DeleteCertificate(input: Input<DeleteCertificateRequest>, call: CallContext): Promise<object> {
      const record = await requireCertificate(call, input.certificateId);
      const arn = arnOf(call, 'cert', record.id);
      if (record.status === 'ACTIVE') throw certificateState(`Certificate must be deactivated (not ACTIVE) before deletion. Id: ${record.id}`);
      if ((await keysOf(call.tx, 'iot.thingByPrincipal', composite(arn, ''), 1)).length > 0) {
        throw deleteConflict(`Things must be detached before deletion (arn: ${arn})`);
      }
      if (input.forceDelete !== true && (await policiesOf(call, arn)).length > 0) {
        throw deleteConflict(`Certificate policies must be detached before deletion (arn: ${arn})`);
      }
      await detachAll(call, arn);
      call.tx.delete(TABLE, record.id);
      call.tx.delete(BY_CREATION, composite(record.sequence, record.id));
      return {};
    },

    /** "The results are paginated with a default page size of 25"; newest first unless `ascendingOrder`: API_ListCertificates.html */
    async ListCertificates(input: Input<ListCertificatesRequest>, call: CallContext): Promise<ListCertificatesResponse> {
      const reverse = input.ascendingOrder !== true;
      const page = await readPage<string>(call.tx, { list: `certificates ${String(reverse)}`, table: BY_CREATION, reverse, token: input.marker, size: input.pageSize });
      const records = await Promise.all(page.entries.map(([, id]) => requireCertificate(call, id)));
      return {
        certificates: records.map((record) => ({
          certificateArn: arnOf(call, 'cert', record.id),
          certificateId: record.id,
          status: record.status,
          certificateMode: record.mode,
          creationDate: new Date(record.createdAt),
        })),
        nextMarker: page.nextToken,
      };
    },
  };
}

const SETTABLE: readonly CertificateStatus[] = ['ACTIVE', 'INACTIVE', 'REVOKED'];
const REGISTRABLE: readonly CertificateStatus[] = ['ACTIVE', 'INACTIVE', 'REVOKED'];

/** `status` may be PENDING_ACTIVATION too, which only fleet provisioning gives. */
export async function store(call: CallContext, certificate: { id: string; pem: string }, status: CertificateStatus, mode: CertificateMode): Promise<CertificateRecord> {
  const now = call.now().toISOString();
  const record: CertificateRecord = {
    id: certificate.id,
    sequence: await nextSequence(call.tx),
    pem: certificate.pem,
    status,
    mode,
    generationId: randomUUID(),
    customerVersion: 1,
    createdAt: now,
    modifiedAt: now,
  };
  call.tx.put(TABLE, record.id, record);
  call.tx.put(BY_CREATION, composite(record.sequence, record.id), record.id);
  return record;
}

/** Throws ResourceNotFoundException. */
export async function requireCertificate(call: CallContext, id: string): Promise<CertificateRecord> {
  const record = await call.tx.get<CertificateRecord>(TABLE, id);
  if (record === undefined) throw notFound(`Certificate not found (id= ${id})`); // unverified text
  return record;
}
