import { Commands } from '../../ids';
import type { CommandRegistry } from '../../platform/commands';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

// A connection is chosen rarely; the last one comes back without any of this.
const choosing = async () => import(/* webpackChunkName: "connection" */ './chooseConnection');
const regions = async () => import(/* webpackChunkName: "connection" */ './regionCommands');
const sandbox = async () => import(/* webpackChunkName: "connection" */ './sandboxCommands');

/** Who am I, and where. Connecting uses credentials, so all of it needs a trusted workspace. */
export function registerConnectionCommands(registry: CommandRegistry, deps: ConnectionCommandDeps): void {
  // What they are called on says what to connect to.
  const trusted = { needsTrust: true, anyRegion: true };
  registry.register(Commands.chooseConnection, async () => (await choosing()).chooseConnection(deps), trusted);
  registry.register(Commands.chooseProfile, async () => (await choosing()).chooseProfile(deps), trusted);
  registry.register(Commands.chooseRegion, async () => (await regions()).switchRegion(deps, undefined), trusted);
  registry.register(Commands.switchRegion, async (argument) => (await regions()).switchRegion(deps, argument), trusted);
  registry.register(Commands.pinRegion, async (argument) => (await regions()).pinRegion(deps, argument), { anyRegion: true });
  registry.register(Commands.unpinRegion, async (argument) => (await regions()).unpinRegion(deps, argument), { anyRegion: true });
  registry.register(
    Commands.signIn,
    async (profile) => {
      const { signIn } = await import(/* webpackChunkName: "connection" */ './signIn');
      await signIn(deps, typeof profile === 'string' ? profile : undefined);
    },
    trusted,
  );
  registry.register(Commands.startSandbox, async () => (await sandbox()).startSandbox(deps), trusted);
  registry.register(Commands.stopSandbox, async () => (await sandbox()).stopSandbox(deps), trusted);
  registry.register(Commands.resetSandbox, async () => (await sandbox()).resetSandbox(deps), { ...trusted, mutates: true });
}
