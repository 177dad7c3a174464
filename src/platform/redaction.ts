/**
 * Takes secrets out of text before it reaches the log. The log is what people attach to bug reports, so anything
 * that could be used against an account is removed even where nobody meant to write it.
 */
const replacement = '[redacted]';

const patterns: readonly (readonly [RegExp, string])[] = [
  // A private key, also one that was cut off or whose line ends were escaped by JSON.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, `[redacted private key]`],
  // name: value in JSON, INI, environment and header spelling.
  [
    /((?:aws_?)?(?:secret_?access_?key|secret_?key|session_?token|security_?token|access_?token|refresh_?token|client_?secret|password|mfa_?code|token_?code))(["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',;&}]+)/gi,
    `$1$2${replacement}`,
  ],
  [/(x-amz-security-token["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi, `$1${replacement}`],
  [/(x-amz-signature["']?\s*[:=]\s*["']?|\bSignature=)[0-9a-f]{16,}/gi, `$1${replacement}`],
  [/(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"',;}]+/gi, `$1${replacement}`],
  // A JSON web token (SSO and OIDC).
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)?/g, replacement],
  // A bare secret access key is 40 characters of base64; a digest in hexadecimal has no upper case.
  [/(?<![A-Za-z0-9/+=_.-])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.-])/g, replacement],
  // A bare session token: no readable text has a run like this.
  [/[A-Za-z0-9/+]{120,}={0,2}/g, replacement],
];

/** The text with private keys, secret access keys, session tokens, passwords and signatures replaced. */
export function redact(text: string): string {
  let clean = text;
  for (const [pattern, by] of patterns) clean = clean.replace(pattern, by);
  return clean;
}
