import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { membersOf, textOf, type Member, type Text } from '../model';
import { nearest } from '../nearest';
import type { Span } from '../ruleContext';
import type { TestFileProblem } from './format';

/** No file needs more marks than this. */
const maxProblems = 200;

/** Reads values of the tree and notes what is wrong with them. What a schema can say is left to the JSON service. */
export class TestFileReader {
  readonly problems: TestFileProblem[] = [];

  constructor(private readonly source: string) {}

  /** Says what no schema can say. */
  report(at: Span, message: string): void {
    this.note(at, message, false);
  }

  /** Says what the JSON service says as well. */
  schema(at: Span, message: string): void {
    this.note(at, message, true);
  }

  /** Problems noted since `from`, an earlier length of `problems`. */
  since(from: number): readonly TestFileProblem[] {
    return this.problems.slice(from);
  }

  /** The members of an object; members of other names are reported. Undefined if it is none. */
  object(node: Node, allowed: readonly string[] | undefined): ReadonlyMap<string, Member> | undefined {
    if (node.type !== 'object') {
      this.schema(node, l10n.t('Expected an object.'));
      return undefined;
    }
    const members = membersOf(node, this.source);
    for (const { name, value } of members.values()) {
      if (allowed !== undefined && !allowed.includes(name.value)) {
        const meant = nearest(name.value, allowed);
        this.schema(name.node, meant === undefined ? l10n.t('There is no member “{0}” here.', shorten(name.value)) : l10n.t('There is no member “{0}” here. Did you mean “{1}”?', shorten(name.value), meant));
      } else if (value === undefined) this.schema(name.node, l10n.t('The value is missing.'));
    }
    return members;
  }

  /** A string with at least one character. */
  text(node: Node | undefined): Text | undefined {
    if (node === undefined) return undefined;
    const text = textOf(node, this.source);
    if (text === undefined) this.schema(node, l10n.t('Expected a text in quotation marks.'));
    else if (text.value === '') this.schema(node, l10n.t('The text is empty.'));
    else return text;
    return undefined;
  }

  /** A string of a form. */
  matching(node: Node | undefined, pattern: RegExp, complaint: string): string | undefined {
    const text = this.text(node);
    if (text === undefined || pattern.test(text.value)) return text?.value;
    this.schema(text.node, complaint);
    return undefined;
  }

  flag(node: Node | undefined): boolean | undefined {
    if (node === undefined) return undefined;
    if (node.type === 'boolean') return node.value === true;
    this.schema(node, l10n.t('Expected true or false.'));
    return undefined;
  }

  /** One of these words. */
  word<T extends string>(node: Node | undefined, words: readonly T[]): T | undefined {
    const text = this.text(node);
    const found = words.find((word) => word === text?.value);
    if (text === undefined || found !== undefined) return found;
    const meant = nearest(text.value, words);
    this.schema(text.node, meant === undefined ? l10n.t('Expected one of {0}.', words.join(', ')) : l10n.t('Expected one of {0}. Did you mean “{1}”?', words.join(', '), meant));
    return undefined;
  }

  /** A string or a list of strings. */
  texts(node: Node | undefined): readonly Text[] {
    if (node === undefined) return [];
    if (node.type !== 'array') return [this.text(node)].filter((text) => text !== undefined);
    return (node.children ?? []).map((item) => this.text(item)).filter((text) => text !== undefined);
  }

  private note(at: Span, message: string, reportedByJsonService: boolean): void {
    if (this.problems.length < maxProblems) this.problems.push({ offset: at.offset, length: at.length, message, reportedByJsonService });
  }
}

/** Names of people's own may be long; a message is not. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
