import * as l10n from '@vscode/l10n';
import type { RoleAlias } from '../../core/ports/iotApi';
import type { FleetNames, StepState } from '../../core/provisioning/steps';
import type { FoundRole } from '../../core/stack/outputs';
import type { Clock } from '../../core/util/clock';
import { withNewRole } from './rolePropagation';
import { confirmChange, confirmCreation, missingStep, type RunContext, type Step, type StepContext } from './stepContext';

/** The alias by which devices ask for the credentials of the stack's token exchange role. */
export class RoleAliasStep implements Step {
  readonly id = 'roleAlias';

  constructor(private readonly clock: Clock) {}

  plan(names: FleetNames): string {
    return l10n.t('Role alias {0}, which points to the stack\'s token exchange role', names.roleAliasName);
  }

  async inspect({ connection, look, signal }: StepContext): Promise<StepState> {
    const { roleAliasName: name } = await look.names();
    const alias = await connection.iot.describeRoleAlias(name, { signal });
    if (alias === undefined) return { id: this.id, status: 'notStarted', summary: l10n.t('No role alias {0} yet', name), resources: [] };
    const resources = [{ kind: l10n.t('role alias'), name: alias.name, arn: alias.arn }];
    const wanted = await look.meaning().then(
      (meaning) => ({ role: meaning?.tokenExchangeRole }),
      () => undefined, // The stack cannot be read: nothing to compare with, and its own step says so.
    );
    if (wanted === undefined || wanted.role?.arn === alias.roleArn) {
      return { id: this.id, status: 'done', summary: alias.name, detail: l10n.t('Points to {0}', alias.roleArn), resources };
    }
    if (wanted.role === undefined) {
      return { id: this.id, status: 'differs', summary: l10n.t('{0} exists, but there is no roles stack to compare it with', name), detail: l10n.t('Points to {0}', alias.roleArn), resources };
    }
    const detail = l10n.t('Points to {0}; the stack\'s role is {1}', alias.roleArn, wanted.role.arn);
    return { id: this.id, status: 'differs', summary: l10n.t('{0} points to another role', name), detail, resources };
  }

  async run(context: RunContext): Promise<void> {
    const { connection, look, signal, progress } = context;
    progress.report(l10n.t('Looking at the role alias …'));
    const role = (await look.meaning())?.tokenExchangeRole;
    if (role === undefined) {
      const message = l10n.t('There is no token exchange role yet: the stack {0} does not exist, is not ready, or has no output that names the role.', look.base.stackName);
      throw missingStep(message, 'rolesStack', 'noTokenExchangeRole');
    }
    const { roleAliasName: name } = await look.names();
    const alias = await connection.iot.describeRoleAlias(name, { signal });
    if (alias === undefined) await this.create(context, name, role);
    else if (alias.roleArn !== role.arn) await this.repoint(context, alias, role);
  }

  private async create(context: RunContext, name: string, role: FoundRole): Promise<void> {
    await confirmCreation(context, {
      title: l10n.t('Create the role alias {0}?', name),
      detail: l10n.t('Devices will get the credentials of {0}.', role.arn),
      action: l10n.t('Create Role Alias'),
    });
    const { connection, signal, progress } = context;
    progress.report(l10n.t('Creating the role alias {0} …', name));
    await withNewRole(() => connection.iot.createRoleAlias({ name, roleArn: role.arn }, { signal }), { role, clock: this.clock, progress, signal });
  }

  private async repoint(context: RunContext, alias: RoleAlias, role: FoundRole): Promise<void> {
    await confirmChange(context, {
      title: l10n.t('The role alias {0} points to another role. Repoint it?', alias.name),
      detail: l10n.t('Now: {0}\nThen: {1}\nAll devices that use this alias get the credentials of the new role from then on.', alias.roleArn, role.arn),
      action: l10n.t('Repoint Role Alias'),
    });
    const { connection, signal, progress } = context;
    progress.report(l10n.t('Repointing the role alias {0} …', alias.name));
    await withNewRole(() => connection.iot.updateRoleAlias({ name: alias.name, roleArn: role.arn }, { signal }), { role, clock: this.clock, progress, signal });
  }
}
