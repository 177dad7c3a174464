import { Fault, type Scope } from '../../kernel/types';

export const CORE_DEVICES = 'greengrass.coreDevice';
export const TAGS = 'greengrass.tags';

export interface ComponentRecord {
  readonly version: string;
  readonly state: string;
  readonly details?: string;
  readonly isRoot: boolean;
  /** ISO times. */
  readonly changedAt: string;
  readonly reportedAt: string;
}

export interface CoreDeviceRecord {
  readonly status: 'HEALTHY' | 'UNHEALTHY';
  readonly version?: string;
  readonly platform?: string;
  readonly architecture?: string;
  readonly runtime?: string;
  /** ISO time of the newest report. */
  readonly updatedAt: string;
  readonly components: Readonly<Record<string, ComponentRecord>>;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html */
export function coreDeviceArn(scope: Scope, thingName: string): string {
  return `arn:${scope.partition}:greengrass:${scope.region}:${scope.account}:coreDevices:${thingName}`;
}

/** unverified: the texts. The members are the model's. */
export function notFound(resourceId: string): Fault {
  return new Fault('ResourceNotFoundException', `The core device ${resourceId} does not exist.`, { resourceId, resourceType: 'CoreDevice' }, 404);
}

export function invalid(message: string): Fault {
  return new Fault('ValidationException', message, { reason: 'OTHER' }, 400);
}
