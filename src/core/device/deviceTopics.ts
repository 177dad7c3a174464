/** Topics of fleet provisioning: https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html */
export const createTopic = '$aws/certificates/create/json';
export const createFromCsrTopic = '$aws/certificates/create-from-csr/json';

export function provisionTopic(templateName: string): string {
  return `$aws/provisioning-templates/${templateName}/provision/json`;
}

/** Where the answers to a message on `topic` arrive. */
export function answerTopics(topic: string): readonly [accepted: string, rejected: string] {
  return [`${topic}/accepted`, `${topic}/rejected`];
}

/**
 * What a Greengrass core subscribes to for its deployments, by jobs and by its named shadow:
 * https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html and the nucleus' IotJobsHelper
 */
export function coreTopicFilters(thingName: string): readonly string[] {
  const root = `$aws/things/${thingName}`;
  const job = 'namespace-aws-gg-deployment';
  const shadow = `${root}/shadow/name/AWSManagedGreengrassV2Deployment`;
  return [`${root}/jobs/notify-${job}`, `${root}/jobs/$next/${job}/get/accepted`, `${shadow}/update/accepted`];
}
