import fs from 'node:fs';
import { parseArgs } from 'node:util';
import * as l10n from '@vscode/l10n';
import { parse as parseJson, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { Severity } from '../core/policy/finding';
import { findingCodes } from '../core/policy/findingCodes';
import { nearest } from '../core/policy/nearest';
import type { PolicyTarget, RuleSeverities } from '../core/policy/ruleContext';
import { templateCodes } from '../core/provisioning/template/templateCodes';
import { partitionOfRegion } from '../core/util/regions';

export const formats = ['text', 'json', 'sarif'] as const;
export type Format = (typeof formats)[number];

/** From the one that fails a check soonest to the one that fails it last. */
export const severities = ['error', 'warning', 'information'] as const satisfies readonly Severity[];

/** What the person asks for. */
export interface CheckOptions {
  /** Files, folders and globs, as they were written. */
  readonly files: readonly string[];
  readonly format: Format;
  /** The least severity that makes the check fail. */
  readonly threshold: Severity;
  readonly target: PolicyTarget | undefined;
  readonly policyRules: RuleSeverities;
  readonly templateRules: RuleSeverities;
  /** More names of policies and templates, as globs. */
  readonly policyFiles: readonly string[];
  readonly templateFiles: readonly string[];
}

/** The command line cannot be followed; the message says why. */
export class UsageError extends Error {}

export const usage = `Checks AWS IoT policies, fleet provisioning templates and policy tests.

Usage: node check.js FILES… [options]

FILES are files, folders or globs. Folders and globs are searched for
*iot-policy*.json, *.iot-policy.json, *provisioning-template*.json and
*.policy-tests.json. A file that is named itself may have any name: what it is
follows from its contents.

  --format text|json|sarif     how findings are printed (text)
  --severity error|warning|information
                               the lowest severity that makes the check fail (error)
  --account 123456789012       what ARNs are compared with; --region goes with it,
  --region eu-central-1        the partition follows from the region
  --partition aws
  --settings FILE              takes greengrassFleet.policyRules, .templateRules,
                               .policyFiles and .templateFiles from a settings.json
  --policy-rule CODE=SEVERITY  severity of one finding in policies: error, warning,
                               information or off; may be repeated
  --template-rule CODE=SEVERITY
  --policy-files GLOB          more names of policies; may be repeated
  --template-files GLOB
  --texts FILE                 translated texts (bundle.l10n.*.json)
  --help, --version

Examples:
  node check.js .
  node check.js policies/pump.json templates --severity warning
  node check.js . --format sarif > findings.sarif

Exit code:
  0  nothing found that is as severe as --severity says
  1  findings
  2  the command line is wrong, a file cannot be read, or a glob matches nothing
`;

/** The command line, taken apart but not judged yet. Throws UsageError for an option that there is not. */
export function readArguments(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        severity: { type: 'string' },
        account: { type: 'string' },
        region: { type: 'string' },
        partition: { type: 'string' },
        settings: { type: 'string' },
        'policy-rule': { type: 'string', multiple: true },
        'template-rule': { type: 'string', multiple: true },
        'policy-files': { type: 'string', multiple: true },
        'template-files': { type: 'string', multiple: true },
        texts: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    return { ...values, files: positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * What a command line asks for. Throws UsageError when it cannot be followed.
 *
 * @param warn told of what is strange but harmless
 */
export function checkOptions(given: ReturnType<typeof readArguments>, warn: (message: string) => void): CheckOptions {
  if (given.files.length === 0) throw new UsageError(l10n.t('Name the files or folders to check.'));
  const settings = given.settings === undefined ? {} : readSettings(given.settings);
  const rules = (setting: unknown, options: readonly string[] | undefined, codes: readonly string[]): RuleSeverities => ({ ...severitiesIn(setting), ...ruleOptions(options ?? [], codes, warn) });
  const policyCodes = Object.keys(findingCodes);
  return {
    files: given.files,
    format: oneOf('--format', given.format ?? 'text', formats),
    threshold: oneOf('--severity', given.severity ?? 'error', severities),
    target: targetOf(given),
    policyRules: rules(settings['greengrassFleet.policyRules'], given['policy-rule'], policyCodes),
    templateRules: rules(settings['greengrassFleet.templateRules'], given['template-rule'], Object.keys(templateCodes)),
    policyFiles: [...strings(settings['greengrassFleet.policyFiles']), ...(given['policy-files'] ?? [])],
    templateFiles: [...strings(settings['greengrassFleet.templateFiles']), ...(given['template-files'] ?? [])],
  };
}

function oneOf<T extends string>(option: string, value: string, values: readonly T[]): T {
  const found = values.find((item) => item === value);
  if (found === undefined) throw new UsageError(l10n.t('{0} takes one of {1}, not “{2}”.', option, values.join(', '), value));
  return found;
}

function targetOf({ account, region, partition }: { readonly account?: string; readonly region?: string; readonly partition?: string }): PolicyTarget | undefined {
  if (account === undefined && region === undefined && partition === undefined) return undefined;
  if (account === undefined || region === undefined) throw new UsageError(l10n.t('--account and --region are given together.'));
  if (!/^\d{12}$/.test(account)) throw new UsageError(l10n.t('An account has 12 digits.'));
  const known = partition ?? partitionOfRegion(region);
  if (known === undefined) throw new UsageError(l10n.t('The region “{0}” is not known; name its partition with --partition.', region));
  return { account, region, partition: known };
}

function ruleOptions(options: readonly string[], codes: readonly string[], warn: (message: string) => void): RuleSeverities {
  const rules: Record<string, Severity | 'off'> = {};
  for (const option of options) {
    const [code = '', severity = ''] = option.split('=');
    if (!codes.includes(code)) {
      const meant = nearest(code, codes);
      // Not an error: settings may name rules of another version.
      warn(meant === undefined ? l10n.t('There is no rule “{0}”.', code) : l10n.t('There is no rule “{0}”. Did you mean “{1}”?', code, meant));
    }
    rules[code] = oneOf(code, severity, [...severities, 'off']);
  }
  return rules;
}

/** The settings that may be read from a file, whatever they hold. */
function readSettings(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(l10n.t('{0} cannot be read: {1}', file, error instanceof Error ? error.message : String(error)));
  }
  const errors: ParseError[] = [];
  const value: unknown = parseJson(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) throw new UsageError(l10n.t('{0} is not valid JSON: {1}.', file, printParseErrorCode(error.error)));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** As in the editor: what is no severity is passed over. */
function severitiesIn(setting: unknown): RuleSeverities {
  if (typeof setting !== 'object' || setting === null) return {};
  return Object.fromEntries(Object.entries(setting).filter((entry): entry is [string, Severity | 'off'] => entry[1] === 'off' || severities.some((item) => item === entry[1])));
}

function strings(setting: unknown): readonly string[] {
  return Array.isArray(setting) ? setting.filter((item) => typeof item === 'string') : [];
}
