import * as vscode from 'vscode';
import type { Disposable } from '../core/util/emitter';
import type { AccountKnowledge } from './accountKnowledge';
import type { LazyKnowledge } from './lazyKnowledge';
import { TemplateAnalysis } from './templateAnalysis';
import { templateDiagnostics } from './templateDiagnostics';
import { TemplateCompletion, TemplateHover, TemplateQuickFixes } from './templateProviders';

export interface TemplateLanguageDeps {
  readonly knowledge: Pick<LazyKnowledge, 'get'>;
  /** Told what went wrong in the background. */
  readonly onError: (error: unknown) => void;
}

const jsonDocuments: vscode.DocumentSelector = [{ language: 'json' }, { language: 'jsonc' }];

/** Registers all providers for provisioning templates. */
export function registerTemplateLanguage(deps: TemplateLanguageDeps, account: AccountKnowledge): Disposable {
  const analysis = new TemplateAnalysis(account);
  const disposables: { dispose(): unknown }[] = [
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
