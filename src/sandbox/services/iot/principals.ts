import type { CallContext } from '../../kernel/types';
import { isLocal, parseIotArn } from './arns';
import { invalidRequest, notFound } from './faults';

/** The tables that hold what a policy or a thing can be attached to. */
const TABLE_BY_KIND: Readonly<Record<string, string>> = { cert: 'iot.certificate', thinggroup: 'iot.thingGroup' };

/**
 * Checks that a certificate or thing group ARN names something that exists here.
 * Throws InvalidRequestException for other text (the text of it is unverified) and ResourceNotFoundException.
 * Cognito identities, which AWS takes too, are not part of the sandbox: they are never found.
 */
export async function requirePrincipal(call: CallContext, arn: string, kinds: readonly ('cert' | 'thinggroup')[]): Promise<{ kind: string; name: string }> {
  if (/^[\w-]+:[0-9a-f-]{36}$/.test(arn)) throw notFound();
  const parsed = parseIotArn(arn);
  const table = parsed === undefined || !(kinds as readonly string[]).includes(parsed.kind) ? undefined : TABLE_BY_KIND[parsed.kind];
  if (parsed === undefined || table === undefined) throw invalidRequest(`Invalid principal: ${arn}`);
  if (!isLocal(parsed, call) || (await call.tx.get(table, parsed.name)) === undefined) {
    throw notFound(parsed.kind === 'thinggroup' ? `No thing group with ARN ${arn} exists` : `Certificate not found (id= ${parsed.name})`);
  }
  return { kind: parsed.kind, name: parsed.name };
}
