import type { Node } from 'jsonc-parser';
import { maxNesting, maxReadCharacters } from './limits';
import { isPlain, type Survey } from './survey';

/** A node as jsonc-parser builds it; one shape for all kinds, so that reading it stays fast. */
class JsonNode {
  length = 0;
  colonOffset = -1;

  constructor(
    readonly type: NonNullable<Node['type']>,
    readonly offset: number,
    readonly parent: JsonNode | undefined,
    readonly value: unknown,
    public children: JsonNode[] | undefined,
  ) {}
}

/** A text without a fault, and what a survey of it would tell. */
export interface ReadJson {
  readonly root: Node;
  readonly survey: Survey;
}

const quote = 34;
const backslash = 92;

/** Reads JSON without a fault in one pass; gives up at the first one, because telling faults apart is another's work. */
class StrictReader {
  private at = 0;
  private blank = 0;
  private blankInStrings = 0;
  private deepest = 0;
  private loneSurrogate = -1;
  /** A string holds `[` or `{`. */
  private bracket = false;

  constructor(private readonly text: string) {}

  document(): ReadJson | undefined {
    this.blanks();
    const root = this.value(undefined, 0);
    if (root === undefined) return undefined;
    this.blanks();
    if (this.at !== this.text.length) return undefined;
    const nonBlank = this.at - this.blank - this.blankInStrings;
    if (nonBlank > maxReadCharacters) return undefined;
    const survey = { nonBlank, nonBlankOutsideStrings: nonBlank + this.blankInStrings, depth: this.deepest, nul: -1, loneSurrogate: this.loneSurrogate, byteOrderMark: false, mayMark: this.bracket || this.text.includes('<') };
    // `exactOptionalPropertyTypes` tells a missing parent from an undefined one; readers of a tree do not.
    return { root: root as Node, survey };
  }

  private blanks(): number {
    const text = this.text;
    const from = this.at;
    for (let at = from; ; at += 1) {
      const code = text.charCodeAt(at);
      // Most often there is something at once. (NaN, the end of the text, is not greater than anything.)
      if (code > 32 || !(code === 32 || code === 10 || code === 13 || code === 9)) {
        this.blank += at - from;
        this.at = at;
        return code;
      }
    }
  }

  private value(parent: JsonNode | undefined, depth: number): JsonNode | undefined {
    switch (this.text.charCodeAt(this.at)) {
      case quote:
        return this.string(parent);
      case 123:
        return this.object(parent, depth);
      case 91:
        return this.array(parent, depth);
      case 116:
        return this.word('true', 'boolean', true, parent);
      case 102:
        return this.word('false', 'boolean', false, parent);
      case 110:
        return this.word('null', 'null', null, parent);
      default:
        return this.number(parent);
    }
  }

  private word(word: string, type: 'boolean' | 'null', value: boolean | null, parent: JsonNode | undefined): JsonNode | undefined {
    if (!this.text.startsWith(word, this.at)) return undefined;
    const node = new JsonNode(type, this.at, parent, value, undefined);
    node.length = word.length;
    this.at += word.length;
    return node;
  }

  private number(parent: JsonNode | undefined): JsonNode | undefined {
    const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    numberToken.lastIndex = this.at;
    const token = numberToken.exec(this.text)?.[0];
    if (token === undefined) return undefined;
    const node = new JsonNode('number', this.at, parent, Number(token), undefined);
    node.length = token.length;
    this.at += token.length;
    return node;
  }

  private string(parent: JsonNode | undefined): JsonNode | undefined {
    const text = this.text;
    const start = this.at;
    let escaped = false;
    let at = start + 1;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (isPlain(code)) continue;
      if (code === quote) break;
      if (code === 91 || code === 123) this.bracket = true;
      else if (code === 32 || code === 0xa0) this.blankInStrings += 1;
      else if (code === backslash) {
        escaped = true;
        at += 1;
      } else if (code >= 0xd800 && code <= 0xdfff) {
        const next = text.charCodeAt(at + 1);
        if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) at += 1;
        else if (this.loneSurrogate < 0) this.loneSurrogate = at;
        // NaN, the end of the text, is no character either.
      } else if (!(code > 32)) return undefined;
    }
    // A long text is not worth reading to its end.
    if (at - this.blank - this.blankInStrings > maxReadCharacters) return undefined;
    let value = text.slice(start + 1, at);
    if (escaped) {
      try {
        value = JSON.parse(`"${value}"`) as string;
      } catch {
        return undefined;
      }
    }
    const node = new JsonNode('string', start, parent, value, undefined);
    node.length = at + 1 - start;
    this.at = at + 1;
    return node;
  }

  private array(parent: JsonNode | undefined, depth: number): JsonNode | undefined {
    if (depth >= maxNesting) return undefined;
    if (depth >= this.deepest) this.deepest = depth + 1;
    const children: JsonNode[] = [];
    const node = new JsonNode('array', this.at, parent, undefined, children);
    this.at += 1;
    if (this.blanks() === 93) return this.close(node);
    for (;;) {
      const item = this.value(node, depth + 1);
      if (item === undefined) return undefined;
      children.push(item);
      const code = this.blanks();
      if (code === 93) return this.close(node);
      if (code !== 44) return undefined;
      this.at += 1;
      this.blanks();
    }
  }

  private object(parent: JsonNode | undefined, depth: number): JsonNode | undefined {
    if (depth >= maxNesting) return undefined;
    if (depth >= this.deepest) this.deepest = depth + 1;
    const children: JsonNode[] = [];
    const node = new JsonNode('object', this.at, parent, undefined, children);
    this.at += 1;
    let code = this.blanks();
    if (code === 125) return this.close(node);
    for (;;) {
      if (code !== quote) return undefined;
      const property = this.property(node, depth);
      if (property === undefined) return undefined;
      children.push(property);
      code = this.blanks();
      if (code === 125) return this.close(node);
      if (code !== 44) return undefined;
      this.at += 1;
      code = this.blanks();
    }
  }

  private property(parent: JsonNode, depth: number): JsonNode | undefined {
    const node = new JsonNode('property', this.at, parent, undefined, undefined);
    const name = this.string(node);
    if (name === undefined || this.blanks() !== 58) return undefined;
    node.colonOffset = this.at;
    this.at += 1;
    this.blanks();
    const value = this.value(node, depth + 1);
    if (value === undefined) return undefined;
    // Two, and no room for more: what grows by push() is made much larger.
    node.children = [name, value];
    node.length = this.at - node.offset;
    return node;
  }

  private close(node: JsonNode): JsonNode {
    this.at += 1;
    node.length = this.at - node.offset;
    return node;
  }
}

/**
 * The tree of a text that is JSON to the letter of RFC 8259, nests and weighs no more than is read, and starts with
 * no byte order mark; undefined for any other. Most texts, at most keystrokes, are such: one pass then does the work of
 * a survey and of a parser. Never throws.
 */
export function readJson(text: string): ReadJson | undefined {
  return new StrictReader(text).document();
}
