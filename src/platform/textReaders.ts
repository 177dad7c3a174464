import { readFile } from 'node:fs/promises';

/** A stack template may have 1 MB; what is longer is no template. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const longest = 1_048_576;
const timeoutMs = 30_000;

export async function readTextFile(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
}

/** Text behind a URL; plain `http` only to this computer. Throws Error with a reason in words. */
export async function readTextUrl(url: string, signal: AbortSignal): Promise<string> {
  const address = new URL(url);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && loopback)) throw new Error('only https addresses are read');
  const response = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), redirect: 'follow' });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
  const decoder = new TextDecoder('utf-8', { fatal: false });
  let text = '';
  let bytes = 0;
  const stream: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the download.
    if (bytes > longest) throw new Error(`it is longer than ${longest} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return (text + decoder.decode()).replace(/^\uFEFF/, '');
}
