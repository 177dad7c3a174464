import { randomUUID } from 'node:crypto';
import { Fault } from '../../../kernel/types';

/** https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html */
const HANDLER_CODES: Readonly<Record<string, string>> = {
  EntityAlreadyExists: 'AlreadyExists',
  ResourceAlreadyExists: 'AlreadyExists',
  NoSuchEntity: 'NotFound',
  ResourceNotFound: 'NotFound',
  AccessDenied: 'AccessDenied',
  Unauthorized: 'AccessDenied',
  LimitExceeded: 'ServiceLimitExceeded',
  VersionsLimitExceeded: 'ServiceLimitExceeded',
  Throttling: 'Throttling',
  ConflictingResourceUpdate: 'ResourceConflict',
};
const STATUS_CODES: Readonly<Record<string, number>> = {
  EntityAlreadyExists: 409, ResourceAlreadyExists: 409, DeleteConflict: 409, NoSuchEntity: 404, ResourceNotFound: 404, VersionsLimitExceeded: 409, AccessDenied: 403,
};

/** ResourceStatusReason for what a service call threw. Template and property errors are told as they are. */
export function failureReason(error: unknown, service: 'iam' | 'iot'): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Fault && error.name === 'ValidationError') return message;
  const kind = error instanceof Error ? error.name.replace(/Exception$/, '') : '';
  const code = error instanceof Fault ? (HANDLER_CODES[kind] ?? 'InvalidRequest') : 'InternalFailure';
  const origin = error instanceof Fault ? ` (Service: ${service === 'iam' ? 'Iam' : 'Iot'}, Status Code: ${STATUS_CODES[kind] ?? error.httpStatus}, Request ID: ${randomUUID()})` : '';
  return `Resource handler returned message: "${message}${origin}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`;
}

/** For whoever mends the sandbox: standard error, which its parent shows. */
export function logTrouble(what: string, error: unknown): void {
  process.stderr.write(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
