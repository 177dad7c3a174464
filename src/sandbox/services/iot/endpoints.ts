import { createHash } from 'node:crypto';
import type { DescribeEndpointRequest, DescribeEndpointResponse } from '@aws-sdk/client-iot';
import type { CallContext, Scope } from '../../kernel/types';
import { invalidRequest } from './faults';
import type { Input } from './inputs';

export const endpointHandlers = {
  /** https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeEndpoint.html: without a type, the (older) iot:Data endpoint. */
  DescribeEndpoint(input: Input<DescribeEndpointRequest>, call: CallContext): DescribeEndpointResponse {
    return { endpointAddress: endpointAddress(call, input.endpointType ?? 'iot:Data') };
  },
};

/** The host name of one endpoint type: the same for ever for one account and region, as AWS promises. */
export function endpointAddress(scope: Scope, type: string): string {
  const suffix = `iot.${scope.region}.${dnsSuffix(scope.partition)}`;
  const prefix = `a${hostPrefix(scope, 'data')}`;
  switch (type) {
    case 'iot:Data':
      return `${prefix}.${suffix}`;
    case 'iot:Data-ATS':
      return `${prefix}-ats.${suffix}`;
    case 'iot:Jobs':
      return `${prefix}.jobs.${suffix}`;
    case 'iot:CredentialProvider':
      return `c${hostPrefix(scope, 'credentials')}.credentials.${suffix}`;
    default:
      throw invalidRequest(`Endpoint type ${type} not recognized.`);
  }
}

/** 13 lower-case letters and digits, as AWS has them after the leading letter. */
function hostPrefix(scope: Scope, purpose: string): string {
  const hash = createHash('sha256').update(`${scope.account} ${scope.region} ${purpose}`).digest('hex');
  return BigInt(`0x${hash}`).toString(36).slice(0, 13);
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html and the SDK's partitions file. */
function dnsSuffix(partition: string): string {
  const suffixes: Readonly<Record<string, string>> = {
    'aws-cn': 'amazonaws.com.cn',
    'aws-iso': 'c2s.ic.gov',
    'aws-iso-b': 'sc2s.sgov.gov',
    'aws-iso-e': 'cloud.adc-e.uk',
    'aws-iso-f': 'csp.hci.ic.gov',
    'aws-eusc': 'amazonaws.eu',
  };
  return suffixes[partition] ?? 'amazonaws.com';
}
