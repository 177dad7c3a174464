import * as vscode from 'vscode';
import type { PlaceholderKind } from '../core/policy/placeholders';

/** What a placeholder stands for, in words. */
export function placeholderName(kind: PlaceholderKind): string {
  switch (kind) {
    case 'roleAliasArn':
      return vscode.l10n.t('role alias ARN');
    case 'provisioningRoleArn':
      return vscode.l10n.t('fleet provisioning role ARN');
    case 'certificateArn':
      return vscode.l10n.t('certificate ARN');
    case 'accountId':
      return vscode.l10n.t('account id');
    case 'region':
      return vscode.l10n.t('region');
    case 'unknown':
      return vscode.l10n.t('value');
  }
}
