// A sandbox in a process of its own, so that a test can kill it. Arguments: state folder, delay per resource in milliseconds.
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import { createSandbox } from '../../src/sandbox/sandbox';
import { createCloudFormationService } from '../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../src/sandbox/services/iot/iotService';

async function main([state = '', delay = '0']: readonly string[]): Promise<void> {
  const sandbox = await createSandbox({
    state, resourceDelay: Number(delay), certificateAuthority: createCertificateAuthority,
    services: [createCloudFormationService, createIamService, createIotService],
  });
  process.stdout.write(`${JSON.stringify(await sandbox.listen(0))}\n`);
}

void main(process.argv.slice(2));
