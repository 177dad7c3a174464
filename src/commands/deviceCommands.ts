import type { DevicePageRequest, DeviceRunView, FleetRunView } from '../core/device/trace';
import type { Remedy } from '../core/errors';
import type { Disposable } from '../core/util/emitter';
import type { TestDeviceDeps } from '../services/testDevice/testDeviceContext';
import { Commands } from '../ids';
import type { StepCommandsDeps } from './connectedRun';
import type { TestDeviceController } from './testDeviceController';

export type ShownRun = { readonly kind: 'device'; readonly view: DeviceRunView } | { readonly kind: 'fleet'; readonly view: FleetRunView };

/** Where a run is shown, and what its page asks for. */
export interface RunDisplay {
  show(shown: ShownRun, bring: boolean): void;
  onRequest(listener: (request: DevicePageRequest) => Promise<unknown>): void;
}

export interface DeviceCommandsDeps extends StepCommandsDeps {
  readonly devices: TestDeviceDeps;
  /** Loads the page; the same one each time. */
  readonly display: () => Promise<RunDisplay>;
  readonly runRemedy: (remedy: Remedy) => Promise<unknown>;
  readonly refreshViews: () => Promise<void>;
}

const changes = { mutates: true, needsTrust: true } as const;

/** Devices that prove the set-up. What they need is loaded when the first one starts. */
export function registerDeviceCommands(deps: DeviceCommandsDeps): Disposable {
  let loaded: Promise<TestDeviceController> | undefined;
  const controller = async (): Promise<TestDeviceController> => {
    loaded ??= import(/* webpackChunkName: "testDevice" */ './testDeviceController').then(({ TestDeviceController: Controller }) => new Controller(deps));
    return loaded;
  };
  const { registry } = deps;
  registry.register(Commands.provisionTestDevice, async (argument) => (await controller()).provision(argument), changes);
  registry.register(Commands.provisionTestFleet, async (argument) => (await controller()).provisionFleet(argument), changes);
  registry.register(Commands.cleanUpTestDevices, async () => (await controller()).cleanUp(), changes);
  return { dispose: () => void loaded?.then((made) => made.dispose()) };
}
