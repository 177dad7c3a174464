import * as vscode from 'vscode';
import type { StepId } from '../core/provisioning/steps';

/** What a step is called wherever it is named. */
export function stepTitle(step: StepId): string {
  switch (step) {
    case 'rolesStack':
      return vscode.l10n.t('Roles stack');
    case 'roleAlias':
      return vscode.l10n.t('Role alias');
    case 'iotPolicy':
      return vscode.l10n.t('IoT policy');
    case 'provisioningTemplate':
      return vscode.l10n.t('Provisioning template');
    case 'claimCertificate':
      return vscode.l10n.t('Claim certificate');
  }
}
