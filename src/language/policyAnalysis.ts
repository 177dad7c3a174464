import * as vscode from 'vscode';
import { analyzePolicy } from '../core/policy/analyze';
import type { Finding } from '../core/policy/finding';
import { findPlaceholders, type Placeholder } from '../core/policy/placeholders';
import type { PolicyTarget } from '../core/policy/ruleContext';
import { WorkspaceFileNames } from '../ids';
import { parseDeployedUri } from '../platform/deployedUri';
import { setting } from '../platform/settings';
import type { AccountKnowledge } from './accountKnowledge';
import { isWorkspaceFile, kindOf } from './policySelector';

interface Analysis {
  readonly version: number;
  readonly generation: number;
  readonly findings: readonly Finding[];
}

/** One analysis per version of a document and state of the account, shared by all providers. */
export class PolicyAnalysis {
  private readonly cache = new WeakMap<vscode.TextDocument, Analysis>();
  private generation = 0;

  constructor(private readonly account: AccountKnowledge) {}

  /** The account or a setting changed: what was found is no longer certain. */
  invalidate(): void {
    this.generation += 1;
  }

  findings(document: vscode.TextDocument): readonly Finding[] {
    const cached = this.cache.get(document);
    if (cached?.version === document.version && cached.generation === this.generation) return cached.findings;
    const target = this.target(document);
    const text = document.getText();
    const publishedAs = this.publishedAs(document);
    const findings = analyzePolicy(text, {
      kind: kindOf(document),
      rules: setting('greengrassFleet.policyRules'),
      // What the connected account holds says nothing of a document of another one.
      ...(target === undefined ? {} : { target, facts: this.account.facts({ text, ...(publishedAs === undefined ? {} : { publishedAs }) }) }),
    });
    this.cache.set(document, { version: document.version, generation: this.generation, findings });
    return findings;
  }

  placeholders(document: vscode.TextDocument): readonly Placeholder[] {
    const target = this.target(document);
    return findPlaceholders(document.getText(), target === undefined ? {} : { account: target.account });
  }

  /** The policy that the steps publish this file as. */
  private publishedAs(document: vscode.TextDocument): string | undefined {
    const names = this.account.stepNames();
    if (isWorkspaceFile(document, WorkspaceFileNames.iotPolicy)) return names?.iotPolicyName;
    return isWorkspaceFile(document, WorkspaceFileNames.claimPolicy) ? names?.claimPolicyName : undefined;
  }

  /** Where this document lives or will live: a deployed document of another account is not compared with this one. */
  target(document: vscode.TextDocument): PolicyTarget | undefined {
    const target = this.account.target;
    const address = parseDeployedUri(document.uri);
    if (target === undefined || address === undefined) return target;
    return address.account === target.account && address.region === target.region ? target : undefined;
  }
}

export function rangeOf(document: vscode.TextDocument, at: { readonly offset: number; readonly length: number }): vscode.Range {
  return new vscode.Range(document.positionAt(at.offset), document.positionAt(at.offset + at.length));
}
