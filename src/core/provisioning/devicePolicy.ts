/** What the workshop's page leaves to be replaced by hand; the step fills it from the account. */
export const roleAliasPlaceholder = '[ARN OF IoT Role Alias]';

/**
 * The policy of the workshop's devices, character for character as its page prints it. It is meant for trying out:
 * it allows every topic. https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html has narrower ones.
 */
export const devicePolicyDocument = [
  '{',
  '  "Version": "2012-10-17",',
  '  "Statement": [',
  '    {',
  '      "Effect": "Allow",',
  '      "Action": [',
  '        "iot:Publish",',
  '        "iot:Subscribe",',
  '        "iot:Receive",',
  '        "iot:Connect",',
  '        "greengrass:*"',
  '      ],',
  '      "Resource": [',
  '        "*"',
  '      ]',
  '    },',
  '    {',
  '      "Effect": "Allow",',
  '      "Action": "iot:AssumeRoleWithCertificate",',
  `      "Resource": "${roleAliasPlaceholder}"`,
  '    }',
  '  ]',
  '}',
  '',
].join('\n');
