import * as vscode from 'vscode';
import type { AwsTarget } from '../core/ports/identity';

/** Scheme of read-only documents that stand in the account. */
export const deployedScheme = 'greengrass-fleet-deployed';

export type DeployedKind = 'policy' | 'template';

export interface DeployedAddress {
  readonly kind: DeployedKind;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** A version; the default one without it. */
  readonly version?: string;
}

// The file name patterns of the language service and of the JSON schemas.
const extensions: Readonly<Record<DeployedKind, string>> = { policy: '.iot-policy.json', template: '.provisioning-template.json' };

/** `greengrass-fleet-deployed:/policy/<account>/<region>/<name>.iot-policy.json[?version=<n>]` */
export function deployedUri(kind: DeployedKind, target: Pick<AwsTarget, 'account' | 'region'>, name: string, version?: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: deployedScheme,
    path: `/${kind}/${target.account}/${target.region}/${name}${extensions[kind]}`,
    ...(version === undefined ? {} : { query: `version=${version}` }),
  });
}

export function parseDeployedUri(uri: vscode.Uri): DeployedAddress | undefined {
  const match = /^\/(policy|template)\/(\d{12})\/([a-z0-9-]+)\/([^/]+)$/.exec(uri.path);
  if (uri.scheme !== deployedScheme || match === null) return undefined;
  const [, kind, account, region, file] = match;
  if (account === undefined || region === undefined || file === undefined || (kind !== 'policy' && kind !== 'template')) return undefined;
  const version = /^version=(\d+)$/.exec(uri.query)?.[1];
  return { kind, account, region, name: file.slice(0, -extensions[kind].length), ...(version === undefined ? {} : { version }) };
}
