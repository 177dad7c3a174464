import type { SandboxKernel } from '../kernel/kernel';
import { Fault, type ServerCertificateAuthority } from '../kernel/types';
import { checkProvision, createCertificateFromCsr, createKeysAndCertificate, denied, provision, type ClaimCaller, type HookInput } from '../services/iot/fleetProvisioning';
import type { Reply, ServiceRequest } from './broker';

type Format = 'json' | 'cbor';

/** A hook's answer; throws or answers otherwise: the device is refused. */
export type RunHook = (targetArn: string, input: HookInput) => Promise<{ readonly allowProvisioning: boolean; readonly parameterOverrides: Readonly<Record<string, string>> }>;

export interface ProvisioningHost {
  readonly kernel: SandboxKernel;
  readonly ca: ServerCertificateAuthority;
  readonly runHook: RunHook;
  readonly claimOf: (request: ServiceRequest) => Promise<ClaimCaller['claim']>;
  readonly logError: (error: unknown) => void;
}

const TOPIC = /^\$aws\/(?:certificates\/(create|create-from-csr)|provisioning-templates\/([^/]+)\/provision)\/(json|cbor)$/;

/** The answer to a request of the fleet provisioning API; undefined for every other topic. Never rejects but when the sandbox stops. */
export function serveProvisioning(request: ServiceRequest, host: ProvisioningHost): Promise<Reply> | undefined {
  const match = TOPIC.exec(request.topic);
  if (match === null) return undefined;
  const [, operation, templateName = '', format = 'json'] = match;
  return answer(request, host, operation, templateName, format as Format);
}

async function answer(request: ServiceRequest, host: ProvisioningHost, operation: string | undefined, templateName: string, format: Format): Promise<Reply> {
  try {
    const payload = await readPayload(request.payload, format);
    const { clientId, identity } = request;
    const caller: ClaimCaller = { certificateId: identity.certificateId, clientId, claim: await host.claimOf(request) };
    const result = await execute(payload, host, operation, templateName, request, caller);
    return { topic: `${request.topic}/accepted`, payload: await write(result, format) };
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    if (!(error instanceof Fault)) host.logError(error);
    return { topic: `${request.topic}/rejected`, payload: await write(rejection(error), format) };
  }
}

async function execute(payload: Readonly<Record<string, unknown>>, host: ProvisioningHost, operation: string | undefined, templateName: string, request: ServiceRequest, caller: ClaimCaller): Promise<object> {
  const { kernel, ca } = host;
  const { scope } = request.identity;
  if (operation === 'create') {
    // RSA keys take long: made before the transaction, so that other writers do not wait.
    await ca.prepareKeys?.();
    return kernel.run(scope, (call) => createKeysAndCertificate(call, ca, caller));
  }
  if (operation === 'create-from-csr') return kernel.run(scope, (call) => createCertificateFromCsr(call, ca, caller, payload));
  const checked = await kernel.view(scope, (call) => checkProvision(call, templateName, payload, caller));
  let { parameters } = checked;
  if (checked.hook !== undefined) {
    const { allowProvisioning, parameterOverrides } = await host.runHook(checked.hook.targetArn, checked.hook.input);
    if (!allowProvisioning) throw denied();
    parameters = { ...parameters, ...parameterOverrides };
  }
  return kernel.run(scope, (call) => provision(call, checked, parameters, caller));
}

async function readPayload(payload: Buffer, format: Format): Promise<Readonly<Record<string, unknown>>> {
  // CreateKeysAndCertificate has no payload.
  if (payload.length === 0) return {};
  let value: unknown;
  try {
    value = format === 'json' ? JSON.parse(payload.toString('utf8')) : (await import('cborg')).decode(payload);
  } catch {
    value = undefined;
  }
  // unverified: the code and the text.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Fault('InvalidPayload', `The payload is no ${format === 'json' ? 'JSON object' : 'CBOR map'}.`);
  return value as Readonly<Record<string, unknown>>;
}

async function write(value: object, format: Format): Promise<Buffer> {
  const present = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
  return format === 'json' ? Buffer.from(JSON.stringify(present)) : Buffer.from((await import('cborg')).encode(present));
}

/** Error codes of the device API carry no "Exception" (seen: AccessDenied, InvalidCertificateOwnershipToken); those of nested operations are unverified. */
function rejection(error: unknown): { statusCode: number; errorCode: string; errorMessage: string } {
  if (!(error instanceof Fault)) return { statusCode: 500, errorCode: 'InternalFailure', errorMessage: 'An unexpected error has occurred.' };
  const errorCode = error.name.replace(/Exception$/, '');
  return { statusCode: error.httpStatus, errorCode: errorCode === 'InvalidRequest' ? 'InvalidParameters' : errorCode, errorMessage: error.message };
}
