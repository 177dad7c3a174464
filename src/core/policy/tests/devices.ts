import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import type { Member } from '../model';
import type { Caller } from '../request';
import type { TestFileReader } from './reader';

const deviceMembers = ['thingName', 'clientId', 'thingType', 'attributes', 'attached', 'exclusive', 'certificateId', 'sourceIp', 'values'] as const;

/**
 * A device of a test: a thing, a client id, or both. The client id of a thing is its name unless something else is
 * said, which is how AWS IoT knows the thing of a connection.
 * https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
 */
export function readDevice(node: Node, reader: TestFileReader): Caller | undefined {
  const members = reader.object(node, deviceMembers);
  if (members === undefined) return undefined;
  const value = (name: (typeof deviceMembers)[number]): Node | undefined => members.get(name)?.value;
  const thingName = reader.text(value('thingName'))?.value;
  const clientId = reader.text(value('clientId'))?.value ?? thingName;
  if (!members.has('thingName') && !members.has('clientId')) reader.report(node, l10n.t('A device has a “thingName”, a “clientId”, or both.'));
  const type = reader.text(value('thingType'))?.value;
  const attributes = readAttributes(value('attributes'), reader);
  const attached = reader.flag(value('attached'));
  const exclusive = reader.flag(value('exclusive'));
  const certificateId = reader.matching(value('certificateId'), /^[0-9a-f]{64}$/, l10n.t('A certificate id has 64 hexadecimal digits in lower case.'));
  const sourceIp = reader.text(value('sourceIp'))?.value;
  const values = readValues(value('values'), reader);
  for (const name of ['thingType', 'attributes', 'attached', 'exclusive'] as const) {
    const member: Member | undefined = members.get(name);
    if (member !== undefined && !members.has('thingName')) reader.report(member.name.node, l10n.t('“{0}” belongs to a thing, but there is no “thingName”.', name));
  }
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(thingName === undefined
      ? {}
      : {
          thing: {
            name: thingName,
            ...(type === undefined ? {} : { type }),
            ...(attributes === undefined ? {} : { attributes }),
            ...(attached === undefined ? {} : { attached }),
            ...(exclusive === undefined ? {} : { exclusive }),
          },
        }),
    ...(certificateId === undefined ? {} : { certificateId }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
    ...(values === undefined ? {} : { values }),
  };
}

function readAttributes(node: Node | undefined, reader: TestFileReader): Readonly<Record<string, string>> | undefined {
  const members = node === undefined ? undefined : reader.object(node, undefined);
  if (members === undefined) return undefined;
  return Object.fromEntries([...members].flatMap(([name, { value }]) => {
    const text = reader.text(value);
    return text === undefined ? [] : [[name, text.value]];
  }));
}

function readValues(node: Node | undefined, reader: TestFileReader): Readonly<Record<string, readonly string[]>> | undefined {
  const members = node === undefined ? undefined : reader.object(node, undefined);
  if (members === undefined) return undefined;
  return Object.fromEntries([...members].map(([name, { value }]) => [name, reader.texts(value).map((text) => text.value)]));
}
