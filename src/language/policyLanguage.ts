import * as vscode from 'vscode';
import type { Interaction } from '../core/ports/interaction';
import type { SessionService } from '../core/ports/services';
import type { Disposable } from '../core/util/emitter';
import type { AccountKnowledge } from './accountKnowledge';
import type { LazyKnowledge } from './lazyKnowledge';
import { PlaceholderInlays } from './placeholderInlays';
import { PolicyCodeLens } from './placeholderLens';
import { PolicyAnalysis } from './policyAnalysis';
import { PolicyCompletion } from './policyCompletion';
import { policyDiagnostics } from './policyDiagnostics';
import { PolicyHover } from './policyHover';
import { PolicyQuickFixes } from './quickFixes';
import { acceptRule, acceptRuleCommand, PolicyRefactorings } from './refactorings';
import { resolvePlaceholder, resolvePlaceholders } from './resolvePlaceholders';

export interface PolicyLanguageDeps {
  readonly session: SessionService;
  readonly ui: Interaction;
  readonly knowledge: Pick<LazyKnowledge, 'get'>;
  /** Told what went wrong in the background. */
  readonly onError: (error: unknown) => void;
}

/** The language service of policy files. The two functions are the handlers of the commands of the same names. */
export interface PolicyLanguage extends Disposable {
  /** `greengrassFleet.resolvePlaceholders`: argument Uri, `{ uri }` or nothing. */
  resolvePlaceholders(argument?: unknown): Promise<number>;
  /** `greengrassFleet.resolvePlaceholder`: argument of the CodeLens. */
  resolvePlaceholder(argument?: unknown): Promise<number>;
}

/** JSON documents; each provider then asks by name, so that a changed setting needs no new registration. */
const jsonDocuments: vscode.DocumentSelector = [{ language: 'json' }, { language: 'jsonc' }];

/** Registers all providers for policy files. Cheap: nothing is read before a policy file is open. */
export function registerPolicyLanguage(deps: PolicyLanguageDeps, account: AccountKnowledge): PolicyLanguage {
  const analysis = new PolicyAnalysis(account);
  const lens = new PolicyCodeLens(analysis, account, () => deps.session.state.kind === 'connecting');
  const inlays = new PlaceholderInlays(analysis, account);
  const resolve = { session: deps.session, ui: deps.ui, account };
  const disposables: { dispose(): unknown }[] = [
    policyDiagnostics(analysis, account, deps.onError),
    lens,
    inlays,
    vscode.languages.registerCodeLensProvider(jsonDocuments, lens),
    vscode.languages.registerInlayHintsProvider(jsonDocuments, inlays),
    vscode.languages.registerCompletionItemProvider(jsonDocuments, new PolicyCompletion(analysis, account), ...PolicyCompletion.triggers),
    vscode.languages.registerHoverProvider(jsonDocuments, new PolicyHover()),
    vscode.languages.registerCodeActionsProvider(jsonDocuments, new PolicyQuickFixes(analysis, account), PolicyQuickFixes.metadata),
    vscode.languages.registerCodeActionsProvider(jsonDocuments, new PolicyRefactorings(analysis), PolicyRefactorings.metadata),
    vscode.commands.registerCommand(acceptRuleCommand, acceptRule),
  ];
  return {
    resolvePlaceholders: async (argument) => resolvePlaceholders(resolve, argument),
    resolvePlaceholder: async (argument) => resolvePlaceholder(resolve, argument),
    dispose: () => {
      for (const disposable of disposables.reverse()) disposable.dispose();
    },
  };
}
