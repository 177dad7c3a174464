import * as l10n from '@vscode/l10n';
import type { Remedy } from './errors';

/** The words of a button for a remedy. */
export function remedyLabel(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'chooseProfile':
      return l10n.t('Choose Profile');
    case 'chooseRegion':
      return l10n.t('Choose Region');
    case 'switchRegion':
      return l10n.t('Switch to {0}', remedy.region);
    case 'signIn':
      return l10n.t('Sign In');
    case 'startSandbox':
      return l10n.t('Start Local Sandbox');
    case 'runStep':
      switch (remedy.step) {
        case 'rolesStack':
          return l10n.t('Deploy Roles Stack');
        case 'roleAlias':
          return l10n.t('Create Role Alias');
        case 'iotPolicy':
          return l10n.t('Publish IoT Policy');
        case 'provisioningTemplate':
          return l10n.t('Deploy Provisioning Template');
        case 'claimCertificate':
          return l10n.t('Create Claim Certificate');
      }
      break;
    case 'openFile':
      return l10n.t('Open File');
    case 'showStackOutputs':
      return l10n.t('Show Stack Outputs');
    case 'copy':
      return remedy.label;
    case 'openDocumentation':
      return l10n.t('Documentation');
    case 'manageTrust':
      return l10n.t('Manage Workspace Trust');
    case 'openFolder':
      return l10n.t('Open Folder');
    case 'deleteStuckStack':
      return l10n.t('Delete the Stack Anyway…');
    case 'retry':
      return l10n.t('Try Again');
  }
}
