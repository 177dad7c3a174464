import * as l10n from '@vscode/l10n';

/**
 * What may stand in an IoT policy. Written by hand from the AWS documentation: the data that AWS publishes for IAM
 * lacks iot:AssumeRoleWithCertificate, five Greengrass data-plane actions and every IoT policy variable.
 */
const iot = 'https://docs.aws.amazon.com/iot/latest/developerguide';
const greengrass = 'https://docs.aws.amazon.com/greengrass/v2/developerguide';

export type ResourceType = 'client' | 'topic' | 'topicfilter' | 'thing' | 'rolealias' | 'component' | 'any';
export type Channel = 'mqtt' | 'https' | 'credentials';
export type ActionGroup = 'MQTT' | 'Device Shadow' | 'Jobs' | 'Credential provider' | 'Greengrass V2 core' | 'Greengrass client devices' | 'Greengrass V1';

export interface ActionInfo {
  readonly name: string;
  readonly group: ActionGroup;
  /** Types of ARN that the action is checked against. `any`: the documentation asks for `*`. */
  readonly resources: readonly ResourceType[];
  /** How a device makes the call; decides which policy variables have a value. */
  readonly channel: Channel;
  readonly description: () => string;
  readonly documentation: string;
}

const actionsPage = `${iot}/iot-policy-actions.html`;
const directPage = `${iot}/direct-messaging-policy-examples.html`;
const corePage = `${greengrass}/device-auth.html`;

function action(name: string, group: ActionGroup, resources: readonly ResourceType[], channel: Channel, documentation: string, description: () => string): ActionInfo {
  return { name, group, resources, channel, description, documentation };
}

/**
 * Resource types: https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
 * Greengrass: https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html
 */
export const actions: readonly ActionInfo[] = [
  action('iot:Connect', 'MQTT', ['client'], 'mqtt', actionsPage, () => l10n.t('Connect to the message broker with a client id.')),
  action('iot:Publish', 'MQTT', ['topic'], 'mqtt', actionsPage, () => l10n.t('Publish to a topic. Needs iot:Connect as well.')),
  action('iot:Subscribe', 'MQTT', ['topicfilter'], 'mqtt', actionsPage, () => l10n.t('Subscribe to a topic filter. Needs iot:Connect, and iot:Receive for the messages.')),
  action('iot:Receive', 'MQTT', ['topic'], 'mqtt', actionsPage, () => l10n.t('Receive a message of a topic. Checked at every delivery, so that a denial stops running subscriptions too.')),
  action('iot:RetainPublish', 'MQTT', ['topic'], 'mqtt', actionsPage, () => l10n.t('Publish with the RETAIN flag. Needs iot:Publish as well.')),
  action('iot:GetRetainedMessage', 'MQTT', ['topic'], 'https', actionsPage, () => l10n.t('Read one retained message.')),
  action('iot:ListRetainedMessages', 'MQTT', ['any'], 'https', actionsPage, () => l10n.t('List the retained messages of the account, without their contents. Resource must be *.')),
  action('iot:DeleteConnection', 'MQTT', ['client'], 'https', actionsPage, () => l10n.t('Disconnect a connected MQTT client.')),
  action('iot:SendDirectMessage', 'MQTT', ['client'], 'https', directPage, () => l10n.t('Send a message to one connected client by its client id. The condition key iot:Topic restricts the topics.')),
  // Documented for IAM; whether an IoT policy may grant them is unverified.
  action('iot:GetConnection', 'MQTT', ['client'], 'https', actionsPage, () => l10n.t('Read the state of a client\'s connection.')),
  action('iot:ListSubscriptions', 'MQTT', ['client'], 'https', actionsPage, () => l10n.t('List the subscriptions of a client.')),

  action('iot:GetThingShadow', 'Device Shadow', ['thing'], 'https', actionsPage, () => l10n.t('Read the shadow of a thing over HTTPS. Over MQTT the shadow topics decide instead.')),
  action('iot:UpdateThingShadow', 'Device Shadow', ['thing'], 'https', actionsPage, () => l10n.t('Update the shadow of a thing over HTTPS. Over MQTT the shadow topics decide instead.')),
  action('iot:DeleteThingShadow', 'Device Shadow', ['thing'], 'https', actionsPage, () => l10n.t('Delete the shadow of a thing over HTTPS. Over MQTT the shadow topics decide instead.')),
  // The IoT table asks for `*`; https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-rest-api.html prints a thing ARN.
  action('iot:ListNamedShadowsForThing', 'Device Shadow', ['any', 'thing'], 'https', `${iot}/device-shadow-rest-api.html`, () => l10n.t('List the named shadows of a thing over HTTPS.')),

  ...(['iotjobsdata', 'iot'] as const).flatMap((service) => {
    const page = service === 'iot' ? actionsPage : `${iot}/iot-data-plane-jobs.html`;
    return [
      action(`${service}:DescribeJobExecution`, 'Jobs', ['thing'], 'https', page, () => l10n.t('Read a job execution of a thing over HTTPS. Over MQTT the job topics decide instead.')),
      action(`${service}:GetPendingJobExecutions`, 'Jobs', ['thing'], 'https', page, () => l10n.t('List the unfinished jobs of a thing over HTTPS. Over MQTT the job topics decide instead.')),
      action(`${service}:StartNextPendingJobExecution`, 'Jobs', ['thing'], 'https', page, () => l10n.t('Fetch and start the next job of a thing over HTTPS. Over MQTT the job topics decide instead.')),
      action(`${service}:UpdateJobExecution`, 'Jobs', ['thing'], 'https', page, () => l10n.t('Report the state of a job execution over HTTPS. Over MQTT the job topics decide instead.')),
    ];
  }),

  action('iot:AssumeRoleWithCertificate', 'Credential provider', ['rolealias'], 'credentials', `${iot}/authorizing-direct-aws.html`, () =>
    l10n.t('Exchange the device certificate for credentials of the IAM role behind a role alias. Exists in IoT policies only.')),

  action('greengrass:GetComponentVersionArtifact', 'Greengrass V2 core', ['component', 'any'], 'https', corePage, () => l10n.t('Get the address of a component artifact.')),
  action('greengrass:ResolveComponentCandidates', 'Greengrass V2 core', ['any'], 'https', corePage, () => l10n.t('Find the component versions that meet a deployment.')),
  action('greengrass:GetDeploymentConfiguration', 'Greengrass V2 core', ['any'], 'https', corePage, () => l10n.t('Get large deployment documents. Nucleus 2.3 and later.')),
  action('greengrass:ListThingGroupsForCoreDevice', 'Greengrass V2 core', ['thing', 'any'], 'https', corePage, () => l10n.t('List the thing groups of the core device. Nucleus 2.5 and later.')),

  action('greengrass:VerifyClientDeviceIdentity', 'Greengrass client devices', ['any'], 'https', corePage, () => l10n.t('Check the identity of a client device.')),
  action('greengrass:VerifyClientDeviceIoTCertificateAssociation', 'Greengrass client devices', ['thing', 'any'], 'https', corePage, () => l10n.t('Check whether a client device may connect to this core.')),
  action('greengrass:PutCertificateAuthorities', 'Greengrass client devices', ['any'], 'https', corePage, () => l10n.t('Upload the certificate authorities that client devices use to verify the core.')),
  action('greengrass:GetConnectivityInfo', 'Greengrass client devices', ['thing', 'any'], 'https', corePage, () => l10n.t('Read where client devices reach the core.')),
  action('greengrass:UpdateConnectivityInfo', 'Greengrass client devices', ['thing', 'any'], 'https', corePage, () => l10n.t('Change where client devices reach the core.')),
  action('greengrass:Discover', 'Greengrass client devices', ['thing', 'any'], 'https', corePage, () => l10n.t('For client devices: find the cores they may connect to.')),

  ...['AssumeRoleForGroup', 'CreateCertificate', 'GetDeployment', 'GetDeploymentArtifacts', 'UpdateCoreDeploymentStatus'].map((name) =>
    action(`greengrass:${name}`, 'Greengrass V1', ['any', 'thing'], 'https', 'https://docs.aws.amazon.com/greengrass/v1/developerguide/device-auth.html', () => l10n.t('Greengrass V1 only; a V2 core never calls it.')),
  ),
];

const byName: ReadonlyMap<string, ActionInfo> = new Map(actions.map((item) => [item.name, item]));
const byLowerName: ReadonlyMap<string, ActionInfo> = new Map(actions.map((item) => [item.name.toLowerCase(), item]));

export const services = ['iot', 'iotjobsdata', 'greengrass'] as const;

export function findAction(name: string): ActionInfo | undefined {
  return byName.get(name);
}

export function findActionIgnoringCase(name: string): ActionInfo | undefined {
  return byLowerName.get(name.toLowerCase());
}

/** The four data-plane actions of a core device. https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html */
export const coreActions = [
  'greengrass:GetComponentVersionArtifact',
  'greengrass:ResolveComponentCandidates',
  'greengrass:GetDeploymentConfiguration',
  'greengrass:ListThingGroupsForCoreDevice',
] as const;

/** First words of operations that manage an account; a device certificate cannot call them, whatever its policy says. */
const controlPlaneVerbs =
  /^(?:Accept|Add|Associate|Attach|Cancel|Clear|Close|Confirm|Create|Delete|Deprecate|Describe|Detach|Disable|Disassociate|Enable|Get|Import|List|Put|Register|Reject|Remove|Replace|Search|Set|Start|Stop|Tag|Test|Transfer|Untag|Update|Validate)[A-Z]/;

export function looksLikeControlPlane(actionName: string): boolean {
  const colon = actionName.indexOf(':');
  return controlPlaneVerbs.test(actionName.slice(colon + 1));
}
