import * as l10n from '@vscode/l10n';
import type { AwsTarget } from '../../core/ports/identity';
import type { Typed } from '../../core/search/typed';
import { parseArn } from '../../core/util/arn';

/** Why an ARN is not looked for: a thing of the same name in this account would be another one. Localized. */
export function notHere(text: string, typed: Typed, { account, region }: AwsTarget): string | undefined {
  const arn = parseArn(text);
  if (arn === undefined) return undefined;
  if ((arn.account !== '' && arn.account !== account) || (arn.region !== '' && arn.region !== region)) {
    return l10n.t('This ARN is of account {0}, {1}; you are connected to {2}, {3}.', arn.account, arn.region === '' ? l10n.t('all regions') : arn.region, account, region);
  }
  if (typed.kind !== 'elsewhere') return undefined;
  return l10n.t('Things, core devices, certificates, policies and the members of a thing group are found by their ARN; this is the ARN of something else.');
}
