import * as l10n from '@vscode/l10n';
import { FleetError } from '../errors';
import { tryParseJson } from '../util/json';
import { intrinsic, isList, rewriteDocument, rewriteText, type Json, type JsonObject, type Rewriting } from './rewrite';
import type { ExportedRole, ExportedRoles } from './setup';

/** What the two roles bring into the exported template. */
export interface RolesPart {
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly parameterGroups: readonly Json[];
  readonly conditions: JsonObject;
  readonly resources: JsonObject;
  readonly tokenExchange: string;
  readonly provisioning: string;
}

/** Logical ids of the roles, which the bundled template uses too. */
const tokenExchange = 'TokenExchangeRole';
const provisioning = 'FleetProvisioningRole';

/** @param note told what a person has to know who deploys the template elsewhere. Localized. */
export function rolesPart(roles: ExportedRoles, rewriting: Rewriting, note: (text: string) => void): RolesPart {
  if (roles.kind === 'bundled') return bundledPart(roles.template, roles.parameters, rewriting, note);
  const one = roles.tokenExchange.arn === roles.provisioning.arn;
  return {
    parameters: {},
    parameterGroups: [],
    conditions: {},
    resources: {
      [tokenExchange]: roleResource(roles.tokenExchange, rewriting, note),
      ...(one ? {} : { [provisioning]: roleResource(roles.provisioning, rewriting, note) }),
    },
    tokenExchange,
    provisioning: one ? tokenExchange : provisioning,
  };
}

/** The bundled template's roles with the deployed stack's parameter values as defaults. */
function bundledPart(text: string, values: Readonly<Record<string, string>>, { place }: Rewriting, note: (text: string) => void): RolesPart {
  const template = jsonObject(text, l10n.t('the template of the roles stack'));
  const parameters = Object.entries(objectOf(template['Parameters'])).map(([name, definition]): [string, JsonObject] => {
    const own = objectOf(definition);
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return [name, own];
    if (!value.includes(place.account)) return [name, { ...own, Default: own['Type'] === 'Number' ? Number(value) : value }];
    // A default cannot say "the account of the stack", and that of this account would be wrong in every other one.
    note(l10n.t('The parameter {0} has no default, because {1} is of this account: give each account its own.', name, value));
    return [name, Object.fromEntries(Object.entries(own).filter(([key]) => key !== 'Default'))];
  });
  const groups = objectOf(objectOf(template['Metadata'])['AWS::CloudFormation::Interface'])['ParameterGroups'];
  return {
    parameters: Object.fromEntries(parameters),
    parameterGroups: groups !== undefined && isList(groups) ? groups : [],
    conditions: objectOf(template['Conditions']),
    resources: objectOf(template['Resources']),
    tokenExchange,
    provisioning,
  };
}

/** A role without a name of its own: role names are one per account, and the stack may be in several of its regions. */
function roleResource(role: ExportedRole, rewriting: Rewriting, note: (text: string) => void): JsonObject {
  const arnText = (arn: string): Json => {
    if (arn.includes(`:${rewriting.place.account}:`)) note(l10n.t('{0} is not part of the template: each account needs a policy of that name.', arn));
    return intrinsic(rewriteText(arn, rewriting));
  };
  const document = (text: string): Json => rewriteDocument(jsonObject(text, l10n.t('a policy of the role {0}', role.arn)), rewriting);
  const path = /:role(\/(?:.*\/)?)[^/]+$/.exec(role.arn)?.[1] ?? '/';
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...(path === '/' ? {} : { Path: path }),
      AssumeRolePolicyDocument: document(role.trustPolicy),
      MaxSessionDuration: role.maxSessionDuration,
      ...(role.permissionsBoundaryArn === undefined ? {} : { PermissionsBoundary: arnText(role.permissionsBoundaryArn) }),
      ...(role.managedArns.length === 0 ? {} : { ManagedPolicyArns: role.managedArns.map(arnText) }),
      ...(role.inline.length === 0 ? {} : { Policies: role.inline.map(({ name, document: policy }) => ({ PolicyName: name, PolicyDocument: document(policy) })) }),
    },
  };
}

/** A JSON object that AWS or we have written; throws FleetError when it is none. */
export function jsonObject(text: string, what: string): JsonObject {
  const value = tryParseJson(text)?.value as Json | undefined;
  if (typeof value === 'object' && value !== null && !isList(value)) return value;
  throw new FleetError(l10n.t('The set-up cannot be exported, because {0} is not JSON.', what), { category: 'validation', code: 'exportNotJson' });
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}
