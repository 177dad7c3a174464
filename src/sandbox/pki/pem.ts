/** PEM as AWS and OpenSSL write it: 64 characters a line, a new line at the end. */
export function toPem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The first block with this label, with its own lines. Throws when the text has none. */
export function pemBlock(text: string, label: string): string {
  const block = new RegExp(`-----BEGIN ${label}-----[^-]*-----END ${label}-----`).exec(text);
  if (block === null) throw new Error(`The text holds no ${label}.`);
  return `${block[0]}\n`;
}
