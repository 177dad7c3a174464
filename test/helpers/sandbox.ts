import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createStsService } from '../../src/sandbox/services/sts/stsService';
import type { ServiceFactory } from '../../src/sandbox/kernel/types';
import { createSandbox, type AuthorityFactory, type Sandbox, type SandboxInfo, type SandboxOptions } from '../../src/sandbox/sandbox';

export interface StartedSandbox extends SandboxInfo {
  readonly sandbox: Sandbox;
  /** For `new IoTClient(started.client)` and the like. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: { accessKeyId: string; secretAccessKey: string }; readonly maxAttempts: 1 };
  close(): Promise<void>;
}

/**
 * A sandbox in this process on a free port. Programming errors in handlers are rethrown on close, so that no test
 * passes over one.
 *
 * @example
 * const started = await startSandbox({ services: [createIotService], certificateAuthority });
 * const iot = new IoTClient(started.client);
 * await iot.send(new ListThingsCommand({}));
 * iot.destroy();
 * await started.close();
 */
export async function startSandbox(
  options: Partial<SandboxOptions> & { readonly services?: readonly ServiceFactory[]; readonly certificateAuthority?: AuthorityFactory } = {},
): Promise<StartedSandbox> {
  const failures: unknown[] = [];
  const sandbox = await createSandbox({ services: [createStsService, createIamService], resourceDelay: 0, logError: (error) => failures.push(error), ...options });
  const info = await sandbox.listen(0);
  const { endpoint, region, accessKeyId, secretAccessKey } = info;
  return {
    ...info,
    sandbox,
    client: { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 },
    async close() {
      await sandbox.close();
      if (failures.length > 0) throw failures[0];
    },
  };
}
