import { randomUUID } from 'node:crypto';
import type {
  AddPermissionRequest,
  AddPermissionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  InvocationRequest,
  InvocationResponse,
  RemovePermissionRequest,
} from '@aws-sdk/client-lambda';
import { Fault, type CallContext, type ServiceFactory } from '../../kernel/types';
import type { Input } from '../iot/inputs';

/** Functions that the person who started the sandbox put there. */
export interface LocalFunctions {
  has(name: string): Promise<boolean>;
  /** What `handler` answers; rejects with what it failed with. */
  run(name: string, input: unknown): Promise<unknown>;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface PolicyRecord {
  readonly revisionId: string;
  readonly statements: readonly Statement[];
}

/** By the function's ARN; each version and alias has a policy of its own. */
const POLICIES = 'lambda.policy';

/**
 * As much of Lambda as a pre-provisioning hook needs: run it, and say and change who may. Functions are those of `--hooks`,
 * the same in each account and region.
 */
export const createLambdaService =
  (functions?: () => Promise<LocalFunctions>): ServiceFactory =>
  () => ({ service: 'lambda', handlers: handlersOf(async (call, input) => findFunction(call, input, await functions?.())) });

interface Target {
  readonly name: string;
  /** With the version or alias, if one is meant. */
  readonly arn: string;
  readonly run: (input: unknown) => Promise<unknown>;
}

type Find = (call: CallContext, input: { readonly FunctionName: string; readonly Qualifier?: string | undefined }) => Promise<Target>;

function handlersOf(find: Find) {
  return {
    /** The order and the names of the members are those of a policy that AWS gives. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
    async AddPermission(input: Input<AddPermissionRequest>, call: CallContext): Promise<AddPermissionResponse> {
      const { arn } = await find(call, input);
      const record = await call.tx.get<PolicyRecord>(POLICIES, arn);
      if (record?.statements.some(({ Sid }) => Sid === input.StatementId) === true) {
        throw new Fault('ResourceConflictException', `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`, { Type: 'User' }, 409);
      }
      const conditions = {
        ...(input.SourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': input.SourceAccount } }),
        ...(input.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
      };
      const statement: Statement = {
        Sid: input.StatementId,
        Effect: 'Allow',
        Principal: principalOf(input.Principal, call),
        Action: input.Action,
        Resource: arn,
        ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
      };
      call.tx.put<PolicyRecord>(POLICIES, arn, { revisionId: randomUUID(), statements: [...(record?.statements ?? []), statement] });
      return { Statement: JSON.stringify(statement) };
    },

    async RemovePermission(input: Input<RemovePermissionRequest>, call: CallContext): Promise<void> {
      const { arn } = await find(call, input);
      const record = await call.tx.get<PolicyRecord>(POLICIES, arn);
      const statements = record?.statements.filter(({ Sid }) => Sid !== input.StatementId) ?? [];
      // unverified text
      if (record === undefined || statements.length === record.statements.length) throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
      if (statements.length === 0) call.tx.delete(POLICIES, arn);
      else call.tx.put<PolicyRecord>(POLICIES, arn, { revisionId: randomUUID(), statements });
    },

    /** A function without a policy is "not found", as one that does not exist. https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
    async GetPolicy(input: Input<GetPolicyRequest>, call: CallContext): Promise<GetPolicyResponse> {
      const { arn } = await find(call, input);
      const record = await call.tx.get<PolicyRecord>(POLICIES, arn);
      if (record === undefined) throw notFound('The resource you requested does not exist.');
      return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: record.statements }), RevisionId: record.revisionId };
    },

    /** Waits for the answer whatever the invocation type. A function's own failure is an answer: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
    async Invoke(input: Input<InvocationRequest>, call: CallContext): Promise<InvocationResponse> {
      const target = await find(call, input);
      let event: unknown = {};
      try {
        if (input.Payload !== undefined) event = JSON.parse(Buffer.from(input.Payload).toString('utf8'));
      } catch (error) {
        throw new Fault('InvalidRequestContentException', `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`, { Type: 'User' }, 400);
      }
      const answered = { StatusCode: 200, ExecutedVersion: '$LATEST' };
      try {
        return { ...answered, Payload: Buffer.from(JSON.stringify((await target.run(event)) ?? null)) };
      } catch (error) {
        const failure = error instanceof Error ? { errorType: error.name, errorMessage: error.message } : { errorMessage: String(error) };
        return { ...answered, FunctionError: 'Unhandled', Payload: Buffer.from(JSON.stringify(failure)) };
      }
    },
  };
}

/** `NAME`, `ACCOUNT:function:NAME` or the ARN, each with or without a version or alias. */
async function findFunction(call: CallContext, { FunctionName, Qualifier }: Parameters<Find>[1], functions: LocalFunctions | undefined): Promise<Target> {
  const [, region, account, name = '', suffix] = /^(?:arn:[\w-]+:lambda:([\w-]+):)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(FunctionName) ?? [];
  if (Qualifier !== undefined && suffix !== undefined && Qualifier !== suffix) {
    throw new Fault('InvalidParameterValueException', 'The derived qualifier from the function name does not match the specified qualifier.', { Type: 'User' }, 400);
  }
  const plain = `arn:${call.partition}:lambda:${call.region}:${call.account}:function:${name}`;
  const local = (region === undefined || region === call.region) && (account === undefined || account === call.account);
  if (functions === undefined || !local || !(await functions.has(name))) throw notFound(`Function not found: ${plain}`);
  const qualifier = Qualifier ?? suffix;
  return { name, arn: qualifier === undefined ? plain : `${plain}:${qualifier}`, run: (input) => functions.run(name, input) };
}

function principalOf(principal: string, call: CallContext): Statement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${call.partition}:iam::${principal}:root` };
  return principal.startsWith('arn:') ? { AWS: principal } : { Service: principal };
}

function notFound(message: string): Fault {
  return new Fault('ResourceNotFoundException', message, { Type: 'User' }, 404);
}
