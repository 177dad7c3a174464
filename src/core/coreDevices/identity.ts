import type { AwsTarget } from '../ports/identity';
import { parseArn } from '../util/arn';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html */
export function coreDeviceArn({ partition, region, account }: Pick<AwsTarget, 'partition' | 'region' | 'account'>, name: string): string {
  return `arn:${partition}:greengrass:${region}:${account}:coreDevices:${name}`;
}

/** Name of the core device that an ARN stands for, its own or that of its thing; undefined for anything else. */
export function coreNameOfArn(text: string): string | undefined {
  const arn = parseArn(text);
  if (arn?.service === 'greengrass') return /^coreDevices:([\w-]+)$/.exec(arn.resource)?.[1];
  return arn?.service === 'iot' ? /^thing\/([\w-]+)$/.exec(arn.resource)?.[1] : undefined;
}
