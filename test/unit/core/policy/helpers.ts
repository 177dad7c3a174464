import { analyzePolicy, type AnalyzeOptions } from '../../../../src/core/policy/analyze';
import { applyChanges } from '../../../../src/core/policy/textChanges';
import type { Finding } from '../../../../src/core/policy/finding';

export const target = { partition: 'aws', region: 'us-east-1', account: '210987654329' } as const;
export const arn = (resource: string): string => `arn:aws:iot:${target.region}:${target.account}:${resource}`;

export interface StatementShape {
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly [name: string]: unknown;
}

/** A policy as text; statements get Effect Allow unless they say otherwise. */
export function policy(...statements: readonly StatementShape[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map((item) => ({ Effect: 'Allow', ...item })) }, null, 2);
}

export function codes(text: string, options: AnalyzeOptions = {}): readonly string[] {
  return [...new Set(analyzePolicy(text, options).map((item) => item.code))].sort();
}

export function marked(text: string, finding: Finding): string {
  return text.slice(finding.offset, finding.offset + finding.length);
}

/** Applies the first preferred fix of the finding, or the first fix at all. */
export function mended(text: string, finding: Finding): string {
  const fix = finding.fixes.find((item) => item.preferred) ?? finding.fixes[0];
  if (fix === undefined) throw new Error(`${finding.code} has no fix`);
  return applyChanges(text, fix.changes);
}
