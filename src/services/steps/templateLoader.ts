import * as l10n from '@vscode/l10n';
import { FleetError, isCancelled } from '../../core/errors';
import type { TemplateSource } from '../../core/ports/stackApi';
import { inlineTemplateBytes, isS3Url, templateOrigin, utf8Bytes } from '../../core/stack/templateSource';

export interface TemplateReaders {
  /** Text of the template that comes with the extension. */
  readonly bundled: () => Promise<string>;
  /** Text of a file by absolute path. */
  readonly file: (path: string) => Promise<string>;
  /** Text behind an http(s) URL. */
  readonly url: (url: string, signal: AbortSignal) => Promise<string>;
}

export interface LoadedTemplate {
  /** What CloudFormation takes; undefined: the text is too long for a request, and can only be held against what is deployed. */
  readonly source?: TemplateSource;
  /** The text where we have it: given by URL only, a template may be too long to be read by us. */
  readonly body?: string;
  /** For messages, localized. */
  readonly label: string;
  readonly bundled: boolean;
}

/** Reads the template that the setting names: bundled, a file, a URL, or a console quick-create link. */
export async function loadTemplate(setting: string, readers: TemplateReaders, signal: AbortSignal): Promise<LoadedTemplate> {
  const origin = templateOrigin(setting);
  if (origin.kind === 'bundled') return inline(await readers.bundled(), l10n.t('the bundled template'), true);
  if (origin.kind === 'file') {
    const text = await readers.file(origin.path).catch((error: unknown) => {
      throw unreadable(origin.path, error);
    });
    return inline(text, origin.path, false);
  }
  // CloudFormation itself reads templates from S3 only, and only those that the caller may read; so the extension
  // fetches first, which works for every link, and hands the URL over when the text is too long or not for us.
  const text = await readers.url(origin.url, signal).catch((error: unknown) => {
    if (isCancelled(error) || !isS3Url(origin.url)) throw isCancelled(error) ? error : unreadable(origin.url, error);
    return undefined;
  });
  if (text === undefined || (utf8Bytes(text) > inlineTemplateBytes && isS3Url(origin.url))) {
    return { source: { url: origin.url }, ...(text === undefined ? {} : { body: text }), label: origin.url, bundled: false };
  }
  return inline(text, origin.url, false);
}

/** What to give CloudFormation. Throws FleetError for a text that it takes from S3 only. */
export function sourceOf({ source, label }: LoadedTemplate): TemplateSource {
  if (source !== undefined) return source;
  throw new FleetError(l10n.t('The template {0} is longer than {1} bytes, the most that CloudFormation takes in a request.', label, inlineTemplateBytes), {
    category: 'limit',
    code: 'templateTooLong',
    advice: l10n.t('Put it into an S3 bucket and give its URL instead.'),
  });
}

function inline(body: string, label: string, bundled: boolean): LoadedTemplate {
  return { ...(utf8Bytes(body) > inlineTemplateBytes ? {} : { source: { body } }), body, label, bundled };
}

function unreadable(label: string, error: unknown): unknown {
  if (isCancelled(error) || error instanceof FleetError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new FleetError(l10n.t('The stack template {0} cannot be read: {1}', label, reason), {
    category: 'file',
    code: 'templateUnreadable',
    advice: l10n.t('Check the setting for the stack template.'),
    cause: error,
  });
}
