import * as l10n from '@vscode/l10n';
import { prettyJson } from '../../util/json';
import { renderTemplate, type RenderedTemplate } from '../renderTemplate';
import { certificateParameter } from '../templateDocument';
import { parseTemplate } from './templateModel';
import { textOf } from '../../policy/model';

/** The id of a certificate that does not exist yet, as the preview shows it. */
export const sampleCertificateId = 'c0ffee'.repeat(10) + 'c0ff';

export interface PreviewParameter {
  readonly name: string;
  /** What was typed, or comes from the device's configuration; empty when nothing is sent. */
  readonly value: string;
  /** Shown in an empty field. */
  readonly defaultValue?: string;
  /** A device that sends nothing would fail. */
  readonly missing: boolean;
}

export interface PreviewSection {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: string; readonly code?: true }[];
}

export interface PreviewState {
  readonly title: string;
  readonly parameters: readonly PreviewParameter[];
  readonly sections: readonly PreviewSection[];
  readonly problems: readonly { readonly message: string; readonly line: number; readonly offset: number; readonly length: number }[];
  /** One sentence for screen readers. */
  readonly summary: string;
}

/**
 * What the preview shows of a template. Pure: the same text and values give the same state.
 *
 * @param values what is sent, by parameter; an empty text means that the parameter is not sent
 */
export function previewState(title: string, text: string, values: Readonly<Record<string, string>>): PreviewState {
  const parsed = parseTemplate(text);
  const declared = parsed.kind === 'template' ? [...parsed.template.parameters.values()] : [];
  const source = parsed.kind === 'template' ? parsed.template.source : '';
  const sent = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const parameters = declared
    .filter(({ name }) => name.value !== certificateParameter)
    .map(({ name, defaultNode }): PreviewParameter => {
      const defaultValue = textOf(defaultNode, source)?.value;
      const value = Object.hasOwn(sent, name.value) ? (sent[name.value] ?? '') : '';
      return { name: name.value, value, ...(defaultValue === undefined ? {} : { defaultValue }), missing: value === '' && defaultValue === undefined };
    });
  const { rendered, problems } = renderTemplate(text, sent, { certificateId: sampleCertificateId });
  const starts = lineStarts(text);
  return {
    title,
    parameters,
    sections: sectionsOf(rendered),
    problems: problems.map(({ message, offset, length }) => ({ message, offset, length, line: lineAt(starts, offset) })),
    summary: problems.length === 0 ? l10n.t('The device is provisioned.') : l10n.t('{0} problems: the device is not provisioned.', problems.length),
  };
}

function sectionsOf(rendered: RenderedTemplate): readonly PreviewSection[] {
  const sections: PreviewSection[] = [];
  for (const thing of rendered.things) {
    const rows = [{ label: l10n.t('Name'), value: thing.name }];
    if (thing.type !== undefined) rows.push({ label: l10n.t('Thing type'), value: thing.type });
    if (thing.billingGroup !== undefined) rows.push({ label: l10n.t('Billing group'), value: thing.billingGroup });
    rows.push(...thing.groups.map((group) => ({ label: l10n.t('Thing group'), value: group })));
    rows.push(...Object.entries(thing.attributes).map(([name, value]) => ({ label: l10n.t('Attribute {0}', name), value })));
    rows.push(...Object.entries(thing.overrideSettings).map(([name, value]) => ({ label: l10n.t('When {0} is there already', name), value })));
    sections.push({ title: l10n.t('Thing'), rows });
  }
  for (const certificate of rendered.certificates) {
    const exclusive = certificate.principalType === 'EXCLUSIVE_THING';
    sections.push({
      title: l10n.t('Certificate'),
      rows: [
        { label: l10n.t('State'), value: certificate.status === 'ACTIVE' ? l10n.t('active: the device can connect') : l10n.t('inactive: the device cannot connect') },
        { label: l10n.t('Attached to'), value: exclusive ? l10n.t('this thing only') : l10n.t('this thing; others are possible') },
      ],
    });
  }
  for (const policy of rendered.policies) {
    const row = 'name' in policy ? { label: l10n.t('Name'), value: policy.name } : { label: l10n.t('Document'), value: prettyJson(policy.document).trimEnd(), code: true as const };
    sections.push({ title: l10n.t('Policy {0}', policy.logicalName), rows: [row] });
  }
  const configuration = Object.entries(rendered.deviceConfiguration);
  if (configuration.length > 0) sections.push({ title: l10n.t('Device configuration'), rows: configuration.map(([label, value]) => ({ label, value: String(value) })) });
  return sections;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** From 1. */
function lineAt(starts: readonly number[], offset: number): number {
  return starts.findLastIndex((start) => start <= offset) + 1;
}
