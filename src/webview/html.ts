export interface PageParts {
  readonly cspSource: string;
  readonly nonce: string;
  /** A module; what it imports has its nonce. */
  readonly script: string;
  readonly styles: readonly string[];
  readonly language: string;
  readonly title: string;
  /** Fixed texts of the page, localized; read by the script from a data block. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * The empty page. Data never becomes HTML: it arrives by message and is set as text. Nothing but our scripts (by nonce) and
 * our style sheets loads.
 */
export function pageHtml(parts: PageParts): string {
  const csp = [`default-src 'none'`, `style-src ${parts.cspSource}`, `script-src 'nonce-${parts.nonce}'`, `base-uri 'none'`, `form-action 'none'`].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(parts.language)}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${escapeAttribute(csp)}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  ${parts.styles.map((style) => `<link rel="stylesheet" href="${escapeAttribute(style)}">`).join('\n  ')}
  <title>${escapeAttribute(parts.title)}</title>
</head>
<body data-texts="${escapeAttribute(JSON.stringify(parts.texts))}">
  <main id="page" aria-busy="true"></main>
  <div id="announce" role="status" aria-live="polite" class="visually-hidden"></div>
  <script type="module" nonce="${escapeAttribute(parts.nonce)}" src="${escapeAttribute(parts.script)}"></script>
</body>
</html>`;
}

export function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
