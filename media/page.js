// @ts-check
/**
 * What all pages share: how elements are made, how the extension is spoken to. Every text is set as text, never as HTML.
 *
 * A page is a module that imports this one. The content security policy lets scripts run by nonce only; what a script with
 * the nonce imports has its nonce too: https://html.spec.whatwg.org/multipage/webappapis.html#descendant-script-fetch-options
 *
 * @typedef {{ class?: string, text?: string, attributes?: Record<string, string | number>, children?: (Node | undefined)[] }} Parts
 */

/**
 * @template From messages to the extension
 * @template [Kept=undefined] what VS Code keeps of the page while nobody sees it
 * @typedef {{ postMessage(message: From): void, getState(): Kept | undefined, setState(state: Kept): void }} Host
 */

/** The extension. A page gives it the types of its messages. @type {Host<any, any>} */
// @ts-ignore -- the host puts this function there; it may be called once
export const host = acquireVsCodeApi();

export const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const announcer = /** @type {HTMLElement} */ (document.getElementById('announce'));
/** @type {Record<string, string>} */
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}');

/** @param {string} key @param {string[]} values */
export const text = (key, ...values) => (texts[key] ?? key).replace(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? '');

/** Tells screen readers; nothing that is seen changes. @param {string} words */
export function announce(words) {
  announcer.textContent = words;
}

/** @template {Element} T @param {T} node @param {Parts} parts @returns {T} */
function fill(node, parts) {
  if (parts.class !== undefined) node.setAttribute('class', parts.class);
  if (parts.text !== undefined) node.textContent = parts.text;
  for (const [name, value] of Object.entries(parts.attributes ?? {})) node.setAttribute(name, String(value));
  for (const child of parts.children ?? []) if (child !== undefined) node.append(child);
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Parts} [parts]
 */
export const element = (tag, parts = {}) => fill(document.createElement(tag), parts);

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Parts} [parts]
 */
export const shape = (tag, parts = {}) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), parts);

/** @param {{ id: string, label: string, kind?: 'primary' | 'secondary' | 'link', aria?: string, click: () => void }} options */
export function button({ id, label, kind = 'secondary', aria, click }) {
  const node = element('button', { text: label, class: kind, attributes: { type: 'button', id, ...(aria === undefined ? {} : { 'aria-label': aria }) } });
  node.addEventListener('click', click);
  return node;
}

/** A row of headings of columns. @param {(string | Node)[]} headings */
export const headRow = (headings) => element('thead', { children: [element('tr', { children: headings.map((heading) => element('th', { attributes: { scope: 'col' }, ...(typeof heading === 'string' ? { text: heading } : { children: [heading] }) })) })] });

/** Draws anew; what had the focus has it again, if it is still there. @param {() => void} draw */
export function keepingFocus(draw) {
  const focused = document.activeElement?.id ?? '';
  draw();
  if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Takes what the extension sends, and asks for it. @template To @param {(message: To) => void} take */
export function listen(take) {
  window.addEventListener('message', (event) => take(event.data));
  host.postMessage({ type: 'ready' });
}
