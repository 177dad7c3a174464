import * as vscode from 'vscode';
import type { ProfileInfo } from '../../core/ports/identity';
import type { Choice } from '../../core/ports/interaction';
import { regionName } from '../../core/util/regions';
import { chooseRegion } from './chooseRegion';
import { connect, nothingToChoose } from './connect';
import type { ConnectionCommandDeps } from './connectionCommandDeps';
import { switchRegion } from './regionCommands';
import { startSandbox } from './sandboxCommands';
import { signIn } from './signIn';

type Action = () => Promise<void>;

/** Everything one can connect with, in one list: profiles, the environment, the sandbox, signing in. */
export async function chooseConnection(deps: ConnectionCommandDeps): Promise<void> {
  const profiles = await deps.session.listProfiles();
  const choices: Choice<Action>[] = [...regionChoices(deps), ...profiles.map((profile) => profileChoice(deps, profile))];
  choices.push(
    {
      label: `$(symbol-variable) ${vscode.l10n.t('Environment')}`,
      description: vscode.l10n.t('variables, container or instance role'),
      value: async () => connect(deps, { kind: 'environment' }),
    },
    {
      label: `$(beaker) ${vscode.l10n.t('Local Sandbox')}`,
      description: deps.sandbox.running ? vscode.l10n.t('running') : vscode.l10n.t('starts a local AWS; needs no account'),
      value: async () => startSandbox(deps),
    },
  );
  if (profiles.some((profile) => profile.kind === 'sso')) {
    choices.push({ label: `$(sign-in) ${vscode.l10n.t('Sign in with SSO…')}`, description: 'aws sso login', value: async () => signIn(deps, undefined) });
  }
  const act = await deps.ui.choose({
    title: vscode.l10n.t('Connect to AWS'),
    placeholder: vscode.l10n.t('A profile of the shared AWS files, the environment, or the local sandbox'),
    choices,
  });
  await act();
}

/** Whoever is connected comes here, from the status bar, to switch the region more often than the account. */
function regionChoices(deps: ConnectionCommandDeps): readonly Choice<Action>[] {
  const here = deps.session.current?.target.region;
  if (here === undefined) return [];
  const pinned = deps.regions.pinned
    .filter((region) => region !== here)
    .map((region): Choice<Action> => ({
      label: `$(arrow-swap) ${region}`,
      description: [regionName(region), vscode.l10n.t('switch to this pinned region')].filter((part) => part !== undefined).join(' · '),
      value: async () => switchRegion(deps, region),
    }));
  return [...pinned, { label: `$(globe) ${vscode.l10n.t('Another region…')}`, description: vscode.l10n.t('with the same credentials'), value: async () => chooseRegion(deps) }];
}

/** The profiles alone. */
export async function chooseProfile(deps: ConnectionCommandDeps): Promise<void> {
  const profiles = await deps.session.listProfiles();
  if (profiles.length === 0) {
    throw nothingToChoose(
      vscode.l10n.t('There is no profile in the shared AWS config and credentials files.'),
      vscode.l10n.t('Add one with "aws configure" or "aws configure sso", or use the local sandbox.'),
      [{ kind: 'startSandbox' }, { kind: 'openDocumentation', url: 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html' }],
    );
  }
  const act = await deps.ui.choose({ title: vscode.l10n.t('Choose an AWS Profile'), choices: profiles.map((profile) => profileChoice(deps, profile)) });
  await act();
}

function profileChoice(deps: ConnectionCommandDeps, profile: ProfileInfo): Choice<Action> {
  const state = deps.session.state;
  const isCurrent = state.kind === 'connected' && state.choice.kind === 'profile' && state.choice.profile === profile.name;
  return {
    label: `${isCurrent ? '$(check)' : '$(account)'} ${profile.name}`,
    description: describeProfile(profile).join(' · '),
    value: async () => connect(deps, { kind: 'profile', profile: profile.name }),
  };
}

export function describeProfile(profile: ProfileInfo): string[] {
  const parts = [kindName(profile.kind)];
  if (profile.needsMfa) parts.push(vscode.l10n.t('asks for an MFA code'));
  if (profile.region !== undefined) parts.push(profile.region);
  if (profile.endpoint !== undefined) parts.push(profile.endpoint);
  return parts;
}

function kindName(kind: ProfileInfo['kind']): string {
  switch (kind) {
    case 'keys':
      return vscode.l10n.t('access key');
    case 'sso':
      return vscode.l10n.t('single sign-on');
    case 'assumeRole':
      return vscode.l10n.t('assumes a role');
    case 'process':
      return vscode.l10n.t('credential process');
    case 'webIdentity':
      return vscode.l10n.t('web identity');
    case 'other':
      return vscode.l10n.t('no credentials of its own');
  }
}
