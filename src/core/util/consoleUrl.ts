import { parseArn } from './arn';

/** https://docs.aws.amazon.com/general/latest/gr/endpoints.html and the partitions' own guides. The isolated partitions publish none. */
const hosts: Readonly<Record<string, string>> = {
  'aws': 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/**
 * Page of the AWS console for a resource, in the resource's own partition and region; undefined when the partition's
 * console is not known or the ARN is none. The paths behind # are nowhere documented (unverified): where we know none for a
 * kind, the start page of its service opens.
 */
export function consoleUrl(arnText: string): string | undefined {
  const arn = parseArn(arnText);
  const host = arn === undefined || !Object.hasOwn(hosts, arn.partition) ? undefined : hosts[arn.partition];
  if (arn === undefined || host === undefined) return undefined;
  const { region, service, resource } = arn;
  const [, kind = '', name = ''] = /^(\w+)[/:](.*)$/.exec(resource) ?? [];
  // IAM has one console for all regions, and names its pages without the path of a role.
  if (service === 'iam') return kind === 'role' ? `https://${host}/iam/home#/roles/details/${encodeURIComponent(name.slice(name.lastIndexOf('/') + 1))}` : undefined;
  if (!/^[a-z0-9-]+$/.test(region)) return undefined;
  const home = (app: string, path: string): string => `https://${region}.${host}/${app}/home?region=${region}#/${path}`;
  if (service === 'cloudformation') return home('cloudformation', `stacks/stackinfo?stackId=${encodeURIComponent(arnText.trim())}`);
  if (service === 'greengrass') return home('iot', kind === 'coreDevices' ? `greengrass/v2/cores/details/${encodeURIComponent(name)}` : 'greengrass/v2/cores');
  if (service === 'lambda') return kind === 'function' ? home('lambda', `functions/${encodeURIComponent(name.replace(/:.*$/, ''))}`) : undefined;
  if (service !== 'iot') return undefined;
  // Of one template no page is known, of all there is.
  if (kind === 'provisioningtemplate') return home('iot', 'provisioningtemplatehub');
  const path = iotPages[kind];
  return home('iot', path === undefined ? 'home' : `${path}/${encodeURIComponent(name)}`);
}

const iotPages: Readonly<Record<string, string | undefined>> = { thing: 'thing', thinggroup: 'thinggroup', policy: 'policy', cert: 'certificate' };
