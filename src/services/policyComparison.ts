import * as l10n from '@vscode/l10n';
import { FleetError } from '../core/errors';
import type { SimulatedAnswer } from '../core/policy/simulate';
import { authorizationQuestions, type AwsAnswers } from '../core/policy/simulateView';
import type { Connection } from '../core/ports/connection';
import type { AuthorizationAnswer } from '../core/ports/iotApi';

/** More attached policies than a certificate can have; more targets than a person waits for. */
const most = 50;

/**
 * Asks AWS IoT the questions of a simulation, about the deployed policy of this name, with a certificate that has it; else
 * with the claim certificate, as if it had this policy alone. Throws FleetError when the policy or any certificate is missing.
 */
export async function compareWithAws(
  connection: Connection,
  input: { readonly policyName: string; readonly claimPolicyName: string; readonly text: string; readonly answers: readonly SimulatedAnswer[]; readonly thing: string },
  signal: AbortSignal,
): Promise<AwsAnswers> {
  const { policyName, claimPolicyName, text, answers } = input;
  const { iot, target } = connection;
  const asked = authorizationQuestions(answers);
  if (asked.length === 0) {
    throw new FleetError(l10n.t('AWS cannot be asked any of these questions.'), {
      category: 'validation',
      code: 'nothingToAskAws',
      advice: l10n.t('TestAuthorization knows connect, publish, subscribe and receive only. Simulate one of these.'),
    });
  }
  const deployed = await iot.getPolicy(policyName, { signal });
  if (deployed === undefined) {
    throw new FleetError(l10n.t('AWS cannot be asked: the IoT policy {0} is not in account {1}, {2}.', policyName, target.account, target.region), {
      category: 'notFound',
      code: 'policyNotDeployed',
      advice: l10n.t('AWS answers for deployed policies only. Publish the file first.'),
      remedies: [{ kind: 'runStep', step: 'iotPolicy' }],
    });
  }
  const own = await firstCertificate(connection, policyName, signal);
  const chosen = own ?? (await firstCertificate(connection, claimPolicyName, signal));
  if (chosen === undefined) {
    throw new FleetError(l10n.t('AWS cannot be asked: no certificate has the policy {0}, and there is no claim certificate either.', policyName), {
      category: 'notFound',
      code: 'noPrincipal',
      advice: l10n.t('AWS answers for a certificate. Create the claim certificate, or provision a device.'),
      remedies: [{ kind: 'runStep', step: 'claimCertificate' }],
    });
  }
  const principal = chosen.arn;
  const others: string[] = [];
  for await (const { name } of iot.listAttachedPolicies(principal, { signal })) {
    if (name !== policyName) others.push(name);
    if (others.length >= most) break;
  }
  const results: (AuthorizationAnswer | undefined)[] = answers.map(() => undefined);
  for (const clientId of new Set(asked.map((item) => item.clientId))) {
    const items = asked.filter((item) => item.clientId === clientId);
    const found = await iot.testAuthorization(
      { principal, clientId, questions: items.map((item) => item.question), addPolicies: own === undefined ? [policyName] : [], skipPolicies: others },
      { signal },
    );
    items.forEach((item, index) => (results[item.row] = found[index]));
  }
  const id = principal.slice(principal.lastIndexOf('/') + 1, principal.lastIndexOf('/') + 13);
  return {
    answers: results,
    notes: [
      own === undefined
        ? l10n.t('No certificate has the policy {0}. AWS was asked as if the claim certificate {1}… had it and no other.', policyName, id)
        : l10n.t('AWS was asked for the certificate {0}… that has the policy {1}; its other policies were left out.', id, policyName),
      ...(chosen.status === undefined || chosen.status === 'ACTIVE' ? [] : [l10n.t('The certificate {0}… is {1}, and no active one was found: AWS lets no device connect with it, whatever the policy says.', id, chosen.status)]),
      ...(same(text, deployed.document) ? [] : [l10n.t('The text differs from the deployed policy {0}, so answers may differ: AWS answers for what is deployed.', policyName)]),
      l10n.t('The simulation takes {0} for a thing that the certificate is attached to; AWS looks at the real attachment.', input.thing),
    ],
  };
}

/** More certificates than this are not asked for their state, one call each. */
const mostStates = 10;

/** A certificate with the policy: an active one where there is one among the first, because AWS refuses all others whatever the policy says. */
async function firstCertificate({ iot }: Connection, policyName: string, signal: AbortSignal): Promise<Principal | undefined> {
  if ((await iot.getPolicy(policyName, { signal })) === undefined) return undefined;
  let looked = 0;
  let asked = 0;
  let first: Principal | undefined;
  for await (const arn of iot.listTargetsForPolicy(policyName, { signal })) {
    const id = /:cert\/([0-9a-f]{64})$/.exec(arn)?.[1];
    if (id !== undefined) {
      const status = (await iot.describeCertificate(id, { signal }))?.status;
      if (status === 'ACTIVE') return { arn, status };
      first ??= { arn, status };
      asked += 1;
    }
    looked += 1;
    if (looked >= most || asked >= mostStates) break;
  }
  return first;
}

interface Principal {
  readonly arn: string;
  /** Undefined when AWS does not tell. */
  readonly status: string | undefined;
}

/** The same JSON, whatever its white space. */
function same(one: string, other: string): boolean {
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return one === other;
  }
}
