import * as vscode from 'vscode';

/** Fixed texts of the stack outputs page. */
export function pageTexts(): Readonly<Record<string, string>> {
  return {
    loading: vscode.l10n.t('Reading the stack…'),
    refresh: vscode.l10n.t('Refresh'),
    search: vscode.l10n.t('Filter outputs'),
    name: vscode.l10n.t('Name'),
    value: vscode.l10n.t('Value'),
    description: vscode.l10n.t('Description'),
    actions: vscode.l10n.t('Actions'),
    copy: vscode.l10n.t('Copy'),
    copied: vscode.l10n.t('Copied'),
    copyLabel: vscode.l10n.t('Copy the value of {0}'),
    useLabel: vscode.l10n.t('{0}, with {1}'),
    copiedValue: vscode.l10n.t('Copied the value of {0}'),
    noOutputs: vscode.l10n.t('This stack has no outputs.'),
    noOutputsYet: vscode.l10n.t('The outputs come when CloudFormation is done.'),
    copyJson: vscode.l10n.t('Copy as JSON'),
    copyEnv: vscode.l10n.t('Copy as Environment Variables'),
    copiedAll: vscode.l10n.t('Copied all outputs'),
    useAs: vscode.l10n.t('Use As…'),
    useAsLabel: vscode.l10n.t('{0} The value of {1}'),
    events: vscode.l10n.t('Events ({0})'),
    time: vscode.l10n.t('Time'),
    resource: vscode.l10n.t('Resource'),
    status: vscode.l10n.t('Status'),
    reason: vscode.l10n.t('Reason'),
    noMatch: vscode.l10n.t('No output matches the filter.'),
    retry: vscode.l10n.t('Try Again'),
    showLog: vscode.l10n.t('Show Log'),
    outputs: vscode.l10n.t('Outputs of {0}'),
  };
}
