import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import type { AwsTarget } from '../core/ports/identity';
import { parseArn } from '../core/util/arn';
import { targetOf, type CommandTarget } from './commandTargets';
import { parseDeployedUri } from './deployedUri';

type Place = Pick<AwsTarget, 'account' | 'region'>;

/** Where the node, the ARN or the deployed document is that a command was called on; undefined where it does not say, as with IAM, which has no regions. */
export function placeOf(argument: unknown): { readonly region: string; readonly account?: string } | undefined {
  if (argument instanceof vscode.Uri) return parseDeployedUri(argument);
  const { copyText, consoleArn, inRegion } = targetOf(argument);
  const arn = [copyText, consoleArn].map((text) => parseArn(text ?? '')).find((one) => one !== undefined && one.region !== '');
  const region = inRegion ?? arn?.region;
  if (region === undefined) return undefined;
  return { region, ...(arn === undefined || !/^\d{12}$/.test(arn.account) ? {} : { account: arn.account }) };
}

/**
 * Throws when what a command was called on is not where the connection is. The same name there is another resource: it must
 * never be changed, shown or compared in the other's place.
 */
export function refuseElsewhere(argument: unknown, connected: Place): void {
  const place = placeOf(argument);
  if (place === undefined) return;
  const { region, account = connected.account } = place;
  if (account !== connected.account) {
    throw new FleetError(vscode.l10n.t('This resource is in account {0}; the connection is to account {1}.', account, connected.account), {
      category: 'conflict',
      code: 'otherAccount',
      advice: vscode.l10n.t('Connect to its account first.'),
      remedies: [{ kind: 'chooseProfile' }],
    });
  }
  if (region !== connected.region) {
    throw new FleetError(vscode.l10n.t('This resource is in region {0}; the connection is to {1}.', region, connected.region), {
      category: 'region',
      code: 'otherRegion',
      advice: vscode.l10n.t('Switch to its region first. Nothing has been changed.'),
      remedies: [{ kind: 'switchRegion', region }],
    });
  }
}

/** Guards all commands: what they are called on is held against the connection, which is made first where there is none. */
export function guardOf(session: { readonly current: { readonly target: Place } | undefined; connection(): Promise<{ readonly target: Place }> }): (argument: unknown) => Promise<void> | undefined {
  return (argument) => {
    if (placeOf(argument) === undefined || !vscode.workspace.isTrusted) return undefined;
    return (async () => refuseElsewhere(argument, (session.current ?? (await session.connection())).target))();
  };
}

/** The target in a command's argument, for a command that works through this connection. */
export function targetAt(connected: Place, argument: unknown): CommandTarget {
  refuseElsewhere(argument, connected);
  return targetOf(argument);
}
