import * as l10n from '@vscode/l10n';
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { maxDocumentLength, maxNesting } from '../limits';
import type { Member } from '../model';
import { survey } from '../survey';
import { nearest } from '../nearest';
import type { Caller } from '../request';
import type { PolicyTarget } from '../ruleContext';
import { readDeed } from './deeds';
import { readDevice } from './devices';
import { deeds, expectations, type Because, type PolicyReference, type PolicyTestCase, type PolicyTestFile, type PolicyTestQuestion } from './format';
import { shorten, TestFileReader } from './reader';

/** More tests than this are not shown: a mutated megabyte must not flood the Test Explorer. */
const maxCases = 2000;

const rootMembers = ['$schema', 'policy', 'target', 'devices', 'tests'] as const;
const testMembers = ['name', 'device', 'as', ...deeds, 'expect', 'because'] as const;

type Devices = ReadonlyMap<string, Caller | undefined>;

/**
 * Reads a file of policy tests as far as it can be read: a test that is wrong has problems, the others can be run.
 * Never throws; offsets are those of `text`.
 */
export function parsePolicyTests(text: string): PolicyTestFile {
  const facts = survey(text);
  const whole = { offset: 0, length: Math.min(text.length, 1) };
  const unread = (message: string): PolicyTestFile => ({ policies: [], target: {}, cases: [], problems: [{ ...whole, message, reportedByJsonService: false }] });
  if (text.length > maxDocumentLength) return unread(l10n.t('This file is too long to be read: {0} characters, of at most {1}.', text.length, maxDocumentLength));
  if (facts.nonBlank === 0) return unread(l10n.t('This file is empty. “Create Policy Tests” writes an example for a policy that has none.'));
  if (facts.depth > maxNesting) return unread(l10n.t('This file is nested too deeply to be read.'));
  // A blank in place of the byte order mark keeps every offset.
  const source = facts.byteOrderMark ? ` ${text.slice(1)}` : text;
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: true });
  const reader = new TestFileReader(source);
  const [error] = errors;
  if (error !== undefined) reader.schema(error, l10n.t('This is not valid JSON: {0}.', printParseErrorCode(error.error)));
  const members = root === undefined ? undefined : reader.object(root, rootMembers);
  if (root === undefined || members === undefined) return { policies: [], target: {}, cases: [], problems: reader.problems };
  for (const name of ['policy', 'tests'] as const) if (!members.has(name)) reader.schema({ offset: root.offset, length: 1 }, l10n.t('“{0}” is missing.', name));
  const policies = readPolicies(members.get('policy'), reader);
  const target = readTarget(members.get('target')?.value, reader);
  const devices = readDevices(members.get('devices')?.value, reader);
  const list = members.get('tests')?.value;
  if (list !== undefined && list.type !== 'array') reader.schema(list, l10n.t('Expected a list.'));
  const nodes = list?.type === 'array' ? (list.children ?? []) : [];
  if (nodes[maxCases] !== undefined) reader.report(nodes[maxCases], l10n.t('Only the first {0} tests of a file are run.', maxCases));
  const problems = [...reader.problems];
  return { policies, target, problems, cases: readCases(nodes.slice(0, maxCases), devices, source) };
}

function readPolicies(member: Member | undefined, reader: TestFileReader): readonly PolicyReference[] {
  const node = member?.value;
  if (node?.type === 'array' && (node.children ?? []).length === 0) reader.schema(node, l10n.t('At least one policy is needed.'));
  return reader.texts(node).flatMap((text) => {
    const path = text.value;
    if (/^[/\\]|^[a-z][a-z0-9+.-]*:|\0/i.test(path)) {
      reader.report(text.node, l10n.t('The path of a policy is relative to this file, for example “greengrass-v2-iot-policy.json”.'));
      return [];
    }
    return [{ path: path.replaceAll('\\', '/'), offset: text.node.offset, length: text.node.length }];
  });
}

function readTarget(node: Node | undefined, reader: TestFileReader): Partial<PolicyTarget> {
  const members = node === undefined ? undefined : reader.object(node, ['partition', 'region', 'account']);
  if (members === undefined) return {};
  const value = (name: string, pattern: RegExp, complaint: string): string | undefined => reader.matching(members.get(name)?.value, pattern, complaint);
  const partition = value('partition', /^aws(-[a-z]+)*$/, l10n.t('A partition is aws, aws-cn, aws-us-gov or the like.'));
  const region = value('region', /^[a-z]{2,}(-[a-z]+)+-\d+$/, l10n.t('A region looks like eu-central-1.'));
  const account = value('account', /^\d{12}$/, l10n.t('An account has 12 digits.'));
  return { ...(partition === undefined ? {} : { partition }), ...(region === undefined ? {} : { region }), ...(account === undefined ? {} : { account }) };
}

/** By name; the value is undefined when the device itself is wrong, which is reported once, there. */
function readDevices(node: Node | undefined, reader: TestFileReader): Devices {
  const members = node === undefined ? undefined : reader.object(node, undefined);
  return new Map([...(members ?? [])].map(([name, { value }]) => {
    const before = reader.problems.length;
    const device = value === undefined ? undefined : readDevice(value, reader);
    return [name, reader.problems.length > before ? undefined : device];
  }));
}

function readCases(nodes: readonly Node[], devices: Devices, source: string): readonly PolicyTestCase[] {
  const seen = new Map<string, number>();
  return nodes.map((node, index) => {
    const reader = new TestFileReader(source);
    const members = reader.object(node, testMembers) ?? new Map<string, Member>();
    const name = reader.text(members.get('name')?.value)?.value ?? l10n.t('Test {0}', index + 1);
    if (node.type === 'object') for (const wanted of ['name', 'expect']) if (!members.has(wanted)) reader.schema({ offset: node.offset, length: 1 }, l10n.t('“{0}” is missing.', wanted));
    const asks = node.type === 'object' ? readQuestion(node, members, devices, reader) : undefined;
    const same = seen.get(name) ?? 0;
    seen.set(name, same + 1);
    const expectAt = members.get('expect')?.value ?? node;
    return {
      id: `${same}/${name}`,
      name,
      at: { offset: node.offset, length: node.length },
      expectAt: { offset: expectAt.offset, length: expectAt.length },
      asks: reader.problems.length > 0 ? undefined : asks,
      problems: reader.problems,
    };
  });
}

function readQuestion(node: Node, members: ReadonlyMap<string, Member>, devices: Devices, reader: TestFileReader): PolicyTestQuestion | undefined {
  const caller = readCaller(node, members, devices, reader);
  const found = deeds.filter((deed) => members.has(deed));
  const [deed, second] = found;
  const wanted = deeds.map((item) => `“${item}”`).join(', ');
  if (deed === undefined) reader.report({ offset: node.offset, length: 1 }, l10n.t('What does the device do? One of {0} is needed.', wanted));
  if (second !== undefined) reader.report(members.get(second)?.name.node ?? node, l10n.t('A test has one of {0}. Make a test of its own for each.', wanted));
  const value = deed === undefined ? undefined : members.get(deed)?.value;
  const question = deed === undefined || value === undefined ? undefined : readDeed(deed, value, caller ?? {}, reader);
  const expect = reader.word(members.get('expect')?.value, expectations);
  const because = readBecause(members.get('because')?.value, reader);
  if (because !== undefined && expect === 'implicitDeny') reader.report(because, l10n.t('An implicit denial is the denial that no statement decides; “because” has nothing to name.'));
  if (caller === undefined || question === undefined || expect === undefined) return undefined;
  return { question, caller, expect, because };
}

function readCaller(node: Node, members: ReadonlyMap<string, Member>, devices: Devices, reader: TestFileReader): Caller | undefined {
  const inline = members.get('as');
  const named = members.get('device');
  if (inline !== undefined && named !== undefined) reader.report(inline.name.node, l10n.t('A test has either “device”, the name of a device, or “as”, a device of its own.'));
  if (inline !== undefined) return inline.value === undefined ? undefined : readDevice(inline.value, reader);
  if (named === undefined) {
    const [only, another] = [...devices.values()];
    if (devices.size === 1 && another === undefined) {
      if (only === undefined) reader.report({ offset: node.offset, length: 1 }, l10n.t('The device of this test is not described well.'));
      return only;
    }
    reader.report({ offset: node.offset, length: 1 }, l10n.t('Which device? Name one of “devices” by “device”, or describe it by “as”.'));
    return undefined;
  }
  const name = reader.text(named.value);
  if (name === undefined) return undefined;
  const device = devices.get(name.value);
  if (device !== undefined) return device;
  if (devices.has(name.value)) reader.report(name.node, l10n.t('The device “{0}” is not described well.', shorten(name.value)));
  else {
    const meant = nearest(name.value, devices.keys());
    const suffix = meant === undefined ? l10n.t('Describe it in “devices”.') : l10n.t('Did you mean “{0}”?', shorten(meant));
    reader.report(name.node, `${l10n.t('There is no device “{0}”.', shorten(name.value))} ${suffix}`);
  }
  return undefined;
}

function readBecause(node: Node | undefined, reader: TestFileReader): Because | undefined {
  if (node === undefined) return undefined;
  const at = { offset: node.offset, length: node.length };
  if (node.type === 'number') {
    if (Number.isInteger(node.value) && Number(node.value) >= 0) return { ...at, statement: Number(node.value) };
    reader.schema(node, l10n.t('The index of a statement is 0 or more.'));
    return undefined;
  }
  const text = reader.text(node);
  return text === undefined ? undefined : { ...at, statement: text.value };
}
