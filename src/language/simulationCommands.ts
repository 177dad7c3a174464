import type { SimulationRequest } from '../core/policy/simulateView';
import type { Disposable } from '../core/util/emitter';
import { Commands } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import type { PolicySimulator, PolicySimulatorDeps } from './simulatePolicy';

export interface SimulationCommandsDeps extends PolicySimulatorDeps {
  readonly registry: CommandRegistry;
  readonly output: PolicySimulatorDeps['output'] & { onRequest(listener: (request: SimulationRequest) => Promise<unknown>): void };
}

/** The commands of the simulation and what its page asks for. The simulator is loaded with the first of them. */
export function registerSimulationCommands(deps: SimulationCommandsDeps): Disposable {
  const { registry, output } = deps;
  let loading: Promise<PolicySimulator> | undefined;
  let disposed = false;
  const load = async (): Promise<PolicySimulator> => {
    const { PolicySimulator: Simulator } = await import(/* webpackChunkName: "simulation" */ './simulatePolicy');
    return new Simulator(deps);
  };
  const simulator = async (): Promise<PolicySimulator> => {
    loading ??= load();
    const loaded = await loading;
    if (disposed) loaded.dispose();
    return loaded;
  };
  registry.register(Commands.simulatePolicy, async (argument) => (await simulator()).simulate(argument), { anyRegion: true });
  registry.register(Commands.compareSimulationWithAws, async () => (await simulator()).compare(), { needsTrust: true });
  output.onRequest(async (request) => {
    switch (request.type) {
      case 'compare':
        return registry.run(Commands.compareSimulationWithAws);
      case 'again':
        return registry.run(Commands.simulatePolicy, (await simulator()).uri);
      case 'show':
        return (await simulator()).showStatement(request.row);
      case 'insert':
        return (await simulator()).insert(request.row);
    }
  });
  return {
    dispose: () => {
      disposed = true;
      loading?.then((loaded) => loaded.dispose()).catch(() => undefined);
    },
  };
}
