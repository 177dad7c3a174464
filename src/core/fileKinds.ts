import { parse } from 'jsonc-parser';
import { WorkspaceFileNames } from '../ids';
import { maxDocumentLength, maxNesting } from './policy/limits';
import { survey } from './policy/model';
import { policyTestsSuffix } from './policy/tests/format';

/** Also the globs of the JSON schema in package.json; a test holds the two together. */
export const policyGlobs = ['**/*iot-policy*.json', '**/*.iot-policy.json'] as const;

/** Also the glob of the JSON schema in package.json; a test holds the two together. */
export const templateGlobs = ['**/*provisioning-template*.json'] as const;

/** Policy test files carry the policy's name but are no policies. */
export const policyTestsGlob = `**/*${policyTestsSuffix}`;

export type FileKind = 'policy' | 'template' | 'policyTests';

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

/** What the name of a policy file (without its folder) says about the purpose of the policy. */
export function policyKindOfName(name: string): 'device' | 'claim' | 'auto' {
  if (/claim/i.test(name)) return 'claim';
  return name === WorkspaceFileNames.iotPolicy ? 'device' : 'auto';
}
