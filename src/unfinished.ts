import { FleetError } from './core/errors';
import type { FleetSteps, SandboxService, SessionService } from './core/ports/services';
import { Emitter } from './core/util/emitter';

// Stand-ins until the real services are joined.
function missing(): never {
  throw new FleetError('This part is not joined yet.', { category: 'internal', code: 'unfinished', remedies: [{ kind: 'startSandbox' }, { kind: 'chooseProfile' }] });
}

export function createSession(): SessionService {
  return {
    state: { kind: 'none' },
    onDidChange: new Emitter<SessionService['state']>().event,
    listProfiles: async () => [],
    knownRegions: () => [],
    use: async () => missing(),
    restore: async () => undefined,
    disconnect: () => undefined,
    connection: async () => missing(),
    current: undefined,
  };
}

export function createSandbox(): SandboxService {
  return { running: false, onDidChange: new Emitter<boolean>().event, start: async () => missing(), stop: async () => undefined, reset: async () => undefined, dispose: () => undefined };
}

export function createSteps(): FleetSteps {
  return {
    states: new Map(),
    onDidChange: new Emitter<FleetSteps['states']>().event,
    busy: false,
    names: () => ({ stackName: 's', roleAliasName: 'a', iotPolicyName: 'p', claimPolicyName: 'c', templateName: 't', thingGroupName: 'g' }),
    refresh: async () => undefined,
    run: async () => missing(),
    provisionEverything: async () => missing(),
    createPolicyFile: async () => missing(),
    createTemplateFile: async () => missing(),
    createDeviceConfiguration: async () => missing(),
    stackView: async () => undefined,
  };
}
