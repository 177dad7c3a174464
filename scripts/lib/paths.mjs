// Where things are. Downloads shared by several clones live in a per-user cache; everything else lives in the clone.
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '..', '..');

/** Per-user cache of what is the same for every clone (the browser workbench). */
export function cacheFolder() {
  const base =
    process.env.GREENGRASS_FLEET_CACHE ??
    (process.platform === 'win32'
      ? path.join(process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'), 'greengrass-fleet-provisioning')
      : path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'greengrass-fleet-provisioning'));
  return path.resolve(base);
}

export const resultsFolder = path.join(root, 'test-results');
export const fixtureWorkspace = path.join(root, 'test', 'fixtures', 'workspace');

/** A lock for work on this clone (install, build); kept outside the clone, so that git never sees it. */
export function cloneLock(work) {
  return path.join(cacheFolder(), `${work}-${createHash('sha256').update(root).digest('hex').slice(0, 12)}.lock`);
}
