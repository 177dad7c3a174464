import type { Remedy } from '../errors';

/**
 * What a device does from its claim to being a core, in order: the calls of
 * https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html and
 * https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
 */
export const deviceStepIds = ['prepare', 'claimConnect', 'certificate', 'register', 'deviceConnect', 'coreTopics', 'credentials', 'cleanUp'] as const;
export type DeviceStepId = (typeof deviceStepIds)[number];

export type TraceState = 'waiting' | 'running' | 'done' | 'warning' | 'failed' | 'skipped';

/** A message that went over the wire, its secrets masked. */
export interface TraceMessage {
  readonly direction: 'sent' | 'received';
  /** MQTT topic, or method and path of an HTTPS request. */
  readonly topic: string;
  /** Text to show: formatted JSON. Keys, tokens and credentials are masked before it comes here. */
  readonly text: string;
}

export interface TraceStep {
  readonly id: DeviceStepId;
  /** Localized. */
  readonly title: string;
  readonly state: TraceState;
  /** Milliseconds from the start of the run; undefined while it waits. */
  readonly startedAt?: number;
  /** Milliseconds; undefined until it has ended. */
  readonly duration?: number;
  /** What happened, one localized sentence each. */
  readonly notes: readonly string[];
  readonly messages: readonly TraceMessage[];
}

/** Something that mends what failed: a button. */
export interface Mend {
  /** Localized verb and object: "Publish IoT Policy". */
  readonly label: string;
  readonly act:
    | { readonly kind: 'remedy'; readonly remedy: Remedy }
    | { readonly kind: 'command'; readonly command: string; readonly args?: readonly unknown[] }
    /** Puts the smallest statement that would have allowed it into a policy file of the folder. */
    | { readonly kind: 'insertStatement'; readonly file: string; readonly statement: { readonly Effect: 'Allow'; readonly Action: string; readonly Resource: string } };
}

export interface Cause {
  /** Stable name, for logs and tests: `claimInactive`, `templateDisabled` … */
  readonly code: string;
  /** Localized: what refused it and why, in a sentence or two. */
  readonly text: string;
  /** Localized: the place that refused it, for example "policy Device, statement 2" or "template, line 14". */
  readonly place?: string;
  /** JSON of the statement that denied, or of the smallest that would allow it. */
  readonly statement?: string;
  /** The first is the best. */
  readonly mends: readonly Mend[];
  readonly documentation?: string;
}

export type Verdict =
  | { readonly outcome: 'running' }
  | { readonly outcome: 'proven'; readonly text: string; readonly warnings: readonly Cause[] }
  | { readonly outcome: 'refused'; readonly step: DeviceStepId; readonly text: string; readonly cause: Cause }
  | { readonly outcome: 'cancelled'; readonly text: string };

/** What is left of the device in the account and on this computer. */
export interface Leftovers {
  readonly thingName?: string;
  readonly certificateId?: string;
  /** Folder of its key and certificate, relative to the workspace folder, when they were kept. */
  readonly folder?: string;
  /** Localized: why it could not be removed, or that it was kept by choice. */
  readonly reason: string;
}

/** Everything the page shows of one run. Sent whole after each change: it is small. */
export interface DeviceRunView {
  /** Localized: "Test device test-3f2a" */
  readonly title: string;
  /** Label and value pairs: profile, account, region, template, way, port. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly steps: readonly TraceStep[];
  readonly verdict: Verdict;
  /** Milliseconds from the first step to the verdict, without the clean-up; undefined while it runs. */
  readonly total?: number;
  readonly leftovers?: Leftovers;
}

/** Counts of a fleet of test devices. */
export interface FleetRunView {
  readonly title: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly wanted: number;
  readonly started: number;
  readonly proven: number;
  readonly refused: number;
  /** Devices that are removed again. */
  readonly cleaned: number;
  readonly state: 'running' | 'cleaning' | 'done' | 'cancelled';
  /** Milliseconds since the start, of the provisioning without the clean-up. */
  readonly elapsed: number;
  /** Provisionings per second until now. */
  readonly rate: number;
  /** Milliseconds per device; undefined until one is done. */
  readonly times?: { readonly median: number; readonly p95: number; readonly slowest: number };
  /** Median milliseconds of each step. */
  readonly stepTimes: readonly { readonly id: DeviceStepId; readonly title: string; readonly median: number }[];
  /** What refused devices, most frequent first. */
  readonly causes: readonly { readonly cause: Cause; readonly step: DeviceStepId; readonly title: string; readonly count: number }[];
  readonly leftovers: readonly Leftovers[];
}

/** What a page asks for. `mend` counts over the causes as shown: verdict first, then warnings. */
export type DevicePageRequest =
  | { readonly type: 'again' }
  | { readonly type: 'cancel' }
  | { readonly type: 'cleanUp' }
  | { readonly type: 'mend'; readonly cause: number; readonly mend: number }
  | { readonly type: 'documentation'; readonly cause: number };
