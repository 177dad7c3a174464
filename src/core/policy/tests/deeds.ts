import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { parseArn } from '../arn';
import { actions, findAction } from '../catalog';
import type { Member, Text } from '../model';
import { nearest } from '../nearest';
import type { Caller, Question } from '../request';
import type { Deed } from './format';
import { shorten, type TestFileReader } from './reader';

/** Actions that have a word of their own; a call has no MQTT connection and would be asked without its values. */
const ownWords: Readonly<Record<string, Deed>> = {
  'iot:Connect': 'connect',
  'iot:Publish': 'publish',
  'iot:RetainPublish': 'publish',
  'iot:Subscribe': 'subscribe',
  'iot:Receive': 'receive',
  'iot:AssumeRoleWithCertificate': 'assumeRoleAlias',
};

/** What the device does. Undefined when the value does not say it; then a problem is noted. */
export function readDeed(deed: Deed, node: Node, caller: Caller, reader: TestFileReader): Question | undefined {
  switch (deed) {
    case 'connect':
      return readConnect(node, caller, reader);
    case 'publish': {
      const members = node.type === 'object' ? reader.object(node, ['topic', 'retain']) : undefined;
      const topic = members === undefined ? reader.text(node) : needed(members, 'topic', node, reader);
      const retain = reader.flag(members?.get('retain')?.value);
      return topic === undefined ? undefined : { kind: 'publish', topic: topic.value, ...(retain === undefined ? {} : { retain }) };
    }
    case 'subscribe': {
      const topicFilter = reader.text(node)?.value;
      return topicFilter === undefined ? undefined : { kind: 'subscribe', topicFilter };
    }
    case 'receive': {
      const topic = reader.text(node)?.value;
      return topic === undefined ? undefined : { kind: 'receive', topic };
    }
    case 'assumeRoleAlias': {
      const text = reader.text(node);
      if (text?.value.startsWith('arn:') === true) reader.report(text.node, l10n.t('The name of the role alias is enough; its ARN is made from the target.'));
      return text === undefined ? undefined : { kind: 'assumeRole', roleAlias: text.value };
    }
    case 'call':
      return readCall(node, reader);
  }
}

function needed(members: ReadonlyMap<string, Member>, name: string, node: Node, reader: TestFileReader): Text | undefined {
  if (!members.has(name)) reader.schema(node, l10n.t('“{0}” is missing.', name));
  return reader.text(members.get(name)?.value);
}

function readConnect(node: Node, caller: Caller, reader: TestFileReader): Question | undefined {
  if (node.type !== 'object') {
    const clientId = reader.text(node)?.value;
    return clientId === undefined ? undefined : { kind: 'connect', clientId };
  }
  const members = reader.object(node, ['clientId', 'persistent', 'lastWillTopic']);
  const clientId = reader.text(members?.get('clientId')?.value)?.value ?? caller.clientId;
  const persistent = reader.flag(members?.get('persistent')?.value);
  const lastWillTopic = reader.text(members?.get('lastWillTopic')?.value)?.value;
  // Without one the device itself is wrong, which is said there.
  if (clientId === undefined) return undefined;
  return { kind: 'connect', clientId, ...(persistent === undefined ? {} : { persistent }), ...(lastWillTopic === undefined ? {} : { lastWillTopic }) };
}

function readCall(node: Node, reader: TestFileReader): Question | undefined {
  const members = node.type === 'object' ? reader.object(node, ['action', 'resource']) : undefined;
  const action = members === undefined ? reader.text(node) : needed(members, 'action', node, reader);
  const resource = reader.text(members?.get('resource')?.value);
  if (action === undefined) return undefined;
  const word = Object.hasOwn(ownWords, action.value) ? ownWords[action.value] : undefined;
  if (word !== undefined) reader.report(action.node, l10n.t('Use “{0}” instead of a call for {1}.', word, action.value));
  else if (findAction(action.value) === undefined) {
    const meant = nearest(action.value, actions.map((item) => item.name));
    reader.report(action.node, meant === undefined ? l10n.t('{0} is no action that a device can call.', shorten(action.value)) : l10n.t('{0} is no action that a device can call. Did you mean {1}?', shorten(action.value), meant));
  }
  if (resource !== undefined && resource.value !== '*' && parseArn(resource.value) === undefined) {
    reader.report(resource.node, l10n.t('A resource is a whole ARN, or * for actions that have none.'));
  }
  return { kind: 'call', action: action.value, resource: resource?.value ?? '*' };
}
