import type { IotApi } from '../../core/ports/iotApi';
import { all, each, isNotFound } from '../removal';

/** ListThingPrincipals takes ten per second: https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html (unverified). */
const thingsAtOnce = 4;
/** Calls between two reports. */
const reportEvery = 50;

/** Who has a policy. All ARNs. */
export interface Principals {
  /** Certificates that it is attached to directly. */
  readonly certificates: readonly string[];
  /** Other identities that it is attached to, and those that have it by a thing group. */
  readonly others: ReadonlySet<string>;
  /** Both. */
  readonly everyone: ReadonlySet<string>;
}

/**
 * Everyone who has a policy: by attachment, or because their thing is in a group that has it or in a group below such a one
 * (https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html: policies of a group hold for the groups below it).
 * Reads all pages. Throws FleetError when any of it cannot be read; `notFound` without the policy.
 * @param counted told how many are known so far
 */
export async function principalsOf(iot: IotApi, policyName: string, signal: AbortSignal, counted: (found: number) => void): Promise<Principals> {
  const certificates: string[] = [];
  const others = new Set<string>();
  const groups: string[] = [];
  for await (const arn of iot.listTargetsForPolicy(policyName, { signal })) {
    const group = /:thinggroup\/(.+)$/.exec(arn)?.[1];
    if (group !== undefined) groups.push(group);
    else if (arn.includes(':cert/')) certificates.push(arn);
    else others.add(arn);
    const found = certificates.length + others.size;
    if (found > 0 && found % reportEvery === 0) counted(found);
  }
  const seen = new Set<string>();
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    if (seen.has(group)) continue;
    seen.add(group);
    // Gone meanwhile: then nobody has the policy by it.
    await unlessGone(async () => {
      for (const child of await all(iot.listChildThingGroups(group, { signal }))) groups.push(child.name);
      await each(iot.listThingsInThingGroup(group, { signal }), thingsAtOnce, (thing) =>
        unlessGone(async () => {
          for await (const principal of iot.listThingPrincipals(thing, { signal })) others.add(principal);
          if (others.size > 0 && others.size % reportEvery === 0) counted(certificates.length + others.size);
        }),
      );
    });
  }
  return { certificates, others, everyone: new Set([...certificates, ...others]) };
}

async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
