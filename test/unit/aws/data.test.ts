import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isOptInRegion, knownPartitions, partitionOfRegion, regionName, regionsOf } from '../../../src/core/util/regions';

interface SdkPartition {
  readonly id: string;
  readonly regions: Readonly<Record<string, { readonly description: string }>>;
}

describe('data that others made', () => {
  it('the bundled root CA is Amazon Root CA 1', () => {
    const certificate = new X509Certificate(readFileSync('resources/AmazonRootCA1.pem'));
    assert.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), '8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e');
  });

  it("the table of regions is the pinned SDK's", async () => {
    const file = path.resolve('node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
    const { partitionsInfo } = (await import(pathToFileURL(file).href)) as { partitionsInfo: { partitions: readonly SdkPartition[] } };
    assert.deepEqual([...knownPartitions()], partitionsInfo.partitions.map(({ id }) => id));
    for (const { id, regions } of partitionsInfo.partitions) {
      const expected = Object.entries(regions).filter(([region]) => !region.endsWith('-global'));
      assert.deepEqual([...regionsOf(id)], expected.map(([region]) => region).sort());
      for (const [region, { description }] of expected) assert.equal(regionName(region), description);
    }
  });

  it('tells partition and opt-in of a region', () => {
    assert.equal(partitionOfRegion('cn-north-1'), 'aws-cn');
    assert.equal(partitionOfRegion('us-gov-west-1'), 'aws-us-gov');
    assert.equal(partitionOfRegion('eu-new-7'), 'aws');
    assert.equal(partitionOfRegion('moon-1'), undefined);
    assert.ok(isOptInRegion('af-south-1') && !isOptInRegion('us-east-1') && !isOptInRegion('cn-north-1'));
  });
});
