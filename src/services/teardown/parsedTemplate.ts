import { tryParseJson } from '../../core/util/json';

/**
 * The value of a CloudFormation template, short forms of functions written out. A processed template is JSON as far as reported;
 * no page of AWS says so (unverified), so YAML is read as well. Undefined when it is neither.
 */
export async function parsedTemplate(text: string): Promise<unknown> {
  const json = tryParseJson(text);
  if (json !== undefined) return json.value;
  const { isMap, isScalar, isSeq, parseDocument } = await import(/* webpackChunkName: "yaml" */ 'yaml');
  // CloudFormation reads YAML 1.1. A tag that nobody knows is a warning, and stays at its node.
  const document = parseDocument(text, { version: '1.1', logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  const plain = (node: unknown): unknown => {
    if (isMap(node)) return tagged(node.tag, Object.fromEntries(node.items.map(({ key, value }) => [String(plain(key)), plain(value)])));
    if (isSeq(node)) return tagged(node.tag, node.items.map(plain));
    return isScalar(node) ? tagged(node.tag, node.value) : undefined;
  };
  return plain(document.contents);
}

/** `!Ref a` is `{ Ref: a }`, `!Sub a` is `{ "Fn::Sub": a }`: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
function tagged(tag: string | undefined, value: unknown): unknown {
  const name = tag === undefined ? undefined : /^!(\w+)$/.exec(tag)?.[1];
  if (name === undefined) return value;
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value };
}
