import * as l10n from '@vscode/l10n';
import { stringify } from 'yaml';
import { FleetError } from '../../core/errors';
import type { JsonObject } from '../../core/export/rewrite';
import { inlineTemplateBytes, utf8Bytes } from '../../core/stack/templateSource';

export type TemplateFormat = 'json' | 'yaml';

/** "1 MB" for a template in S3: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const largestTemplateBytes = 1_048_576;

export interface TemplateText {
  readonly text: string;
  /** Set when CloudFormation takes the template from S3 only. Localized. */
  readonly note?: string;
}

/** The template as text. YAML 1.1 is what CloudFormation reads: there `on` and `2012-10-17` need quotes. Throws FleetError beyond 1 MB. */
export function templateText(template: JsonObject, format: TemplateFormat): TemplateText {
  const text = format === 'json' ? `${JSON.stringify(template, undefined, 2)}\n` : stringify(template, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
  const bytes = utf8Bytes(text);
  if (bytes > largestTemplateBytes) {
    throw new FleetError(l10n.t('The exported template has {0} bytes; CloudFormation takes {1} at most.', bytes, largestTemplateBytes), { category: 'limit', code: 'exportTooLong' });
  }
  if (bytes <= inlineTemplateBytes) return { text };
  return { text, note: l10n.t('The template has {0} bytes: more than {1}, so CloudFormation takes it from an S3 bucket only.', bytes, inlineTemplateBytes) };
}
