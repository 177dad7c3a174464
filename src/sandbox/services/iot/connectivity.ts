import type { CallContext, Kernel } from '../../kernel/types';
import { connectivityIsIndexed } from './indexingConfiguration';
import { SEARCH, searchKey } from './searchTable';

/** Times in milliseconds since 1970, as the index gives them. */
export interface ConnectivityRecord {
  readonly connected: boolean;
  readonly timestamp: number;
  readonly disconnectReason?: string;
}

const TABLE = 'iot.connectivity';
export const CONNECTED_FIELD = 'connectivity.connected';

/** undefined: never connected since connectivity is indexed. */
export async function connectivityOf(call: CallContext, thing: string): Promise<ConnectivityRecord | undefined> {
  return call.tx.get<ConnectivityRecord>(TABLE, thing);
}

/**
 * Notes that a device came or went. Only of a "device whose connection clientId is the same as the thingName of a registered
 * thing": https://docs.aws.amazon.com/iot/latest/developerguide/device-connectivity-status.html
 */
export async function noteConnectivity(call: CallContext, clientId: string, connected: boolean, disconnectReason?: string): Promise<void> {
  if (!(await connectivityIsIndexed(call)) || (await call.tx.get('iot.thing', clientId)) === undefined) return;
  const record: ConnectivityRecord = { connected, timestamp: call.now().getTime(), ...(connected || disconnectReason === undefined ? {} : { disconnectReason }) };
  call.tx.put(TABLE, clientId, record);
  const key = searchKey(CONNECTED_FIELD, 'true', clientId);
  if (connected) call.tx.put(SEARCH, key, clientId);
  else call.tx.delete(SEARCH, key);
}

/** When a thing goes. */
export function forgetConnectivity(call: CallContext, thing: string): void {
  call.tx.delete(TABLE, thing);
  call.tx.delete(SEARCH, searchKey(CONNECTED_FIELD, 'true', thing));
}

/** Nobody is connected to a sandbox that has just started, whatever it knew when it was killed. */
export async function disconnectAll(kernel: Kernel): Promise<void> {
  for (const scope of await kernel.scopesWith(TABLE)) await kernel.run(scope, disconnectScope);
}

async function disconnectScope(call: CallContext): Promise<void> {
  const gone: string[] = [];
  for await (const [thing, record] of call.tx.list<ConnectivityRecord>(TABLE)) if (record.connected) gone.push(thing);
  for (const thing of gone) await noteConnectivity(call, thing, false, 'SERVER_INITIATED_DISCONNECT');
}
