import type { AccountKnowledge } from './accountKnowledge';
import { DocumentDiagnostics, leftToJsonService, toDiagnostic } from './documentDiagnostics';
import type { PolicyAnalysis } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

/** Name that stands in front of every message in the Problems view. */
export const diagnosticSource = 'IoT policy';

/** The findings in policy files. `onError` is told of a check that failed. */
export function policyDiagnostics(analysis: PolicyAnalysis, account: AccountKnowledge, onError: (error: unknown) => void): DocumentDiagnostics {
  return new DocumentDiagnostics({
    name: 'policy',
    isOurs: isPolicyDocument,
    check: (document) => analysis.findings(document).flatMap((finding) => (leftToJsonService(finding, document) ? [] : [toDiagnostic(document, diagnosticSource, finding)])),
    invalidate: () => analysis.invalidate(),
    onDidChange: account.onDidChange,
    onError,
  });
}
