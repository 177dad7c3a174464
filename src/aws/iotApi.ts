import type { IotApi } from '../core/ports/iotApi';
import type { AwsClients } from './clients';
import { attachmentCalls } from './iot/attachments';
import { certificateCalls } from './iot/certificates';
import { deviceCalls } from './iot/devices';
import { policyCalls } from './iot/policies';
import { roleAliasCalls } from './iot/roleAliases';
import { searchCalls } from './iot/search';
import { templateCalls } from './iot/templates';
import { thingCalls } from './iot/things';

/** The AWS IoT control plane by the SDK, one file per topic. */
export function awsIotApi(aws: AwsClients): IotApi {
  return {
    ...roleAliasCalls(aws),
    ...policyCalls(aws),
    ...attachmentCalls(aws),
    ...thingCalls(aws),
    ...deviceCalls(aws),
    ...searchCalls(aws),
    ...templateCalls(aws),
    ...certificateCalls(aws),
  };
}
