import { WorkspaceFileNames } from '../ids';
import { policyTestsSuffix } from './policy/tests/format';
import type { FleetNames } from './provisioning/steps';
import { nameProblem } from './util/names';

/** What a file of the workspace stands for in the account. */
export interface DeployedSubject {
  readonly kind: 'policy' | 'template';
  readonly name: string;
}

/** Files at the root of the folder whose names in the account are settings; with the step that deploys each. */
export const deployedFiles = [
  { file: WorkspaceFileNames.iotPolicy, kind: 'policy', name: (names: FleetNames) => names.iotPolicyName, step: 'iotPolicy' },
  { file: WorkspaceFileNames.claimPolicy, kind: 'policy', name: (names: FleetNames) => names.claimPolicyName, step: 'claimCertificate' },
  { file: WorkspaceFileNames.provisioningTemplate, kind: 'template', name: (names: FleetNames) => names.templateName, step: 'provisioningTemplate' },
] as const;

/** The file's entry among those of the steps; undefined for any other. */
export function deployedFileOf(fileName: string): (typeof deployedFiles)[number] | undefined {
  return deployedFiles.find(({ file }) => file === fileName);
}

/**
 * The policy or template that a file stands for: those of the steps at the root of the folder by the settings; any other by
 * its own name, `NAME.iot-policy.json` or `NAME.provisioning-template.json`. Undefined: it stands for none.
 */
export function subjectOfFile(fileName: string, atRoot: boolean, names: FleetNames): DeployedSubject | undefined {
  const own = atRoot ? deployedFileOf(fileName) : undefined;
  if (own !== undefined) return { kind: own.kind, name: own.name(names) };
  const policy = /^(.+)\.iot-policy\.json$/.exec(fileName)?.[1];
  if (policy !== undefined) return nameProblem('iotPolicy', policy) === undefined ? { kind: 'policy', name: policy } : undefined;
  const template = /^(.+)\.provisioning-template\.json$/.exec(fileName)?.[1];
  return template !== undefined && nameProblem('template', template) === undefined ? { kind: 'template', name: template } : undefined;
}

/** The file that stands for a resource by its name. */
export function deployedFileName({ kind, name }: DeployedSubject): string {
  return `${name}.${kind === 'policy' ? 'iot-policy' : 'provisioning-template'}.json`;
}

/** What a file is by the globs of `fileKinds`, whether it stands for something in the account or not. */
export function kindOfFile(fileName: string): DeployedSubject['kind'] | undefined {
  if (!fileName.endsWith('.json') || fileName.endsWith(policyTestsSuffix)) return undefined;
  if (fileName.includes('iot-policy')) return 'policy';
  return fileName.includes('provisioning-template') ? 'template' : undefined;
}
