import assert from 'node:assert/strict';
import { CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot';
import type { SdkAwsGateway } from '../../../src/aws/gateway';
import type { Connection } from '../../../src/core/ports/connection';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createGreengrassService } from '../../../src/sandbox/services/greengrass/greengrassService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { FleetSearch, type Findings } from '../../../src/services/search/fleetSearch';
import { Faults } from '../../fakes/faults';
import { connectTo } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

describe('finding in a fleet, through the SDK', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let certificateId: string;
  const faults = new Faults();

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createGreengrassService], certificateAuthority: createCertificateAuthority });
    const connected = await connectTo(sandbox);
    gateway = connected.gateway;
    connection = { ...connected.connection, iot: faults.wrap('iot', connected.connection.iot), greengrass: faults.wrap('greengrass', connected.connection.greengrass) };
    const iot = new IoTClient(sandbox.client);
    for (const thingName of ['Pump-1', 'Pump-2', 'BigPump', 'ns:Valve']) await iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { site: 'Berlin' } } }));
    await iot.send(new CreatePolicyCommand({ policyName: 'PumpPolicy', policyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' }));
    ({ certificateId = '' } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true })));
    iot.destroy();
  });
  after(async () => {
    gateway.dispose();
    await sandbox.close();
  });
  beforeEach(() => faults.clear());
  afterEach(() => assert.deepEqual(faults.calls.filter((call) => call === 'iot.listThings'), [], 'all things are never listed'));

  const find = async (text: string): Promise<Findings> => {
    const search = new FleetSearch(connection);
    let findings: Findings | undefined;
    await search.search(text, (found) => (findings = found), new AbortController().signal);
    search.dispose();
    assert.ok(findings);
    assert.deepEqual(findings.problems, [], text);
    return findings;
  };
  const names = async (text: string): Promise<readonly string[]> => (await find(text)).hits.map(({ kind, name }) => `${kind} ${name}`).sort();

  const table: readonly (readonly [text: () => string, off: readonly string[], on: readonly string[]])[] = [
    [() => 'Pump-1', ['thing Pump-1'], ['thing Pump-1']],
    [() => 'pump', ['policy PumpPolicy'], ['policy PumpPolicy', 'thing Pump-1', 'thing Pump-2']],
    [() => 'igpu', [], ['thing BigPump']],
    [() => 'ns:valve', [], ['thing ns:Valve']],
    [() => 'ns:Valve', ['thing ns:Valve'], ['thing ns:Valve']],
    [() => 'p*2', [], ['thing Pump-2']],
    [() => 'attr:site=Ber*', ['thing BigPump', 'thing Pump-1', 'thing Pump-2', 'thing ns:Valve'], ['thing BigPump', 'thing Pump-1', 'thing Pump-2', 'thing ns:Valve']],
    [() => 'attributes.site:Berlin', ['thing BigPump', 'thing Pump-1', 'thing Pump-2', 'thing ns:Valve'], ['thing BigPump', 'thing Pump-1', 'thing Pump-2', 'thing ns:Valve']],
    [() => 'pump berlin', [], ['thing Pump-1', 'thing Pump-2']],
    [() => 'thingName:*pump* AND NOT thingName:big*', [], ['thing Pump-1', 'thing Pump-2']],
    [() => certificateId, [`certificate`], [`certificate`]],
    [() => certificateId.slice(0, 10), [`certificate`], [`certificate`]],
    [() => `arn:aws:iot:${sandbox.region}:${sandbox.account}:policy/PumpPolicy`, ['policy PumpPolicy'], ['policy PumpPolicy']],
  ];
  const expected = (rows: readonly string[]): readonly string[] => rows.map((row) => (row === 'certificate' ? `certificate ${certificateId}` : row));

  it('without fleet indexing', async () => {
    for (const [text, off] of table) assert.deepEqual(await names(text()), expected(off), text());
    assert.equal((await find('pump')).needsIndexing, true);
  });

  it('with fleet indexing', async () => {
    await connection.iot.updateIndexing({ things: 'REGISTRY', connectivity: true });
    for (const [text, , on] of table) assert.deepEqual(await names(text()), expected(on), text());
    const [hit] = (await find('Pump-1')).hits;
    assert.ok(hit?.kind === 'thing');
    assert.deepEqual([hit.connected, hit.attributes, hit.arn], [false, { site: 'Berlin' }, `arn:aws:iot:${sandbox.region}:${sandbox.account}:thing/Pump-1`]);
  });
});
