import { coreNameOfArn } from '../coreDevices/identity';
import { parseArn } from '../util/arn';
import type { NodeKind } from './graph';

/** What somebody asks about: what it uses, and what uses it. */
export interface RelationStart {
  readonly kind: Exclude<NodeKind, 'role' | 'service' | 'operator'>;
  /** Of a certificate its id: 64 hexadecimal digits. */
  readonly name: string;
}

const iotKinds: Readonly<Record<string, RelationStart['kind']>> = {
  thing: 'thing',
  cert: 'certificate',
  policy: 'policy',
  rolealias: 'roleAlias',
  provisioningtemplate: 'template',
  thinggroup: 'thingGroup',
};

/** The resource that an ARN stands for; undefined for a text that is none, and for kinds that nothing is known of. */
export function startOf(text: string): RelationStart | undefined {
  const arn = parseArn(text);
  if (arn === undefined) return undefined;
  const slash = arn.resource.indexOf('/');
  const [kind, name] = [arn.resource.slice(0, Math.max(slash, 0)), arn.resource.slice(slash + 1)];
  if (arn.service === 'cloudformation') return kind === 'stack' ? { kind: 'stack', name: name.split('/')[0] ?? name } : undefined;
  if (arn.service === 'greengrass') {
    const core = coreNameOfArn(text.trim());
    return core === undefined ? undefined : { kind: 'coreDevice', name: core };
  }
  if (arn.service !== 'iot' || name === '' || !Object.hasOwn(iotKinds, kind)) return undefined;
  const found = iotKinds[kind];
  return found && { kind: found, name };
}

export const startId = ({ kind, name }: RelationStart): string => `${kind}:${name}`;
