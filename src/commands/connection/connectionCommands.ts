import { Commands } from '../../ids';
import type { CommandRegistry } from '../../platform/commands';
import { chooseConnection, chooseProfile } from './chooseConnection';
import { chooseRegion } from './chooseRegion';
import type { ConnectionCommandDeps } from './connectionCommandDeps';
import { pinRegion, switchRegion, unpinRegion } from './regionCommands';
import { resetSandbox, startSandbox, stopSandbox } from './sandboxCommands';
import { signIn } from './signIn';

/** Who am I, and where. Connecting uses credentials, so all of it needs a trusted workspace. */
export function registerConnectionCommands(registry: CommandRegistry, deps: ConnectionCommandDeps): void {
  // What they are called on says what to connect to.
  const trusted = { needsTrust: true, anyRegion: true };
  registry.register(Commands.chooseConnection, async () => chooseConnection(deps), trusted);
  registry.register(Commands.chooseProfile, async () => chooseProfile(deps), trusted);
  registry.register(Commands.chooseRegion, async () => chooseRegion(deps), trusted);
  registry.register(Commands.switchRegion, async (argument) => switchRegion(deps, argument), trusted);
  registry.register(Commands.pinRegion, async (argument) => pinRegion(deps, argument), { anyRegion: true });
  registry.register(Commands.unpinRegion, async (argument) => unpinRegion(deps, argument), { anyRegion: true });
  registry.register(Commands.signIn, async (profile) => signIn(deps, typeof profile === 'string' ? profile : undefined), trusted);
  registry.register(Commands.startSandbox, async () => startSandbox(deps), trusted);
  registry.register(Commands.stopSandbox, async () => stopSandbox(deps), trusted);
  registry.register(Commands.resetSandbox, async () => resetSandbox(deps), { ...trusted, mutates: true });
}
