import { parseArn } from '../arn';
import { parsePolicy } from '../model';
import type { PolicyTarget } from '../ruleContext';

/** For policies without any ARN: the account that AWS's own examples use. Such policies cannot tell accounts apart. */
export const exampleTarget: PolicyTarget = { partition: 'aws', region: 'us-east-1', account: '123456789012' };

/**
 * Partition, region and account that most ARNs of the policies name, so that tests need not repeat them. Each part by
 * itself: `arn:aws:iot:*:123456789012:topic/a` still tells the account.
 */
export function targetOfPolicies(texts: readonly string[]): PolicyTarget {
  const parts = { partition: new Map<string, number>(), region: new Map<string, number>(), account: new Map<string, number>() };
  const count = (of: keyof PolicyTarget, value: string, pattern: RegExp): void => {
    if (pattern.test(value)) parts[of].set(value, (parts[of].get(value) ?? 0) + 1);
  };
  for (const text of texts) {
    const parsed = parsePolicy(text);
    if (parsed.kind !== 'policy') continue;
    for (const statement of parsed.policy.statements) {
      for (const resource of [...statement.resources, ...statement.notResources]) {
        const arn = parseArn(resource.value);
        if (arn === undefined) continue;
        count('partition', arn.partition.text, /^aws(-[a-z]+)*$/);
        count('region', arn.region.text, /^[a-z]{2,}(-[a-z]+)+-\d+$/);
        count('account', arn.account.text, /^\d{12}$/);
      }
    }
  }
  const most = (of: keyof PolicyTarget): string => [...parts[of]].sort((one, other) => other[1] - one[1])[0]?.[0] ?? exampleTarget[of];
  return { partition: most('partition'), region: most('region'), account: most('account') };
}
