import type { ServiceId } from '../profiles';
import type { Rate } from './tokenBucket';

/** How often a service is asked: every API by itself where AWS counts so, or the service as a whole. */
export type ServiceRate = { readonly whole: Rate } | { readonly each: Rate; readonly apis: Readonly<Record<string, Rate>> };

export type Rates = Readonly<Record<ServiceId, ServiceRate>>;

/**
 * Half of what AWS allows an account each second: the other half is for the account's devices and other programs, which
 * share it. What AWS allows in a second may go at once, so that what one does by hand never waits.
 */
function halfOf(allowedPerSecond: number): Rate {
  return { perSecond: allowedPerSecond / 2, burst: allowedPerSecond };
}

/** Where AWS publishes no number that could be found: unverified, a cautious guess. */
const unpublished: Rate = { perSecond: 5, burst: 20 };

/**
 * AWS's defaults, per account and region. Where an account or a region has other ones, the SDK's adaptive retries find the
 * right rate.
 */
export const awsRates: Rates = {
  iot: {
    // The "API TPS" quotas of https://docs.aws.amazon.com/general/latest/gr/iot-core.html#throttling-limits, as Service Quotas
    // lists them (service code iotcore): 10 for most; 15 and 20 for some, which are taken as 10 too. It lists none for
    // DescribeEndpoint, TestAuthorization, the creation and deletion of role aliases, and the creation of provisioning
    // templates and the creation and deletion of their versions: unverified.
    each: halfOf(10),
    apis: {
      DescribeThing: halfOf(350),
      DeleteThing: halfOf(100),
      DescribeThingGroup: halfOf(100),
      DescribeThingType: halfOf(100),
      DetachThingPrincipal: halfOf(100),
      ListThingGroupsForThing: halfOf(100),
      CreateThingGroup: halfOf(25),
      ListThingsInThingGroup: halfOf(25),
      // https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html#fleet-indexing-limits, in Service Quotas under iot.
      SearchIndex: halfOf(15),
      UpdateIndexingConfiguration: halfOf(1),
    },
  },
  // "GetPolicy API requests: 15 requests per second", and 15 for the rest of the control plane together; how often a function
  // may be invoked depends on its concurrency. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
  lambda: { whole: halfOf(15) },
  // None are told at https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  cloudformation: { whole: unpublished },
  // IAM's own are not told: https://repost.aws/knowledge-center/iam-sts-throttling-error ("a maximum rate quota for your AWS account").
  iam: { whole: unpublished },
  // Asked once for each connection.
  sts: { whole: unpublished },
  // https://docs.aws.amazon.com/general/latest/gr/greengrassv2.html was not found to have rates for these calls.
  greengrassv2: { whole: unpublished },
};
