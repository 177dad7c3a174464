import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Document } from 'yaml';
import { deviceConfiguration, type NucleusKind } from '../../../src/core/provisioning/deviceConfiguration';
import { kitEnvironment, kitScripts } from '../../../src/core/provisioning/deviceKit';
import { yamlStyle } from '../../../src/services/steps/deviceFacts';
import { skip } from '../../helpers/skip';

const run = promisify(execFile);
const scripts = path.join(import.meta.dirname, '../../../resources/device-kit');
const facts = { region: 'eu-west-1', dataEndpoint: 'abc-ats.iot.eu-west-1.amazonaws.com', credentialEndpoint: 'abc.credentials.iot.eu-west-1.amazonaws.com', roleAliasName: 'Alias', templateName: 'Fleet' };

/** Programs of the device, at their edge only: each writes its arguments to calls.log. */
const programs: Readonly<Record<string, string>> = {
  id: 'echo 0',
  systemctl: '',
  getent: 'exit 2',
  groupadd: '',
  useradd: '',
  jarsigner: 'echo "${JARSIGNER_SAYS:-jar verified.}"',
  unzip: 'case "$1" in -qq) mkdir -p "$4/lib"; : > "$4/lib/Greengrass.jar" ;; esac',
  java: `case "$*" in
    -version) echo 'openjdk version "'"\${JAVA_VERSION:-17.0.1}"'"' >&2 ;;
    *--version) echo 'AWS Greengrass v2.15.1' ;;
    *) [ -z "\${NO_CERTIFICATE:-}" ] || exit 0
       root=\${1#-Droot=}; mkdir -p "$root/config"; echo CERT > "$root/thingCert.crt"; echo KEY > "$root/privKey.key"
       printf 'system:\\n  thingName: "Core-1"\\n' > "$root/config/effectiveConfig.yaml"
       while [ $# -gt 0 ]; do [ "$1" = --init-config ] && cp "$2" "$root/used.yaml"; shift; done ;;
  esac`,
  curl: `case "$*" in
    *role-aliases*) printf '%s' "\${CREDENTIALS_STATUS:-200}" ;;
    *) while [ $# -gt 0 ]; do [ "$1" = --output ] && echo download > "$2"; shift; done ;;
  esac`,
  'fleet-provisioning': 'mkdir -p "$PREFIX_OF_TEST/var/lib/greengrass/credentials"; echo CERT > "$PREFIX_OF_TEST/var/lib/greengrass/credentials/certificate.pem"',
};

describe('the device kit\'s install scripts', function () {
  let folder: string;
  let device: string;

  before(function () {
    if (process.platform !== 'linux') skip(this, 'the scripts are for Linux devices');
  });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'device-kit-'));
    device = path.join(folder, 'device');
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    for (const [name, body] of Object.entries(programs)) {
      await writeFile(path.join(bin, name), `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> '${folder}/calls.log'\n${body}\n`);
      await chmod(path.join(bin, name), 0o755);
    }
  });

  afterEach(async () => rm(folder, { recursive: true, force: true }));

  async function makeKit(kind: NucleusKind): Promise<void> {
    await mkdir(path.join(folder, 'kit', 'claim-certs'), { recursive: true });
    for (const name of ['claim.pem.crt', 'claim.private.pem.key', 'AmazonRootCA1.pem']) await writeFile(path.join(folder, 'kit', 'claim-certs', name), name);
    await cp(path.join(scripts, kitScripts[kind].source), path.join(folder, 'kit', kitScripts[kind].file));
    await writeFile(path.join(folder, 'kit', 'kit.env'), kitEnvironment(facts, ['ThingName']));
    await writeFile(path.join(folder, 'kit', 'config.yaml'), new Document(deviceConfiguration({ ...facts, templateParameters: { ThingName: '@ThingName@' } }, kind)).toString(yamlStyle));
  }

  async function install(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<{ code: number; out: string; err: string; calls: string }> {
    const env = { ...environment, PATH: `${folder}/bin:/usr/bin:/bin`, PREFIX_OF_TEST: device };
    const { code, out, err } = await run('sh', [path.join(folder, 'kit', 'install.sh'), ...args], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
      (error: unknown) => {
        const failed = error as { code: number; stdout: string; stderr: string };
        return { code: failed.code, out: failed.stdout, err: failed.stderr };
      },
    );
    return { code, out, err, calls: await readFile(path.join(folder, 'calls.log'), 'utf8').catch(() => '') };
  }

  it('pass shellcheck', async function () {
    const found = await run('shellcheck', ['--version']).then(() => true, () => false);
    if (!found) skip(this, 'shellcheck is not on the PATH');
    await run('shellcheck', (await readdir(scripts)).filter((name) => name.endsWith('.sh')).map((name) => path.join(scripts, name)));
  });

  it('classic: puts files where they belong, installs, proves the credentials; the second run only tests', async () => {
    await makeKit('classicLinux');
    const first = await install(['--root', device, 'ThingName=Core-1']);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /Done: Core-1 has its own certificate and gets AWS credentials/);
    const key = await stat(path.join(device, 'claim-certs', 'claim.private.pem.key'));
    assert.equal(key.mode & 0o777, 0o600);
    assert.equal((await stat(path.join(device, 'claim-certs'))).mode & 0o777, 0o700);
    const used = await readFile(path.join(device, 'used.yaml'), 'utf8');
    assert.match(used, /ThingName: "Core-1"/);
    assert.match(used, /version: "2\.15\.1"/, 'the version of the installer, not of the kit');
    assert.ok(used.includes(`rootPath: "${device}"`), used);
    assert.match(first.calls, /jarsigner -verify/);
    assert.match(first.calls, /--trusted-plugin \S+\.jar .*--setup-system-service true/);
    assert.match(first.calls, /x-amzn-iot-thingname: Core-1/);
    const second = await install(['--root', device, 'ThingName=Core-1']);
    assert.equal(second.code, 0);
    assert.match(second.out, /nothing is installed again/);
    assert.equal(second.calls.match(/--trusted-plugin/g)?.length, 1);
  });

  const refusals: readonly { name: string; args?: readonly string[]; environment?: Readonly<Record<string, string>>; says: RegExp; installed?: boolean }[] = [
    { name: 'without a value for a parameter', args: [], says: /Give a value for each of: ThingName/ },
    { name: 'with a value that would end the YAML text', args: ['ThingName=a"b'], says: /may have letters, digits/ },
    { name: 'with a parameter that the template lacks', args: ['ThingName=a', 'Site=b'], says: /no open parameter Site/ },
    { name: 'with an old Java', environment: { JAVA_VERSION: '8.0.2' }, says: /Java 11 or later is needed/ },
    { name: 'when the nucleus is not signed', environment: { JARSIGNER_SAYS: 'jar is unsigned.' }, says: /signature of the nucleus is not valid/ },
    { name: 'when a checksum differs', args: ['ThingName=a', '--nucleus-sha256', '00'], says: /checksum of .* is [0-9a-f]{64}, not 00/ },
    { name: 'when no certificate comes', args: ['ThingName=a', '--wait', '1'], environment: { NO_CERTIFICATE: '1' }, says: /No certificate after 1 seconds/, installed: true },
    { name: 'when the policy lacks the role alias', environment: { CREDENTIALS_STATUS: '403' }, says: /lacks iot:AssumeRoleWithCertificate/, installed: true },
    { name: 'when the role is gone', environment: { CREDENTIALS_STATUS: '400' }, says: /does not trust credentials\.iot\.amazonaws\.com/, installed: true },
  ];
  for (const { name, args = ['ThingName=Core-1'], environment, says, installed = false } of refusals) {
    it(`classic: fails ${name}, and says so`, async () => {
      await makeKit('classicLinux');
      const { code, err, calls } = await install(['--root', device, ...args], environment);
      assert.equal(code, 1);
      assert.match(err, says);
      assert.equal(/--trusted-plugin/.test(calls), installed);
    });
  }

  it('lite: writes its configuration, clears what an earlier try left, provisions, restarts, tests', async () => {
    await makeKit('lite');
    const state = path.join(device, 'var/lib/greengrass');
    await mkdir(state, { recursive: true });
    await writeFile(path.join(state, 'config.db'), 'old');
    const first = await install(['--prefix', device, 'ThingName=Core-1']);
    assert.equal(first.code, 0, first.err);
    const configuration = await readFile(path.join(device, 'etc/greengrass/config.d/greengrass-fleet.yaml'), 'utf8');
    assert.ok(configuration.includes(`claimCertPath: "${state}/claim-certs/claim.pem.crt"`), configuration);
    assert.match(configuration, /templateParams:\n +ThingName: "Core-1"/);
    await assert.rejects(stat(path.join(state, 'config.db')));
    assert.equal((await stat(path.join(state, 'claim-certs/claim.private.pem.key'))).mode & 0o777, 0o600);
    assert.match(first.calls, /fleet-provisioning \nsystemctl restart greengrass-lite\.target/);
    const second = await install(['--prefix', device, 'ThingName=Core-1']);
    assert.match(second.out, /nothing is provisioned again/);
    assert.equal(second.calls.match(/fleet-provisioning/g)?.length, 1);
  });

  it('kit.env takes no value that a shell would read as more than text', () => {
    assert.throws(() => kitEnvironment({ ...facts, roleAliasName: "a'$(id)" }, []));
  });
});
