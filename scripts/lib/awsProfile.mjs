// A pair of AWS files of our own, so that nothing here reads or writes the files of the person who runs it.
import fs from 'node:fs';
import path from 'node:path';

/**
 * Writes `config` and `credentials` into a folder. With a sandbox's line of JSON the profile `sandbox` leads to it.
 * @returns {Record<string, string>} the environment that selects them
 */
export function writeAwsFiles(folder, sandbox) {
  const files = { config: path.join(folder, 'config'), credentials: path.join(folder, 'credentials') };
  fs.mkdirSync(folder, { recursive: true });
  const config = sandbox ? `[profile sandbox]\nregion = ${sandbox.region}\nendpoint_url = ${sandbox.endpoint}\noutput = json\n` : '';
  const credentials = sandbox ? `[sandbox]\naws_access_key_id = ${sandbox.accessKeyId}\naws_secret_access_key = ${sandbox.secretAccessKey}\n` : '';
  fs.writeFileSync(files.config, config);
  fs.writeFileSync(files.credentials, credentials, { mode: 0o600 });
  return { AWS_CONFIG_FILE: files.config, AWS_SHARED_CREDENTIALS_FILE: files.credentials, ...(sandbox ? { AWS_PROFILE: 'sandbox' } : {}) };
}

/** The environment without anything that would lead a client to a real account or to instance metadata. */
export function withoutAws(env) {
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS_|AMAZON_)/.test(name)));
  return { ...clean, AWS_EC2_METADATA_DISABLED: 'true' };
}
