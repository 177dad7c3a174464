import * as l10n from '@vscode/l10n';
import { nearest } from '../core/policy/nearest';
import type { TemplateCode } from '../core/provisioning/template/templateCodes';
import { templateFacts } from '../core/provisioning/templateBody';

/** A difference between what a device's configuration sends and what its template declares. Offsets are of the YAML text. */
export interface DeviceParameterFinding {
  readonly code: Extract<TemplateCode, 'parameterNotGiven' | 'parameterNotDeclared'>;
  readonly offset: number;
  readonly length: number;
  /** Localized. */
  readonly message: string;
}

export interface DeviceParameters {
  readonly values: Readonly<Record<string, string>>;
  readonly findings: readonly DeviceParameterFinding[];
}

/**
 * Where the two nuclei keep the parameters.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-configuration.html and, for nucleus lite,
 * https://github.com/aws-greengrass/aws-greengrass-lite/blob/main/docs/fleet_provisioning.md
 */
const places = [
  { plugin: 'aws.greengrass.FleetProvisioningByClaim', key: 'templateParameters' },
  { plugin: 'aws.greengrass.fleet_provisioning', key: 'templateParams' },
] as const;

/** Is it worth reading this YAML text? */
export function mayHoldParameters(text: string): boolean {
  return text.length < 1_000_000 && places.some(({ plugin }) => text.includes(plugin));
}

/** What a device's configuration sends, held against its template. Never throws: a text that is no such YAML has nothing. */
export async function deviceParameters(yamlText: string, templateText: string): Promise<DeviceParameters> {
  if (!mayHoldParameters(yamlText)) return { values: {}, findings: [] };
  // Loaded on first use: nothing else here needs YAML.
  const { isMap, isScalar, parseDocument } = await import('yaml');
  const declared = templateFacts(templateText).parameters;
  const values: Record<string, string> = {};
  const findings: DeviceParameterFinding[] = [];
  const span = (node: unknown): { offset: number; length: number } => {
    const range = typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? (node.range as number[]) : [0, 0];
    return { offset: range[0] ?? 0, length: Math.max(0, (range[1] ?? 0) - (range[0] ?? 0)) };
  };
  const document = parseDocument(yamlText, { logLevel: 'silent' });
  if (document.errors.length > 0) return { values, findings };
  for (const { plugin, key } of places) {
    const configuration: unknown = document.getIn(['services', plugin, 'configuration'], true);
    if (!isMap(configuration)) continue;
    const pair = configuration.items.find((item) => isScalar(item.key) && item.key.value === key);
    const given = new Set<string>();
    for (const item of isMap(pair?.value) ? pair.value.items : []) {
      if (!isScalar(item.key)) continue;
      const name = String(item.key.value);
      given.add(name);
      const value: unknown = isScalar(item.value) ? item.value.value : undefined;
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') values[name] = String(value);
      if (declared.some((parameter) => parameter.name === name)) continue;
      const suggestion = nearest(name, declared.map((parameter) => parameter.name));
      const message = l10n.t('The template declares no parameter {0}: AWS IoT ignores it.', name);
      findings.push({ code: 'parameterNotDeclared', ...span(item.key), message: suggestion === undefined ? message : `${message} ${l10n.t('Did you mean {0}?', suggestion)}` });
    }
    const at = span(pair?.key ?? configuration.items[0]?.key);
    for (const { name, defaultValue } of declared) {
      if (defaultValue !== undefined || given.has(name)) continue;
      findings.push({ code: 'parameterNotGiven', ...at, message: l10n.t('The template needs a value for {0}, which has no default: add it to {1}.', name, key) });
    }
  }
  return { values, findings: findings.sort((a, b) => a.offset - b.offset) };
}
