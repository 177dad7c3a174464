import { Commands } from '../../ids';
import type { CommandRegistry } from '../../platform/commands';
import { chooseConnection, chooseProfile } from './chooseConnection';
import { chooseRegion } from './chooseRegion';
import type { ConnectionCommandDeps } from './connectionCommandDeps';
import { resetSandbox, startSandbox, stopSandbox } from './sandboxCommands';
import { signIn } from './signIn';

/** Who am I, and where. Connecting uses credentials, so all of it needs a trusted workspace. */
export function registerConnectionCommands(registry: CommandRegistry, deps: ConnectionCommandDeps): void {
  const trusted = { needsTrust: true };
  registry.register(Commands.chooseConnection, async () => chooseConnection(deps), trusted);
  registry.register(Commands.chooseProfile, async () => chooseProfile(deps), trusted);
  registry.register(Commands.chooseRegion, async () => chooseRegion(deps), trusted);
  registry.register(Commands.signIn, async (profile) => signIn(deps, typeof profile === 'string' ? profile : undefined), trusted);
  registry.register(Commands.startSandbox, async () => startSandbox(deps), trusted);
  registry.register(Commands.stopSandbox, async () => stopSandbox(deps), trusted);
  registry.register(Commands.resetSandbox, async () => resetSandbox(deps), { ...trusted, mutates: true });
}
