import { createSecureContext, type SecureContext } from 'node:tls';
import type { ServerCertificateAuthority } from '../kernel/types';
import { endpointAddress } from '../services/iot/endpoints';
import { partitionOf } from '../kernel/partitions';

/** Certificates for a TLS server of the sandbox, by the name that a client asks for. */
export interface ServerContexts {
  readonly key: string;
  readonly cert: string;
  /** For `SNICallback` of node:tls. */
  select(name: string, done: (error: Error | null, context?: SecureContext) => void): void;
}

/** Names of other regions that are kept; a client that asks for more gets the default certificate. */
const MAX_CONTEXTS = 64;

/**
 * The default certificate is good for localhost, 127.0.0.1 and the endpoint names of the default region that DescribeEndpoint
 * gives (`<prefix>-ats.iot.<region>…`, `<prefix>.credentials.iot.<region>…`); one for another region is made when a client asks.
 */
export async function serverContexts(ca: ServerCertificateAuthority, { account, region }: { readonly account: string; readonly region: string }): Promise<ServerContexts> {
  const domains = domainsOf(account, region);
  const certificate = await ca.issueServer(['localhost', '127.0.0.1', '::1', ...domains.map((domain) => `*.${domain}`)], new Date());
  const chain = (pem: string): string => pem + ca.certificatePem;
  const contexts = new Map<string, Promise<SecureContext>>();

  const contextOf = async (name: string): Promise<SecureContext | undefined> => {
    const match = /^[^.]+\.((?:[a-z]+\.)?iot\.([a-z0-9-]+)\.[a-z0-9.-]+)$/.exec(name);
    const [, domain = '', other = ''] = match ?? [];
    // Undefined: the server's own certificate.
    if (match === null || domains.includes(domain) || !domainsOf(account, other).includes(domain)) return undefined;
    if (!contexts.has(domain) && contexts.size >= MAX_CONTEXTS) return undefined;
    const made = contexts.get(domain) ?? ca.issueServer(['localhost', '127.0.0.1', '::1', `*.${domain}`], new Date()).then(({ pem, privateKeyPem }) => createSecureContext({ key: privateKeyPem, cert: chain(pem) }));
    contexts.set(domain, made);
    return made;
  };
  return {
    key: certificate.privateKeyPem,
    cert: chain(certificate.pem),
    select(name, done) {
      contextOf(name.toLowerCase()).then(
        (context) => done(null, context),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  };
}

/** What follows the first label of each endpoint name. */
function domainsOf(account: string, region: string): readonly string[] {
  const scope = { account, region, partition: partitionOf(region) };
  const names = ['iot:Data-ATS', 'iot:CredentialProvider', 'iot:Jobs'].map((type) => endpointAddress(scope, type));
  return names.map((name) => name.slice(name.indexOf('.') + 1));
}
