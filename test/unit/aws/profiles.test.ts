import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { configuredEndpoint, configuredRegion, listProfiles, loadSharedConfig, signInProfile } from '../../../src/aws/profiles';
import { isLoopback } from '../../../src/aws/sandboxProbe';

const config = `
[default]
region = eu-west-1
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
endpoint_url = http://127.0.0.1:1
services = local
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://example.awsapps.com/start
[services local]
iot =
  endpoint_url = http://127.0.0.1:2
[profile role]
role_arn = arn:aws:iam::1:role/R
source_profile = sso
mfa_serial = arn:aws:iam::1:mfa/me
[profile process]
credential_process = /bin/true
[profile web]
role_arn = arn:aws:iam::1:role/R
web_identity_token_file = /tmp/t
[profile ignoring]
endpoint_url = http://127.0.0.1:3
ignore_configured_endpoint_urls = true
`;

describe('profiles of the shared files', () => {
  let folder: string;
  let env: Record<string, string>;

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'profiles-'));
    env = { AWS_CONFIG_FILE: path.join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') };
    await fs.writeFile(path.join(folder, 'config'), config);
    await fs.writeFile(path.join(folder, 'credentials'), '[default]\naws_access_key_id = A\naws_secret_access_key = B\n');
  });
  after(() => fs.rm(folder, { recursive: true }));

  it('lists each profile with its kind, the default first, and no other section', async () => {
    const profiles = listProfiles(await loadSharedConfig(env));
    assert.deepEqual(
      profiles.map(({ name, kind, needsMfa }) => [name, kind, needsMfa]),
      [
        ['default', 'keys', false],
        ['ignoring', 'other', false],
        ['process', 'process', false],
        ['role', 'assumeRole', true],
        ['sso', 'sso', false],
        ['web', 'webIdentity', false],
      ],
    );
    assert.equal(profiles[0]?.region, 'eu-west-1');
  });

  it('sees an edit at once', async () => {
    const file = path.join(folder, 'edited');
    const edited = { ...env, AWS_CONFIG_FILE: file };
    await fs.writeFile(file, '[profile one]\nregion = a-b-1\n');
    assert.ok((await loadSharedConfig(edited)).profiles.has('one'));
    await fs.writeFile(file, '[profile two]\nregion = a-b-1\n');
    assert.ok((await loadSharedConfig(edited)).profiles.has('two'));
  });

  it('takes endpoints in the documented order', async () => {
    const shared = await loadSharedConfig(env);
    assert.equal(configuredEndpoint(shared, env, 'sso', 'iot'), 'http://127.0.0.1:2');
    assert.equal(configuredEndpoint(shared, env, 'sso', 'sts'), 'http://127.0.0.1:1');
    assert.equal(configuredEndpoint(shared, { AWS_ENDPOINT_URL: 'http://e' }, 'sso', 'iot'), 'http://e');
    assert.equal(configuredEndpoint(shared, { AWS_ENDPOINT_URL: 'http://e', AWS_ENDPOINT_URL_IOT: 'http://i' }, 'sso', 'iot'), 'http://i');
    assert.equal(configuredEndpoint(shared, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'sso', 'iot'), undefined);
    assert.equal(configuredEndpoint(shared, env, 'ignoring', 'iot'), undefined);
    assert.equal(configuredEndpoint(shared, env, 'default', 'iot'), undefined);
  });

  it("takes the region of a chosen profile before the environment's, and the other way round without one", async () => {
    const shared = await loadSharedConfig(env);
    assert.equal(configuredRegion(shared, { AWS_REGION: 'us-east-2' }, 'default'), 'eu-west-1');
    assert.equal(configuredRegion(shared, { AWS_REGION: 'us-east-2' }, undefined), 'us-east-2');
    assert.equal(configuredRegion(shared, { AWS_DEFAULT_REGION: 'us-east-2' }, 'sso'), 'us-east-2');
    assert.equal(configuredRegion(shared, {}, 'sso'), undefined);
  });

  it('finds the profile to sign in with behind a role', async () => {
    const shared = await loadSharedConfig(env);
    assert.equal(signInProfile(shared, 'role'), 'sso');
    assert.equal(signInProfile(shared, 'default'), undefined);
  });

  it('suggests what the SDK would use', async () => {
    const suggested = (more: Record<string, string>) =>
      new SdkAwsGateway({ env: { ...env, ...more }, userAgent: 'test', amazonRootCa: () => Promise.resolve('') }).suggestedChoice();
    assert.deepEqual(await suggested({}), { kind: 'profile', profile: 'default' });
    assert.deepEqual(await suggested({ AWS_PROFILE: 'role' }), { kind: 'profile', profile: 'role' });
    assert.deepEqual(await suggested({ AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' }), { kind: 'environment' });
    assert.equal(await suggested({ AWS_CONFIG_FILE: '/none', AWS_SHARED_CREDENTIALS_FILE: '/none' }), undefined);
  });

  it('believes only this computer to be the sandbox', () => {
    assert.ok(isLoopback('http://127.0.0.1:4566') && isLoopback('http://localhost:1') && isLoopback('http://[::1]:1'));
    for (const other of ['http://127.0.0.1.evil.example', 'http://10.0.0.1', 'https://iot.us-east-1.amazonaws.com', 'file:///x', 'nonsense']) assert.ok(!isLoopback(other), other);
  });
});
