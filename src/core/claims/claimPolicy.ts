import type { AwsTarget } from '../ports/identity';
import { iotArn } from '../util/arn';

/**
 * The policy of a claim certificate: it may become a device by this one template, and nothing else. Both ways to a
 * certificate are allowed: keys made by AWS (classic nucleus) and a request of the device's own (nucleus lite).
 * The client id of a claiming device is random, so Connect cannot be narrower.
 * https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html#claim-based and fleet-provision-api.html
 */
export function claimPolicyDocument(target: Pick<AwsTarget, 'partition' | 'region' | 'account'>, templateName: string): string {
  const paths = ['$aws/certificates/create/*', '$aws/certificates/create-from-csr/*', `$aws/provisioning-templates/${templateName}/provision/*`];
  const document = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
      { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: paths.map((path) => iotArn(target, `topic/${path}`)) },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: paths.map((path) => iotArn(target, `topicfilter/${path}`)) },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
