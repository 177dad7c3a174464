import assert from 'node:assert/strict';
import { consoleUrl } from '../../../../src/core/util/consoleUrl';

describe('the console page of an ARN', () => {
  const pages: Readonly<Record<string, string | undefined>> = {
    'arn:aws:greengrass:eu-west-1:111122223333:coreDevices:Core-1': 'https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/greengrass/v2/cores/details/Core-1',
    'arn:aws-cn:iot:cn-north-1:111122223333:policy/P=1': 'https://cn-north-1.console.amazonaws.cn/iot/home?region=cn-north-1#/policy/P%3D1',
    'arn:aws-us-gov:iot:us-gov-west-1:111122223333:thinggroup/G': 'https://us-gov-west-1.console.amazonaws-us-gov.com/iot/home?region=us-gov-west-1#/thinggroup/G',
    'arn:aws-eusc:iot:eusc-de-east-1:111122223333:cert/ab': 'https://eusc-de-east-1.console.amazonaws-eusc.eu/iot/home?region=eusc-de-east-1#/certificate/ab',
    'arn:aws:iot:eu-west-1:111122223333:rolealias/A': 'https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/home',
    'arn:aws-cn:iot:cn-north-1:111122223333:provisioningtemplate/T': 'https://cn-north-1.console.amazonaws.cn/iot/home?region=cn-north-1#/provisioningtemplatehub',
    'arn:aws:cloudformation:eu-west-1:111122223333:stack/S/1':
      'https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/stackinfo?stackId=arn%3Aaws%3Acloudformation%3Aeu-west-1%3A111122223333%3Astack%2FS%2F1',
    'arn:aws:iam::111122223333:role/path/R': 'https://console.aws.amazon.com/iam/home#/roles/details/R',
    'arn:aws-cn:iam::111122223333:role/R': 'https://console.amazonaws.cn/iam/home#/roles/details/R',
    'arn:aws:iam::111122223333:user/U': undefined,
    'arn:aws:lambda:eu-west-1:111122223333:function:F:live': 'https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/F',
    'arn:aws-iso:iot:us-iso-east-1:111122223333:policy/P': undefined,
    'arn:aws:s3:::bucket': undefined,
    'Core-1': undefined,
  };
  for (const [arn, page] of Object.entries(pages)) it(arn, () => assert.equal(consoleUrl(arn), page));
});
