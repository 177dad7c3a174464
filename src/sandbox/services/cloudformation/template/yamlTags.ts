import type { CollectionTag, ScalarTag, YAMLMap, YAMLSeq } from 'yaml';

/**
 * CloudFormation's short forms.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
const FUNCTIONS = [
  'Base64', 'Cidr', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Select', 'Split', 'Sub', 'Transform',
  'And', 'Equals', 'Not', 'Or', 'Length', 'ToJsonString', 'Contains', 'EachMemberIn', 'EachMemberEquals', 'ValueOf',
] as const;

const longName = (tag: string): string => (tag === 'Ref' || tag === 'Condition' ? tag : `Fn::${tag}`);

/** `!GetAtt a.b.c` means resource `a`, attribute `b.c`. */
function scalarArgument(tag: string, text: string): unknown {
  if (tag !== 'GetAtt') return text;
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

/**
 * Tags for the `yaml` package: each turns into the long form when the document becomes plain values. Collections stay
 * nodes while parsing so that tags nested in them are resolved as well.
 */
export function shortTags(): (ScalarTag | CollectionTag)[] {
  return ['Ref', 'Condition', ...FUNCTIONS].flatMap((tag): (ScalarTag | CollectionTag)[] => [
    { tag: `!${tag}`, resolve: (text: string) => ({ [longName(tag)]: scalarArgument(tag, text) }) },
    { tag: `!${tag}`, collection: 'seq', resolve: (node: YAMLMap.Parsed | YAMLSeq.Parsed) => wrap(tag, node) },
    { tag: `!${tag}`, collection: 'map', resolve: (node: YAMLMap.Parsed | YAMLSeq.Parsed) => wrap(tag, node) },
  ]);
}

/** Gives the node a plain-value form `{ Fn::Tag: <content> }`. */
function wrap(tag: string, node: YAMLMap.Parsed | YAMLSeq.Parsed): YAMLMap.Parsed | YAMLSeq.Parsed {
  const plain = node.toJSON.bind(node);
  node.toJSON = (argument?: unknown, context?: never) => ({ [longName(tag)]: plain(argument as never, context) as unknown }) as never;
  return node;
}
