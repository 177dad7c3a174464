/**
 * The identities that the first phase of the activation needs, apart from `ids.ts`: what is not in its code is not read
 * while a window starts. Commands and tools it takes from the manifest, which VS Code has read already.
 */

export const EXTENSION_PREFIX = 'greengrassFleet';

export const Views = {
  container: 'greengrassFleet',
  steps: 'greengrassFleet.steps',
  resources: 'greengrassFleet.resources',
  stackOutputs: 'greengrassFleet.stackOutputs',
} as const;

/** `type` of our tasks in tasks.json. */
export const checkTaskType = 'greengrass-fleet';

/** Scheme of read-only documents that stand in the account. */
export const deployedScheme = 'greengrass-fleet-deployed';

/** Scheme of the preflight's report. */
export const reportScheme = 'greengrass-fleet-preflight';

/** Where the text of the last report is kept, for a window that is loaded again. */
export const reportKey = 'preflightReport';
