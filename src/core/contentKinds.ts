import { parse } from 'jsonc-parser';
import type { FileKind } from './fileKinds';
import { maxDocumentLength, maxNesting } from './policy/limits';
import { survey } from './policy/survey';

/** What a text is, for a file whose name does not tell; undefined when it is none of ours. */
export function kindOfContents(text: string): FileKind | undefined {
  // The parser goes as deep as the text does.
  if (text.length > maxDocumentLength || survey(text).depth > maxNesting) return undefined;
  const value: unknown = parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('tests' in value && 'policy' in value) return 'policyTests';
  if ('Statement' in value) return 'policy';
  return 'Resources' in value && !('AWSTemplateFormatVersion' in value) ? 'template' : undefined;
}
