/** Longest template that goes inside the request. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const inlineTemplateBytes = 51_200;

/** The stack's name on the workshop's page and the setting's default: it stands for "no name was chosen". */
export const workshopStackName = 'GGv2Workshop';

/** Where the roles stack's template comes from. */
export type TemplateOrigin =
  | { readonly kind: 'bundled' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly stackName?: string; readonly region?: string };

/**
 * Understands the setting: empty, a path, a URL of a template, or a console quick-create link, which carries the URL
 * and the stack's name behind its `#`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
 */
export function templateOrigin(setting: string): TemplateOrigin {
  const text = setting.trim();
  if (text === '') return { kind: 'bundled' };
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return { kind: 'file', path: text };
  const link = new URL(text);
  const query = new URLSearchParams(link.hash.includes('?') ? link.hash.slice(link.hash.indexOf('?') + 1) : '');
  const template = query.get('templateURL') ?? query.get('templateUrl');
  if (!link.pathname.startsWith('/cloudformation') || template === null || !URL.canParse(template)) return { kind: 'url', url: text };
  const stackName = query.get('stackName');
  const region = link.searchParams.get('region');
  return {
    kind: 'url',
    url: template,
    ...(stackName === null || !/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(stackName) ? {} : { stackName }),
    ...(region === null ? {} : { region }),
  };
}

/** True for a URL that CloudFormation itself can read: it takes templates from Amazon S3 only. */
export function isS3Url(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && /^(?:[a-z0-9.-]+\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.test(hostname);
}

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
