import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';

async function refuse(): Promise<never> {
  throw new FleetError(l10n.t('No folder is open.'), { category: 'file', code: 'noFolder', advice: l10n.t('Open a folder for the files of this fleet.'), remedies: [{ kind: 'openFolder' }] });
}

/** A window without a folder: there is nothing to read, and nowhere to write. */
export const noFiles: WorkspaceFiles = {
  root: '',
  exists: async () => false,
  read: async () => undefined,
  readPrivate: async () => undefined,
  isTrackedByGit: async () => false,
  write: refuse,
  writePrivate: refuse,
  rename: refuse,
  delete: refuse,
  ensureIgnored: refuse,
};
