import * as vscode from 'vscode';
import type { CaseOutcome } from '../../core/policy/tests/run';
import type { LoadedTests } from './testFiles';
import { TextPositions } from './texts';

/** What the editor shows at the line that fails; undefined for a test that passes. */
export function messageOf(outcome: CaseOutcome, tests: LoadedTests): vscode.TestMessage | undefined {
  if (outcome.kind === 'passed') return undefined;
  const message = outcome.kind === 'failed' ? vscode.TestMessage.diff(outcome.message, outcome.expected, outcome.actual) : new vscode.TestMessage(outcome.message);
  message.location = new vscode.Location(tests.uri, tests.positions.rangeOf(outcome.at));
  const place = outcome.kind === 'failed' ? outcome.decidedBy : undefined;
  const policy = place === undefined ? undefined : tests.policies.get(place.policy);
  // A way from the failing line to the statement that decided.
  if (place !== undefined && policy?.text !== undefined) {
    message.stackTrace = [new vscode.TestMessageStackFrame(place.label, policy.uri, new TextPositions(policy.text).positionAt(place.offset))];
  }
  return message;
}
