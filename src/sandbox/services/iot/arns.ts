import type { Scope } from '../../kernel/types';

/** Resource kinds as AWS IoT writes them in ARNs. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html */
export type ResourceKind = 'rolealias' | 'policy' | 'cert' | 'thing' | 'thinggroup' | 'thingtype' | 'provisioningtemplate';

export interface IotArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly kind: string;
  readonly name: string;
}

export function arnOf(scope: Scope, kind: ResourceKind, name: string): string {
  return `arn:${scope.partition}:iot:${scope.region}:${scope.account}:${kind}/${name}`;
}

/** The parts of an AWS IoT ARN, or undefined when the text is none. */
export function parseIotArn(text: string): IotArn | undefined {
  const match = /^arn:([^:]+):iot:([^:]*):(\d{12}):([a-z]+)\/(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, partition = '', region = '', account = '', kind = '', name = ''] = match;
  return { partition, region, account, kind, name };
}

/** True when the ARN names something of this account, region and partition: nothing else can be found here. */
export function isLocal(arn: IotArn, scope: Scope): boolean {
  return arn.account === scope.account && arn.region === scope.region && arn.partition === scope.partition;
}
