import type { CallOptions } from './iotApi';

export interface Thing {
  readonly name: string;
  readonly arn: string;
  readonly typeName?: string;
  readonly billingGroupName?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Counts changes; `deleteThing` can insist on it. */
  readonly version?: number;
}

export interface ThingType {
  readonly name: string;
  readonly arn: string;
  /** No thing can be given a deprecated type: https://docs.aws.amazon.com/iot/latest/developerguide/thing-types.html */
  readonly deprecated: boolean;
}

/**
 * Things and what hangs on them: what is needed to look at a provisioned device and to take it away again. To clean up, in
 * this order: detach the thing from the certificate, detach its policies, make it inactive, delete it, delete the thing.
 */
export interface ThingApi {
  describeThing(name: string, options?: CallOptions): Promise<Thing | undefined>;

  /** ARNs of certificates (or other principals) of a thing. Throws `notFound` without the thing. */
  listThingPrincipals(thingName: string, options?: CallOptions): AsyncIterable<string>;

  /** Names of the things of a certificate ARN. Throws `notFound` without the certificate. */
  listPrincipalThings(principal: string, options?: CallOptions): AsyncIterable<string>;

  /** Groups that the thing is itself a member of, without their parents. Throws `notFound` without the thing. */
  listThingGroupsForThing(thingName: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }>;

  /**
   * "This call is asynchronous. It might take several seconds for the detachment to propagate"
   * (https://docs.aws.amazon.com/iot/latest/apireference/API_DetachThingPrincipal.html): until then deleting the
   * certificate or the thing is refused, as `conflict` or `validation`. Throws `notFound` when they are not attached.
   */
  detachThingPrincipal(input: { thingName: string; principal: string }, options?: CallOptions): Promise<void>;

  /**
   * No error without the thing: "Returns successfully with no error if the deletion was successful or you specify a thing
   * that doesn't exist" (https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThing.html). Throws `validation`
   * (InvalidRequestException) while a principal is attached, `conflict` when it is not at `expectedVersion` any more.
   */
  deleteThing(input: { name: string; expectedVersion?: number }, options?: CallOptions): Promise<void>;

  describeThingType(name: string, options?: CallOptions): Promise<ThingType | undefined>;
}
