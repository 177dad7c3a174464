import assert from 'node:assert/strict';
import { IoTClient, CreateRoleAliasCommand, ListThingsCommand } from '@aws-sdk/client-iot';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startSandbox } from '../../helpers/sandbox';
import { Fault, type CallContext } from '../../../src/sandbox/kernel/types';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';

describe('sandbox: wire smoke', () => {
  it('serves real clients', async () => {
    const started = await startSandbox({
      services: [
        createStsService,
        () => ({
          service: 'iot',
          handlers: {
            CreateRoleAlias: (input: { roleAlias: string }, call: CallContext) => {
              if (input.roleAlias === 'dup') throw new Fault('ResourceAlreadyExistsException', 'dup exists', { resourceId: 'dup', resourceArn: 'arn' });
              call.tx.put('iot.roleAlias', input.roleAlias, input);
              return { roleAlias: input.roleAlias, roleAliasArn: `arn:${call.partition}:iot:${call.region}:${call.account}:rolealias/${input.roleAlias}` };
            },
          },
        }),
      ],
    });
    const sts = new STSClient(started.client);
    const iot = new IoTClient(started.client);
    try {
      assert.equal((await sts.send(new GetCallerIdentityCommand({}))).Account, started.account);
      const roleArn = 'arn:aws:iam::470123856219:role/x';
      assert.match((await iot.send(new CreateRoleAliasCommand({ roleAlias: 'Alias@1=x', roleArn }))).roleAliasArn ?? '', /rolealias\/Alias@1=x$/);
      await assert.rejects(iot.send(new CreateRoleAliasCommand({ roleAlias: 'dup', roleArn })), { name: 'ResourceAlreadyExistsException', resourceArn: 'arn' });
      await assert.rejects(iot.send(new ListThingsCommand({})), { name: 'NotImplementedException' });
      const bad = new STSClient({ ...started.client, credentials: { ...started.client.credentials, secretAccessKey: 'no' } });
      await assert.rejects(bad.send(new GetCallerIdentityCommand({})), { name: 'SignatureDoesNotMatch' });
    } finally {
      sts.destroy();
      iot.destroy();
      await started.close();
    }
  });
});
