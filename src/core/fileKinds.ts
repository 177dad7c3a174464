import { WorkspaceFileNames } from '../ids';
import { policyTestsSuffix } from './policy/tests/format';

/** Also the globs of the JSON schema in package.json; a test holds the two together. */
export const policyGlobs = ['**/*iot-policy*.json', '**/*.iot-policy.json'] as const;

/** Also the glob of the JSON schema in package.json; a test holds the two together. */
export const templateGlobs = ['**/*provisioning-template*.json'] as const;

/** Policy test files carry the policy's name but are no policies. */
export const policyTestsGlob = `**/*${policyTestsSuffix}`;

export type FileKind = 'policy' | 'template' | 'policyTests';

/** What the name of a policy file (without its folder) says about the purpose of the policy. */
export function policyKindOfName(name: string): 'device' | 'claim' | 'auto' {
  if (/claim/i.test(name)) return 'claim';
  return name === WorkspaceFileNames.iotPolicy ? 'device' : 'auto';
}
