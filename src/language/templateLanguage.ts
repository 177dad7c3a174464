import * as vscode from 'vscode';
import type { FleetSteps, SessionService } from '../core/ports/services';
import type { Disposable } from '../core/util/emitter';
import { AccountKnowledge } from './accountKnowledge';
import { TemplateAnalysis } from './templateAnalysis';
import { templateDiagnostics } from './templateDiagnostics';
import { TemplateCompletion, TemplateHover, TemplateQuickFixes } from './templateProviders';

export interface TemplateLanguageDeps {
  readonly session: SessionService;
  readonly steps?: Pick<FleetSteps, 'names' | 'stackView' | 'onDidChange' | 'busy'>;
  /** Told what went wrong in the background. */
  readonly onError: (error: unknown) => void;
}

const jsonDocuments: vscode.DocumentSelector = [{ language: 'json' }, { language: 'jsonc' }];

/** Registers all providers for provisioning templates. */
export function registerTemplateLanguage(deps: TemplateLanguageDeps): Disposable {
  const account = new AccountKnowledge(deps.session, deps.steps);
  const analysis = new TemplateAnalysis(account);
  const disposables: { dispose(): unknown }[] = [
    account,
    templateDiagnostics(analysis, account, deps.onError),
    vscode.languages.registerCompletionItemProvider(jsonDocuments, new TemplateCompletion(analysis), ...TemplateCompletion.triggers),
    vscode.languages.registerHoverProvider(jsonDocuments, new TemplateHover()),
    vscode.languages.registerCodeActionsProvider(jsonDocuments, new TemplateQuickFixes(analysis), TemplateQuickFixes.metadata),
  ];
  return {
    dispose: () => {
      for (const disposable of disposables.reverse()) disposable.dispose();
    },
  };
}
