import type * as vscode from 'vscode';
import { analyzeTemplate } from '../core/provisioning/template/analyzeTemplate';
import type { TemplateFinding, TemplateLookups } from '../core/provisioning/template/templateFinding';
import { parseDeployedUri } from '../platform/deployedUri';
import { setting } from '../platform/settings';
import type { AccountKnowledge } from './accountKnowledge';

/** One analysis per version of a document and state of the account, shared by all providers. */
export class TemplateAnalysis {
  private readonly cache = new WeakMap<vscode.TextDocument, { readonly version: number; readonly generation: number; readonly findings: readonly TemplateFinding[] }>();
  private generation = 0;

  constructor(private readonly account: AccountKnowledge) {}

  /** The account or a setting changed: what was found is no longer certain. */
  invalidate(): void {
    this.generation += 1;
  }

  findings(document: vscode.TextDocument): readonly TemplateFinding[] {
    const cached = this.cache.get(document);
    if (cached?.version === document.version && cached.generation === this.generation) return cached.findings;
    const known = this.target(document);
    const findings = analyzeTemplate(document.getText(), {
      rules: setting('greengrassFleet.templateRules'),
      policyRules: setting('greengrassFleet.policyRules'),
      ...(known === undefined ? {} : { target: { partition: known.partition, region: known.region, account: known.account }, lookups: this.lookups(document.getText()) }),
    });
    this.cache.set(document, { version: document.version, generation: this.generation, findings });
    return findings;
  }

  /** Names in the account, without those that are not known yet. With the text of a template also its thing types. */
  lookups(text?: string): TemplateLookups {
    return this.account.templateFacts(text);
  }

  /** A deployed template of another account is not compared with this one. */
  private target(document: vscode.TextDocument): AccountKnowledge['target'] {
    const { target } = this.account;
    const address = parseDeployedUri(document.uri);
    if (target === undefined || address === undefined) return target;
    return address.account === target.account && address.region === target.region ? target : undefined;
  }
}
