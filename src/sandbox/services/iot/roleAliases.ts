import type {
  CreateRoleAliasRequest,
  CreateRoleAliasResponse,
  DeleteRoleAliasRequest,
  DeleteRoleAliasResponse,
  DescribeRoleAliasRequest,
  DescribeRoleAliasResponse,
  ListRoleAliasesRequest,
  ListRoleAliasesResponse,
  UpdateRoleAliasRequest,
  UpdateRoleAliasResponse,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { alreadyExists, invalidRequest, notFound } from './faults';
import type { Input } from './inputs';
import { readPage } from './paging';
import { requireAssumableRole } from './roles';
import { deleteTags, setTags } from './tags';

export interface RoleAliasRecord {
  readonly name: string;
  readonly roleArn: string;
  readonly credentialDurationSeconds: number;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

const TABLE = 'iot.roleAlias';
/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html */
const DEFAULT_DURATION_SECONDS = 3600;

export const roleAliasHandlers = {
  async CreateRoleAlias(input: Input<CreateRoleAliasRequest>, call: CallContext): Promise<CreateRoleAliasResponse> {
    const arn = arnOf(call, 'rolealias', input.roleAlias);
    if ((await findRoleAlias(call, input.roleAlias)) !== undefined) {
      throw alreadyExists(`RoleAlias cannot be created - already exists (name=${input.roleAlias})`, input.roleAlias, arn);
    }
    const credentialDurationSeconds = input.credentialDurationSeconds ?? DEFAULT_DURATION_SECONDS;
    await checkRole(call, input.roleArn, credentialDurationSeconds);
    const now = call.now().toISOString();
    const record: RoleAliasRecord = { name: input.roleAlias, roleArn: input.roleArn, credentialDurationSeconds, createdAt: now, modifiedAt: now };
    call.tx.put(TABLE, input.roleAlias, record);
    setTags(call.tx, arn, input.tags);
    return { roleAlias: input.roleAlias, roleAliasArn: arn };
  },

  async DescribeRoleAlias(input: Input<DescribeRoleAliasRequest>, call: CallContext): Promise<DescribeRoleAliasResponse> {
    const record = await requireRoleAlias(call, input.roleAlias);
    return {
      roleAliasDescription: {
        roleAlias: record.name,
        roleAliasArn: arnOf(call, 'rolealias', record.name),
        roleArn: record.roleArn,
        owner: call.account,
        credentialDurationSeconds: record.credentialDurationSeconds,
        creationDate: new Date(record.createdAt),
        lastModifiedDate: new Date(record.modifiedAt),
      },
    };
  },

  async UpdateRoleAlias(input: Input<UpdateRoleAliasRequest>, call: CallContext): Promise<UpdateRoleAliasResponse> {
    const old = await requireRoleAlias(call, input.roleAlias);
    const roleArn = input.roleArn ?? old.roleArn;
    const credentialDurationSeconds = input.credentialDurationSeconds ?? old.credentialDurationSeconds;
    await checkRole(call, roleArn, credentialDurationSeconds);
    const record: RoleAliasRecord = { ...old, roleArn, credentialDurationSeconds, modifiedAt: call.now().toISOString() };
    call.tx.put(TABLE, input.roleAlias, record);
    return { roleAlias: input.roleAlias, roleAliasArn: arnOf(call, 'rolealias', input.roleAlias) };
  },

  async DeleteRoleAlias(input: Input<DeleteRoleAliasRequest>, call: CallContext): Promise<DeleteRoleAliasResponse> {
    await requireRoleAlias(call, input.roleAlias);
    call.tx.delete(TABLE, input.roleAlias);
    deleteTags(call.tx, arnOf(call, 'rolealias', input.roleAlias));
    return {};
  },

  /** unverified: that the order is descending when `ascendingOrder` is not set. The API reference calls it alphabetical. */
  async ListRoleAliases(input: Input<ListRoleAliasesRequest>, call: CallContext): Promise<ListRoleAliasesResponse> {
    const reverse = input.ascendingOrder !== true;
    const page = await readPage<RoleAliasRecord>(call.tx, { list: `roleAliases ${String(reverse)}`, table: TABLE, reverse, token: input.marker, size: input.pageSize });
    return { roleAliases: page.entries.map(([name]) => name), nextMarker: page.nextToken };
  },
};

async function checkRole(call: CallContext, roleArn: string, durationSeconds: number): Promise<void> {
  const { maxSessionSeconds } = await requireAssumableRole(call, roleArn, 'credentials.iot.amazonaws.com');
  // "must be less than or equal to the maximum session duration of the IAM role": API_CreateRoleAlias.html. The text is unverified.
  if (durationSeconds > maxSessionSeconds) {
    throw invalidRequest(`The credentialDurationSeconds ${durationSeconds} exceeds the MaxSessionDuration ${maxSessionSeconds} of the role ${roleArn}.`);
  }
}

async function requireRoleAlias(call: CallContext, name: string): Promise<RoleAliasRecord> {
  const record = await findRoleAlias(call, name);
  if (record === undefined) throw notFound(`RoleAlias not found (name= ${name})`);
  return record;
}

export function findRoleAlias(call: CallContext, name: string): Promise<RoleAliasRecord | undefined> {
  return call.tx.get<RoleAliasRecord>(TABLE, name);
}
