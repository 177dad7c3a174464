import * as l10n from '@vscode/l10n';

/**
 * AWS partitions and their regions with the names that AWS gives them, in the language of the window, so that a picker needs
 * no network. From the partition data that the pinned AWS SDK carries; a test compares the two. A region that is not listed
 * here still works: it can be typed.
 */
interface Partition {
  readonly pattern: RegExp;
  readonly regions: Readonly<Record<string, () => string>>;
}

const partitions: Readonly<Record<string, Partition>> = {
  'aws': {
    pattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    regions: {
      'af-south-1': () => l10n.t('Africa (Cape Town)'),
      'ap-east-1': () => l10n.t('Asia Pacific (Hong Kong)'),
      'ap-east-2': () => l10n.t('Asia Pacific (Taipei)'),
      'ap-northeast-1': () => l10n.t('Asia Pacific (Tokyo)'),
      'ap-northeast-2': () => l10n.t('Asia Pacific (Seoul)'),
      'ap-northeast-3': () => l10n.t('Asia Pacific (Osaka)'),
      'ap-south-1': () => l10n.t('Asia Pacific (Mumbai)'),
      'ap-south-2': () => l10n.t('Asia Pacific (Hyderabad)'),
      'ap-southeast-1': () => l10n.t('Asia Pacific (Singapore)'),
      'ap-southeast-2': () => l10n.t('Asia Pacific (Sydney)'),
      'ap-southeast-3': () => l10n.t('Asia Pacific (Jakarta)'),
      'ap-southeast-4': () => l10n.t('Asia Pacific (Melbourne)'),
      'ap-southeast-5': () => l10n.t('Asia Pacific (Malaysia)'),
      'ap-southeast-6': () => l10n.t('Asia Pacific (New Zealand)'),
      'ap-southeast-7': () => l10n.t('Asia Pacific (Thailand)'),
      'ca-central-1': () => l10n.t('Canada (Central)'),
      'ca-west-1': () => l10n.t('Canada West (Calgary)'),
      'eu-central-1': () => l10n.t('Europe (Frankfurt)'),
      'eu-central-2': () => l10n.t('Europe (Zurich)'),
      'eu-north-1': () => l10n.t('Europe (Stockholm)'),
      'eu-south-1': () => l10n.t('Europe (Milan)'),
      'eu-south-2': () => l10n.t('Europe (Spain)'),
      'eu-west-1': () => l10n.t('Europe (Ireland)'),
      'eu-west-2': () => l10n.t('Europe (London)'),
      'eu-west-3': () => l10n.t('Europe (Paris)'),
      'il-central-1': () => l10n.t('Israel (Tel Aviv)'),
      'me-central-1': () => l10n.t('Middle East (UAE)'),
      'me-south-1': () => l10n.t('Middle East (Bahrain)'),
      'me-west-1': () => l10n.t('Middle East (Saudi Arabia)'),
      'mx-central-1': () => l10n.t('Mexico (Central)'),
      'sa-east-1': () => l10n.t('South America (Sao Paulo)'),
      'sa-west-1': () => l10n.t('South America (Chile)'),
      'us-east-1': () => l10n.t('US East (N. Virginia)'),
      'us-east-2': () => l10n.t('US East (Ohio)'),
      'us-west-1': () => l10n.t('US West (N. California)'),
      'us-west-2': () => l10n.t('US West (Oregon)'),
    },
  },
  'aws-cn': {
    pattern: /^cn-\w+-\d+$/,
    regions: {
      'cn-north-1': () => l10n.t('China (Beijing)'),
      'cn-northwest-1': () => l10n.t('China (Ningxia)'),
    },
  },
  'aws-eusc': {
    pattern: /^eusc-(de)-\w+-\d+$/,
    regions: {
      'eusc-de-east-1': () => l10n.t('AWS European Sovereign Cloud (Germany)'),
    },
  },
  'aws-iso': {
    pattern: /^us-iso-\w+-\d+$/,
    regions: {
      'us-iso-east-1': () => l10n.t('US ISO East'),
      'us-iso-west-1': () => l10n.t('US ISO WEST'),
    },
  },
  'aws-iso-b': {
    pattern: /^us-isob-\w+-\d+$/,
    regions: {
      'us-isob-east-1': () => l10n.t('US ISOB East (Ohio)'),
      'us-isob-west-1': () => l10n.t('US ISOB West'),
    },
  },
  'aws-iso-e': {
    pattern: /^eu-isoe-\w+-\d+$/,
    regions: {
      'eu-isoe-west-1': () => l10n.t('EU ISOE West'),
    },
  },
  'aws-iso-f': {
    pattern: /^us-isof-\w+-\d+$/,
    regions: {
      'us-isof-east-1': () => l10n.t('US ISOF EAST'),
      'us-isof-south-1': () => l10n.t('US ISOF SOUTH'),
    },
  },
  'aws-us-gov': {
    pattern: /^us-gov-\w+-\d+$/,
    regions: {
      'us-gov-east-1': () => l10n.t('AWS GovCloud (US-East)'),
      'us-gov-west-1': () => l10n.t('AWS GovCloud (US-West)'),
    },
  },
};

/** Regions that every account of the partition `aws` has from the start; all newer ones must be enabled first.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
const enabledByDefault: ReadonlySet<string> = new Set([
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1',
  'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1',
  'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2',
]);

export function knownPartitions(): readonly string[] {
  return Object.keys(partitions);
}

/** Region codes of a partition, sorted; empty for an unknown partition. */
export function regionsOf(partition: string): readonly string[] {
  return Object.keys(partitions[partition]?.regions ?? {}).sort();
}

/** For example `Europe (Frankfurt)`; undefined when the region is not in the table. */
export function regionName(region: string): string | undefined {
  for (const { regions } of Object.values(partitions)) {
    const name = Object.hasOwn(regions, region) ? regions[region] : undefined;
    if (name !== undefined) return name();
  }
  return undefined;
}

/** As every region of AWS is named so far; it becomes part of host names. */
export function isRegionCode(text: string): boolean {
  return /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text) && text.length <= 63;
}

/** The partition that a region belongs to by table or by the shape of its name; undefined when neither tells. */
export function partitionOfRegion(region: string): string | undefined {
  const listed = Object.entries(partitions).find(([, { regions }]) => Object.hasOwn(regions, region));
  const shaped = listed ?? Object.entries(partitions).find(([, { pattern }]) => pattern.test(region));
  return shaped?.[0];
}

/** False for a region that an identity of this partition cannot reach, as far as its name tells. The sandbox serves every region. */
export function isReachable(region: string, { partition, isSandbox }: { readonly partition: string; readonly isSandbox: boolean }): boolean {
  return isSandbox || (partitionOfRegion(region) ?? partition) === partition;
}

/** True for a region that an account must enable before it can be used there. */
export function isOptInRegion(region: string): boolean {
  return partitionOfRegion(region) === 'aws' && !enabledByDefault.has(region);
}
