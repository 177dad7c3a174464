import { isCancelled } from '../../core/errors';
import type { Leftovers } from '../../core/device/trace';
import { WorkspaceFileNames } from '../../ids';
import { removeDevice } from './removeDevice';
import type { TestDeviceDeps, TestDeviceInput } from './testDeviceContext';

/** DeleteCertificate and UpdateCertificate take ten per second; a removal makes some six calls. */
const removalsAtOnce = 4;

/** Takes devices of the ledger out of the account and forgets them. Answers what is left: those that failed are still in the ledger. Throws CancelledError only. */
export async function cleanUpLedger(deps: Pick<TestDeviceDeps, 'clock' | 'ledger'>, input: Pick<TestDeviceInput, 'connection' | 'files' | 'signal'>, certificateIds: readonly string[], report: (done: number) => void): Promise<readonly Leftovers[]> {
  const wanted = (await deps.ledger.entries()).filter(({ certificateId }) => certificateIds.includes(certificateId));
  const left: Leftovers[] = [];
  let done = 0;
  const waiting = [...wanted];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const remains = { certificateId: next.certificateId, ...(next.thingName === undefined ? {} : { thingName: next.thingName }) };
      try {
        const stays = await removeDevice(input.connection.iot, remains, deps.clock, input.signal);
        if (stays !== undefined) left.push({ ...remains, reason: stays });
        if (next.folder?.startsWith(`${WorkspaceFileNames.testDevices}/`) === true) {
          for (const name of ['device.private.pem.key', 'device.pem.crt']) await input.files.delete(`${next.folder}/${name}`);
        }
        await deps.ledger.remove(next.certificateId);
      } catch (error) {
        if (isCancelled(error)) throw error;
        left.push({ ...remains, reason: error instanceof Error ? error.message : String(error) });
      }
      report((done += 1));
    }
  };
  await Promise.all(Array.from({ length: removalsAtOnce }, worker));
  return left;
}
