import { createHash } from 'node:crypto';
import type { CreateKeysAndCertificateResponse } from '@aws-sdk/client-iot';
import type { BackgroundScope } from '../../src/sandbox/kernel/types';
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import { createSandbox } from '../../src/sandbox/sandbox';
import { store } from '../../src/sandbox/services/iot/certificates';
import { createIotService } from '../../src/sandbox/services/iot/iotService';
import { thingRows } from '../../src/sandbox/services/iot/things';

export interface FleetSize {
  readonly things: number;
  readonly policies: number;
  readonly certificates: number;
}

export const thingName = (number: number): string => `thing-${String(number).padStart(7, '0')}`;
export const policyName = (number: number): string => `Policy-${String(number).padStart(4, '0')}`;

const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}';

/** Things of a transaction: large enough that the store is busy, small enough for the memory. */
const thingsAtOnce = 5_000;
/** A call inside a transaction remembers all that was written before it. */
const callsAtOnce = 50;

/** Fills a state folder as so many calls would, through the store: a million requests would take hours. */
export async function fillFleet(state: string, size: FleetSize): Promise<void> {
  const sandbox = await createSandbox({ services: [createIotService], certificateAuthority: createCertificateAuthority, state });
  try {
    const { account, region } = sandbox.credentials;
    const scope: BackgroundScope = { account, region, partition: 'aws', principal: { account, arn: `arn:aws:iam::${account}:root`, userId: account, accessKeyId: '' } };
    const { kernel } = sandbox;
    for (let from = 0; from < size.things; from += thingsAtOnce) {
      await kernel.run(scope, async ({ tx }) => {
        for (let number = from; number < Math.min(size.things, from + thingsAtOnce); number += 1) {
          const thing = { name: thingName(number), id: idOf(number), attributes: { serial: `s${String(number)}` }, version: 1 };
          for (const [table, key, value] of thingRows(thing)) tx.put(table, key, value);
        }
      });
    }
    for (let from = 0; from < size.policies; from += callsAtOnce) {
      await kernel.run(scope, async (call) => {
        for (let number = from; number < Math.min(size.policies, from + callsAtOnce); number += 1) await call.invoke('iot', 'CreatePolicy', { policyName: policyName(number), policyDocument: document });
      });
    }
    const { certificatePem = '' } = await kernel.run(scope, async (call) => call.invoke<CreateKeysAndCertificateResponse>('iot', 'CreateKeysAndCertificate', { setAsActive: true }));
    for (let from = 0; from < size.certificates; from += thingsAtOnce) {
      await kernel.run(scope, async (call) => {
        for (let number = from; number < Math.min(size.certificates, from + thingsAtOnce); number += 1) await store(call, { id: certificateId(number), pem: certificatePem }, 'ACTIVE', 'DEFAULT');
      });
    }
  } finally {
    await sandbox.close();
  }
}

/** An id that is not that of the text, which nobody looks at. */
export const certificateId = (number: number): string => createHash('sha256').update(`certificate ${String(number)}`).digest('hex');

function idOf(number: number): string {
  const hash = createHash('md5').update(String(number)).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20)}`;
}
