import { isRecord } from '../../../core/util/json';
import type { CallContext } from '../../kernel/types';
import { CORE_DEVICES, type ComponentRecord, type CoreDeviceRecord } from './records';

/** AWS's broker takes 128 KB; a device cannot grow its row without end by parts. */
const MAX_COMPONENTS = 1000;
const STATES = ['NEW', 'INSTALLED', 'STARTING', 'RUNNING', 'STOPPING', 'ERRORED', 'BROKEN', 'FINISHED'];

/**
 * What a Greengrass core publishes to `$aws/things/<thing>/greengrassv2/health/json` fills the core device of that name:
 * `{ggcVersion, platform, architecture, runtime, sequenceNumber, messageType, trigger, overallDeviceStatus, components?}`, each
 * component `{componentName, version, status, statusDetails?, isRoot}`. `messageType` PARTIAL tells what changed, COMPLETE all.
 *
 * What is no such document is dropped, as AWS tells the device nothing (unverified: that it keeps the old state).
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/device-status.html
 */
export async function recordHealth(call: CallContext, thingName: string, payload: Uint8Array): Promise<void> {
  const report = parse(payload);
  const status = report?.['overallDeviceStatus'];
  if (report === undefined || (status !== 'HEALTHY' && status !== 'UNHEALTHY')) return;
  const old = await call.tx.get<CoreDeviceRecord>(CORE_DEVICES, thingName);
  const now = call.now().toISOString();
  const version = text(report['ggcVersion']) ?? old?.version;
  const platform = text(report['platform']) ?? old?.platform;
  const architecture = text(report['architecture']) ?? old?.architecture;
  const runtime = text(report['runtime']) ?? old?.runtime;
  const record: CoreDeviceRecord = {
    status,
    updatedAt: now,
    components: components(report, old?.components ?? {}, now),
    ...(version === undefined ? {} : { version }),
    ...(platform === undefined ? {} : { platform }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(runtime === undefined ? {} : { runtime }),
  };
  call.tx.put(CORE_DEVICES, thingName, record);
}

type Components = CoreDeviceRecord['components'];

function components(report: Readonly<Record<string, unknown>>, old: Components, now: string): Components {
  const told = report['components'];
  const complete = report['messageType'] === 'COMPLETE';
  if (!Array.isArray(told)) return old;
  const rows = new Map<string, ComponentRecord>(complete ? [] : Object.entries(old));
  for (const item of told.filter(isRecord)) {
    const name = text(item['componentName']);
    const state = text(item['status']);
    if (name === undefined || state === undefined || !STATES.includes(state)) continue;
    if (rows.size >= MAX_COMPONENTS && !rows.has(name)) break;
    const before = Object.hasOwn(old, name) ? old[name] : undefined;
    const details = text(item['statusDetails']);
    rows.set(name, {
      version: text(item['version']) ?? '',
      state,
      isRoot: item['isRoot'] === true,
      changedAt: before?.state === state ? before.changedAt : now,
      reportedAt: now,
      ...(details === undefined ? {} : { details }),
    });
  }
  return Object.fromEntries(rows);
}

function parse(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1024) : undefined;
}
