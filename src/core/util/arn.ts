import type { AwsTarget } from '../ports/identity';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** All after the fifth colon, for example `role/path/Name`. */
  readonly resource: string;
}

/** The parts of an ARN; undefined when the text is none. White space around it is ignored. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[\w-]*):([\w-]+):([\w-]*):(\d{12}|aws|):(\S+)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

/** Name of the role of an `arn:…:iam::…:role/path/Name`, without the path; undefined for anything else. */
export function roleNameOfArn(text: string): string | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'iam' || !arn.resource.startsWith('role/')) return undefined;
  const name = arn.resource.slice(arn.resource.lastIndexOf('/') + 1);
  return name === '' ? undefined : name;
}

type Place = Pick<AwsTarget, 'partition' | 'region' | 'account'>;

/** ARN of an AWS IoT resource, for example `iotArn(target, 'rolealias/Name')`. */
export function iotArn(place: Place, resource: string): string {
  return `arn:${place.partition}:iot:${place.region}:${place.account}:${resource}`;
}

/** ARN of a role without a path. */
export function roleArn(place: Place, name: string): string {
  return `arn:${place.partition}:iam::${place.account}:role/${name}`;
}
