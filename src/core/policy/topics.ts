import * as l10n from '@vscode/l10n';

export interface ReservedTopic {
  /** `{thing}`, `{template}`, `{shadow}`, `{job}` stand for names. */
  readonly topic: string;
  readonly description: () => string;
}

/**
 * Reserved topics that devices use. https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 * Greengrass: https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html
 */
export const reservedTopics: readonly ReservedTopic[] = [
  { topic: '$aws/things/{thing}/shadow/*', description: () => l10n.t('The classic shadow and all named shadows of the thing.') },
  { topic: '$aws/things/{thing}/shadow/update', description: () => l10n.t('Update the classic shadow.') },
  { topic: '$aws/things/{thing}/shadow/get', description: () => l10n.t('Ask for the classic shadow.') },
  { topic: '$aws/things/{thing}/shadow/name/*', description: () => l10n.t('All named shadows of the thing.') },
  { topic: '$aws/things/{thing}/jobs/*', description: () => l10n.t('All job messages of the thing.') },
  { topic: '$aws/things/{thing}/jobs/notify-next', description: () => l10n.t('The next job of the thing.') },
  { topic: '$aws/things/{thing}/streams/*', description: () => l10n.t('MQTT-based file delivery.') },
  { topic: '$aws/things/{thing}/greengrass/health/json', description: () => l10n.t('State that a Greengrass core reports.') },
  { topic: '$aws/things/{thing}/greengrassv2/health/json', description: () => l10n.t('State that a Greengrass core reports (newer topic).') },
  { topic: '$aws/things/{thing}/defender/metrics/*', description: () => l10n.t('Device Defender metrics.') },
  { topic: '$aws/certificates/create/*', description: () => l10n.t('Provisioning: AWS creates key and certificate.') },
  { topic: '$aws/certificates/create-from-csr/*', description: () => l10n.t('Provisioning: the device keeps its key and sends a signing request.') },
  { topic: '$aws/provisioning-templates/{template}/provision/*', description: () => l10n.t('Provisioning: register the thing by a template.') },
  { topic: '$aws/rules/{rule}/*', description: () => l10n.t('Basic Ingest: publish straight to a rule.') },
  { topic: '$aws/events/job/*', description: () => l10n.t('Job events.') },
  { topic: '$aws/events/jobExecution/*', description: () => l10n.t('Job execution events.') },
  { topic: '$aws/events/presence/connected/*', description: () => l10n.t('A client has connected.') },
  { topic: '$aws/events/presence/disconnected/*', description: () => l10n.t('A client has gone.') },
];
