import * as l10n from '@vscode/l10n';
import { networkTroubleOf, type NetworkTrouble } from './errorCodes';

/** What can be read from anything the SDK or Node throws, without importing the SDK's classes. */
export interface ErrorFacts {
  /** AWS error name, or Node's error name. */
  readonly name: string;
  /** AWS's own sentence, or Node's; never empty. */
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly network: { readonly trouble: NetworkTrouble; readonly code: string; readonly host: string | undefined } | undefined;
}

export function errorFacts(error: unknown): ErrorFacts {
  const chain = causes(error);
  const first = record(chain[0]);
  const metadata = record(first['$metadata']);
  const network = chain.map(networkOf).find((found) => found !== undefined);
  const messages = chain.map((link) => text(record(link)['message'])).filter((message) => message !== undefined);
  return {
    name: awsName(first) ?? 'Error',
    message: messages[0] ?? network?.code ?? text(error) ?? l10n.t('unknown error'),
    status: typeof metadata['httpStatusCode'] === 'number' ? metadata['httpStatusCode'] : undefined,
    requestId: text(metadata['requestId']) ?? text(first['RequestId']),
    network,
  };
}

function awsName(error: Record<string, unknown>): string | undefined {
  const name = text(error['name']);
  const code = text(error['Code']) ?? text(error['code']);
  // A service's errors that its model does not list come with the name in `Code`.
  return name === undefined || name === 'Error' ? (code ?? name) : name;
}

/** The error, its causes, and the parts of an AggregateError (Node tries IPv4 and IPv6 and reports both). */
function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && found.length < 10) {
    const link = queue.shift();
    if (link === undefined || link === null || found.includes(link)) continue;
    found.push(link);
    const parts = record(link)['errors'];
    queue.push(...(Array.isArray(parts) ? (parts as unknown[]) : []), record(link)['cause']);
  }
  return found;
}

function networkOf(error: unknown): ErrorFacts['network'] {
  const { code, name, message, hostname, address, port } = record(error);
  const host = text(hostname) ?? (text(address) === undefined ? undefined : `${text(address) ?? ''}:${String(port)}`);
  if (typeof code === 'string') {
    const trouble = networkTroubleOf(code);
    if (trouble) return { trouble, code, host };
  }
  if (name === 'TimeoutError') return { trouble: 'timeout', code: 'TimeoutError', host };
  // The credential providers keep only the text of what they met.
  const told = typeof message === 'string' ? /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b(?:\s+(\S+))?/.exec(message) : null;
  const trouble = told?.[1] === undefined ? undefined : networkTroubleOf(told[1]);
  return trouble && told?.[1] !== undefined ? { trouble, code: told[1], host: told[2] ?? host } : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
