/**
 * Every identity this extension contributes. The manifest repeats these strings; a test holds the two
 * against each other in both directions, so a name that is missing on either side fails the build.
 */
export const EXTENSION_PREFIX = 'greengrassFleet';

export const Commands = {
  provisionEverything: 'greengrassFleet.provisionEverything',
  deployRolesStack: 'greengrassFleet.deployRolesStack',
  createRoleAlias: 'greengrassFleet.createRoleAlias',
  createPolicyFile: 'greengrassFleet.createPolicyFile',
  publishPolicy: 'greengrassFleet.publishPolicy',
  createTemplateFile: 'greengrassFleet.createTemplateFile',
  deployTemplate: 'greengrassFleet.deployTemplate',
  previewTemplate: 'greengrassFleet.previewTemplate',
  createClaimCertificate: 'greengrassFleet.createClaimCertificate',
  createDeviceConfiguration: 'greengrassFleet.createDeviceConfiguration',
  createDeviceKit: 'greengrassFleet.createDeviceKit',
  provisionTestDevice: 'greengrassFleet.provisionTestDevice',
  provisionTestFleet: 'greengrassFleet.provisionTestFleet',
  cleanUpTestDevices: 'greengrassFleet.cleanUpTestDevices',
  manageTemplateVersions: 'greengrassFleet.manageTemplateVersions',
  managePolicyVersions: 'greengrassFleet.managePolicyVersions',
  makeVersionDefault: 'greengrassFleet.makeVersionDefault',
  deleteVersion: 'greengrassFleet.deleteVersion',
  switchTemplate: 'greengrassFleet.switchTemplate',
  checkHook: 'greengrassFleet.checkHook',
  createHookPayload: 'greengrassFleet.createHookPayload',
  rotateClaimCertificate: 'greengrassFleet.rotateClaimCertificate',
  changeClaimCertificate: 'greengrassFleet.changeClaimCertificate',
  resolvePlaceholders: 'greengrassFleet.resolvePlaceholders',
  resolvePlaceholder: 'greengrassFleet.resolvePlaceholder',
  comparePolicyWithDeployed: 'greengrassFleet.comparePolicyWithDeployed',
  compareTemplateWithDeployed: 'greengrassFleet.compareTemplateWithDeployed',
  publishFile: 'greengrassFleet.publishFile',
  pullDeployed: 'greengrassFleet.pullDeployed',
  createPolicyTests: 'greengrassFleet.createPolicyTests',
  runPolicyTests: 'greengrassFleet.runPolicyTests',
  simulatePolicy: 'greengrassFleet.simulatePolicy',
  compareSimulationWithAws: 'greengrassFleet.compareSimulationWithAws',
  showStackOutputs: 'greengrassFleet.showStackOutputs',
  detectStackDrift: 'greengrassFleet.detectStackDrift',
  preflight: 'greengrassFleet.preflight',
  showRelations: 'greengrassFleet.showRelations',
  exportTemplate: 'greengrassFleet.exportTemplate',
  tearDown: 'greengrassFleet.tearDown',
  tearDownClaim: 'greengrassFleet.tearDownClaim',
  runTearDown: 'greengrassFleet.runTearDown',
  copyValue: 'greengrassFleet.copyValue',
  copyName: 'greengrassFleet.copyName',
  openStepFile: 'greengrassFleet.openStepFile',
  findInFleet: 'greengrassFleet.findInFleet',
  refresh: 'greengrassFleet.refresh',
  loadMore: 'greengrassFleet.loadMore',
  chooseConnection: 'greengrassFleet.chooseConnection',
  chooseProfile: 'greengrassFleet.chooseProfile',
  chooseRegion: 'greengrassFleet.chooseRegion',
  switchRegion: 'greengrassFleet.switchRegion',
  pinRegion: 'greengrassFleet.pinRegion',
  unpinRegion: 'greengrassFleet.unpinRegion',
  signIn: 'greengrassFleet.signIn',
  startSandbox: 'greengrassFleet.startSandbox',
  stopSandbox: 'greengrassFleet.stopSandbox',
  resetSandbox: 'greengrassFleet.resetSandbox',
  watchCoreDevice: 'greengrassFleet.watchCoreDevice',
  updateRolesStack: 'greengrassFleet.updateRolesStack',
  revertStackDrift: 'greengrassFleet.revertStackDrift',
  filterCoreDevices: 'greengrassFleet.filterCoreDevices',
  openInConsole: 'greengrassFleet.openInConsole',
  showLog: 'greengrassFleet.showLog',
} as const;
export type CommandId = (typeof Commands)[keyof typeof Commands];

export const Views = {
  container: 'greengrassFleet',
  steps: 'greengrassFleet.steps',
  resources: 'greengrassFleet.resources',
  stackOutputs: 'greengrassFleet.stackOutputs',
} as const;

/** Tabs of the editor area that are not brought back after a reload, so that the manifest need not know them. */
export const Panels = {
  relations: 'greengrassFleet.relations',
  policySimulation: 'greengrassFleet.policySimulation',
  templatePreview: 'greengrassFleet.templatePreview',
  testDevice: 'greengrassFleet.testDevice',
} as const;

export const ContextKeys = {
  /** 'none' | 'connecting' | 'connected' | 'failed': chooses the welcome text. */
  connection: 'greengrassFleet.connection',
  /** True while the embedded sandbox that this window started is running. */
  sandboxRunning: 'greengrassFleet.sandboxRunning',
  /** True while a step that changes an account is running: a second one is not offered. */
  busy: 'greengrassFleet.busy',
  /** What has really happened, for the ticks of the walkthrough. A key that is true before VS Code looks (workspaceFolderCount) never ticks. */
  folderOpen: 'greengrassFleet.folderOpen',
  rolesStackDone: 'greengrassFleet.rolesStackDone',
  roleAliasDone: 'greengrassFleet.roleAliasDone',
  iotPolicyDone: 'greengrassFleet.iotPolicyDone',
  provisioningTemplateDone: 'greengrassFleet.provisioningTemplateDone',
  claimCertificateDone: 'greengrassFleet.claimCertificateDone',
  deviceProven: 'greengrassFleet.deviceProven',
  deviceKitCreated: 'greengrassFleet.deviceKitCreated',
} as const;

/** Settings, with the type of each value. Defaults stand in package.json only. */
export interface SettingTypes {
  'greengrassFleet.profile': string;
  'greengrassFleet.region': string;
  'greengrassFleet.stackName': string;
  'greengrassFleet.stackTemplate': string;
  'greengrassFleet.roleAliasName': string;
  'greengrassFleet.iotPolicyName': string;
  'greengrassFleet.claimPolicyName': string;
  'greengrassFleet.templateName': string;
  'greengrassFleet.thingGroupName': string;
  'greengrassFleet.preProvisioningHook': string;
  'greengrassFleet.policyFiles': readonly string[];
  'greengrassFleet.policyRules': Readonly<Record<string, 'error' | 'warning' | 'information' | 'off'>>;
  'greengrassFleet.templateFiles': readonly string[];
  'greengrassFleet.templateRules': Readonly<Record<string, 'error' | 'warning' | 'information' | 'off'>>;
}
export type SettingId = keyof SettingTypes;

/** Tools for language models. */
export const AgentToolNames = {
  status: 'greengrass_fleet_status',
  explain: 'greengrass_fleet_explain_findings',
  simulate: 'greengrass_fleet_simulate_request',
  listFleet: 'greengrass_fleet_list',
  provision: 'greengrass_fleet_provision_everything',
} as const;
export type AgentToolName = (typeof AgentToolNames)[keyof typeof AgentToolNames];

/** `type` of our tasks in tasks.json. */
export const checkTaskType = 'greengrass-fleet';

/** Workspace files of the five steps, relative to the workspace folder. Names are the workshop's own. */
export const WorkspaceFileNames = {
  iotPolicy: 'greengrass-v2-iot-policy.json',
  provisioningTemplate: 'greengrass-fleet-provisioning-template.json',
  claimPolicy: 'greengrass-provisioning-claim-iot-policy.json',
  claimFolder: 'claim-certs',
  claimCertificate: 'claim-certs/claim.pem.crt',
  claimPrivateKey: 'claim-certs/claim.private.pem.key',
  claimPublicKey: 'claim-certs/claim.public.pem.key',
  rootCa: 'claim-certs/AmazonRootCA1.pem',
  deviceConfiguration: 'config.yaml',
  testDevices: 'test-devices',
} as const;
