/** Instance profiles, each with one role at most: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html and its neighbours. */
import type { CallContext, Handlers } from '../../kernel/types';
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from './faults';
import { pageOf, type PageInput } from './paging';
import { Tables, keyOf, uniqueId, type InstanceProfileRecord } from './records';
import { roleAnswer, seconds } from './roles';
import { partners, requireRole } from './store';

interface Named {
  readonly InstanceProfileName: string;
}

async function requireProfile(call: CallContext, name: string): Promise<InstanceProfileRecord> {
  const profile = await call.tx.get<InstanceProfileRecord>(Tables.instanceProfile, name.toLowerCase());
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

async function create({ InstanceProfileName, Path = '/' }: Named & { readonly Path?: string }, call: CallContext): Promise<object> {
  const key = InstanceProfileName.toLowerCase();
  if ((await call.tx.get(Tables.instanceProfile, key)) !== undefined) throw alreadyExists(`Instance Profile ${InstanceProfileName} already exists.`);
  const profile: InstanceProfileRecord = {
    InstanceProfileName,
    InstanceProfileId: uniqueId('AIPA'),
    Path,
    Arn: `arn:${call.partition}:iam::${call.account}:instance-profile${Path}${InstanceProfileName}`,
    CreateDate: seconds(call.now()),
  };
  call.tx.put(Tables.instanceProfile, key, profile);
  return { InstanceProfile: { ...profile, Roles: [] } };
}

async function remove({ InstanceProfileName }: Named, call: CallContext): Promise<void> {
  const profile = await requireProfile(call, InstanceProfileName);
  if (profile.role !== undefined) throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  call.tx.delete(Tables.instanceProfile, InstanceProfileName.toLowerCase());
}

async function addRole({ InstanceProfileName, RoleName }: Named & { readonly RoleName: string }, call: CallContext): Promise<void> {
  const profile = await requireProfile(call, InstanceProfileName);
  await requireRole(call, RoleName);
  if (profile.role !== undefined) throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
  const role = RoleName.toLowerCase();
  call.tx.put<InstanceProfileRecord>(Tables.instanceProfile, InstanceProfileName.toLowerCase(), { ...profile, role });
  call.tx.put(Tables.roleProfile, keyOf(role, InstanceProfileName.toLowerCase()), {});
}

async function removeRole({ InstanceProfileName, RoleName }: Named & { readonly RoleName: string }, call: CallContext): Promise<void> {
  const { role, ...profile } = await requireProfile(call, InstanceProfileName);
  if (role !== RoleName.toLowerCase()) throw noSuchEntity(`The role with name ${RoleName} cannot be found.`);
  call.tx.put<InstanceProfileRecord>(Tables.instanceProfile, InstanceProfileName.toLowerCase(), profile);
  call.tx.delete(Tables.roleProfile, keyOf(role, InstanceProfileName.toLowerCase()));
}

async function answer(call: CallContext, { role, ...profile }: InstanceProfileRecord): Promise<object> {
  return { ...profile, Roles: role === undefined ? [] : [roleAnswer(await requireRole(call, role))] };
}

async function listForRole(input: PageInput & { readonly RoleName: string }, call: CallContext): Promise<object> {
  await requireRole(call, input.RoleName);
  const names = await partners(call, Tables.roleProfile, input.RoleName.toLowerCase());
  const { items, ...page } = await pageOf(input, async function* (after) {
    for (const name of names) if (after === undefined || name > after) yield [name, await answer(call, await requireProfile(call, name))] as const;
  });
  return { InstanceProfiles: items, ...page };
}

export const instanceProfileHandlers: Handlers = {
  CreateInstanceProfile: create,
  GetInstanceProfile: async ({ InstanceProfileName }: Named, call: CallContext) => ({ InstanceProfile: await answer(call, await requireProfile(call, InstanceProfileName)) }),
  DeleteInstanceProfile: remove,
  AddRoleToInstanceProfile: addRole,
  RemoveRoleFromInstanceProfile: removeRole,
  ListInstanceProfilesForRole: listForRole,
};
