import * as vscode from 'vscode';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { CancelledError, FleetError, throwIfAborted } from '../../core/errors';
import { connect, nothingToChoose } from './connect';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

/**
 * `aws sso login` in a terminal, where the person sees what it says, then connects. The profile is an argument of
 * the program itself: no shell ever reads it.
 */
export async function signIn(deps: ConnectionCommandDeps, profile: string | undefined): Promise<void> {
  const chosen = profile ?? (await askSsoProfile(deps));
  const program = await findAwsCli();
  if (program === undefined) {
    throw new FleetError(vscode.l10n.t('The AWS CLI, which signs in, was not found on the PATH.'), {
      category: 'credentials',
      code: 'noAwsCli',
      advice: vscode.l10n.t('Install it, or choose a profile that needs no sign-in.'),
      remedies: [
        { kind: 'openDocumentation', url: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html' },
        { kind: 'chooseProfile' },
        { kind: 'startSandbox' },
      ],
    });
  }
  const exitCode = await deps.progress.run(vscode.l10n.t('Signing in {0}; continue in the browser', chosen), async (_progress, signal) =>
    runInTerminal(program, ['sso', 'login', '--profile', chosen], signal),
  );
  if (exitCode !== 0) {
    throw new FleetError(vscode.l10n.t('Signing in {0} did not succeed ({1}).', chosen, exitCode === undefined ? '–' : String(exitCode)), {
      category: 'credentials',
      code: 'signInFailed',
      advice: vscode.l10n.t('The terminal says why.'),
      remedies: [{ kind: 'retry' }, { kind: 'chooseProfile' }],
    });
  }
  // A role that builds on the signed-in profile is what the person works with: take it up again.
  const { state } = deps.session;
  const again = state.kind !== 'none' && state.choice.kind === 'profile' ? state.choice : undefined;
  await connect(deps, profile !== undefined && again ? again : { kind: 'profile', profile: chosen });
}

async function askSsoProfile(deps: ConnectionCommandDeps): Promise<string> {
  const profiles = (await deps.session.listProfiles()).filter((profile) => profile.kind === 'sso');
  if (profiles.length === 0) {
    throw nothingToChoose(
      vscode.l10n.t('No profile of the shared AWS config file signs in by SSO.'),
      vscode.l10n.t('Make one with "aws configure sso", or choose another profile.'),
      [{ kind: 'chooseProfile' }, { kind: 'openDocumentation', url: 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html' }],
    );
  }
  return deps.ui.choose({
    title: vscode.l10n.t('Sign In With Profile'),
    choices: profiles.map(({ name, region }) => ({ label: name, value: name, ...(region === undefined ? {} : { description: region }) })),
  });
}

/** Resolves with the exit code; undefined when the person closed the terminal. */
async function runInTerminal(shellPath: string, shellArgs: string[], signal: AbortSignal): Promise<number | undefined> {
  throwIfAborted(signal);
  const terminal = vscode.window.createTerminal({ name: vscode.l10n.t('AWS Sign-In'), shellPath, shellArgs, isTransient: true });
  terminal.show();
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      closed.dispose();
      terminal.dispose();
      reject(new CancelledError());
    };
    const closed = vscode.window.onDidCloseTerminal((other) => {
      if (other !== terminal) return;
      closed.dispose();
      signal.removeEventListener('abort', abort);
      resolve(terminal.exitStatus?.code);
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Looked up by ourselves, so that a missing CLI is a clear message and not a terminal that fails to open. */
export async function findAwsCli(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): Promise<string | undefined> {
  const names = platform === 'win32' ? ['aws.exe', 'aws.cmd'] : ['aws'];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
