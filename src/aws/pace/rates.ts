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

/** Where AWS publishes no number: unverified, and lower than anything its users reported. */
const unpublished: Rate = { perSecond: 5, burst: 20 };

/**
 * AWS's defaults, per account and region; an account may have other ones, a few regions have lower ones, and there the
 * SDK's adaptive retries find the right rate.
 */
export const awsRates: Rates = {
  iot: {
    // "API TPS" quotas of https://docs.aws.amazon.com/general/latest/gr/iot-core.html#throttling-limits: 10 for most, 15 for
    // some, which are taken as 10 too. DescribeEndpoint, DescribeIndex, DeleteRoleAlias, CreateRoleAlias, TestAuthorization and
    // the creation of templates and their versions as well: those of them that are not on the page are unverified.
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
      // https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html#fleet-indexing-limits
      SearchIndex: halfOf(15),
      UpdateIndexingConfiguration: halfOf(1),
    },
  },
  // "GetPolicy: 15 requests per second", and 15 for the other control plane APIs together; how often a function may be invoked
  // depends on its concurrency. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
  lambda: { whole: halfOf(15) },
  // Request rates are not on https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  cloudformation: { whole: unpublished },
  // Nor on https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, which limits sizes and numbers only.
  iam: { whole: unpublished },
  // Asked once for each connection.
  sts: { whole: unpublished },
  // https://docs.aws.amazon.com/general/latest/gr/greengrassv2.html has rates for devices, none for these calls (unverified).
  greengrassv2: { whole: unpublished },
};
