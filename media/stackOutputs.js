// @ts-check
/**
 * The stack outputs page. Every text from the account is set as text, never as HTML.
 *
 * @typedef {import('../src/webview/protocol').ToPage} ToPage
 * @typedef {import('../src/webview/protocol').FromPage} FromPage
 * @typedef {import('../src/webview/protocol').PageState} PageState
 * @typedef {import('../src/webview/protocol').OutputRow} OutputRow
 * @typedef {import('../src/webview/protocol').EventRow} EventRow
 * @typedef {import('../src/webview/protocol').CopyFormat} CopyFormat
 * @typedef {{ filter: string, scroll: number, focus: string, events: '' | 'open' | 'closed' }} Kept
 */
import { announce, button, element, headRow, host, listen, page, text } from './page.js';

/** @type {import('./page.js').Host<FromPage, Kept>} */
const vscode = host;
/** @type {Kept} */
const kept = { filter: '', scroll: 0, focus: '', events: '', ...vscode.getState() };
let restored = false;
const keep = () => vscode.setState({ ...kept });

/** @param {PageState} state */
function draw(state) {
  page.setAttribute('aria-busy', String(state.kind === 'loading'));
  const caret = caretOfFilter();
  page.replaceChildren(...content(state));
  if (state.kind !== 'stack') return;
  applyFilter();
  restore();
  if (caret !== undefined) filterField()?.setSelectionRange(...caret);
}

function filterField() {
  return /** @type {HTMLInputElement | null} */ (document.getElementById('filter'));
}

/** Where somebody types while the page is drawn anew. @returns {[number, number] | undefined} */
function caretOfFilter() {
  const field = filterField();
  return field === null || document.activeElement !== field ? undefined : [field.selectionStart ?? 0, field.selectionEnd ?? 0];
}

/** @param {PageState} state @returns {Node[]} */
function content(state) {
  if (state.kind === 'loading') return [element('p', { class: 'message', text: text('loading') })];
  if (state.kind === 'empty') return [notice('', state.message, [button({ label: state.action, id: 'deploy', kind: 'primary', click: () => vscode.postMessage({ type: 'deploy' }) }), refresh()])];
  if (state.kind === 'error') {
    const retry = button({ label: text('retry'), id: 'retry', kind: 'primary', click: () => vscode.postMessage({ type: 'refresh' }) });
    const log = button({ label: text('showLog'), id: 'log', click: () => vscode.postMessage({ type: 'showLog' }) });
    return [notice('error', state.message, [retry, log], state.advice)];
  }
  return [header(state), ...outputs(state), ...events(state)];
}

/** @param {string} kind @param {string} message @param {Node[]} buttons @param {string} [advice] */
function notice(kind, message, buttons, advice) {
  return element('section', {
    class: `notice ${kind}`,
    attributes: kind === 'error' ? { role: 'alert' } : {},
    children: [
      element('p', { class: 'message', text: message }),
      advice === undefined || advice === '' ? undefined : element('p', { text: advice }),
      element('div', { class: 'buttons', children: buttons }),
    ],
  });
}

function refresh() {
  return button({ label: text('refresh'), id: 'refresh', click: () => vscode.postMessage({ type: 'refresh' }) });
}

/** @param {Extract<PageState, { kind: 'stack' }>} state */
function header(state) {
  const facts = state.facts.flatMap((fact) => [element('dt', { text: fact.label }), element('dd', { text: fact.value })]);
  return element('header', {
    children: [
      element('div', {
        class: 'title',
        children: [element('h1', { text: state.name, attributes: { dir: 'auto' } }), element('span', { class: `status ${state.tone}`, text: state.status }), refresh()],
      }),
      element('dl', { class: 'facts', children: facts }),
      state.statusReason === '' ? undefined : element('p', { class: 'reason', text: state.statusReason, attributes: { dir: 'auto' } }),
    ],
  });
}

/** @param {Extract<PageState, { kind: 'stack' }>} state @returns {Node[]} */
function outputs(state) {
  if (state.rows.length === 0) return [element('p', { class: 'message', text: text(state.tone === 'busy' ? 'noOutputsYet' : 'noOutputs') })];
  const filter = element('input', { class: 'filter', attributes: { type: 'search', id: 'filter', placeholder: text('search'), 'aria-label': text('search'), spellcheck: 'false' } });
  filter.value = kept.filter;
  filter.addEventListener('input', () => {
    kept.filter = filter.value;
    keep();
    applyFilter();
  });
  const head = headRow([text('name'), text('value'), text('description'), element('span', { class: 'visually-hidden', text: text('actions') })]);
  const table = element('table', {
    attributes: { 'aria-label': text('outputs', state.name), id: 'outputs' },
    children: [head, element('tbody', { children: state.rows.map(row) })],
  });
  const bar = element('div', { class: 'bar', children: [filter, copyAll('json', text('copyJson')), copyAll('env', text('copyEnv'))] });
  return [bar, table, element('p', { class: 'message', text: text('noMatch'), attributes: { id: 'noMatch', hidden: '' } })];
}

/** @param {CopyFormat} format @param {string} label */
function copyAll(format, label) {
  return button({ label, id: `copyAll-${format}`, click: () => vscode.postMessage({ type: 'copyAll', format }) });
}

/** Open by itself while there is something to watch or to explain. @param {Extract<PageState, { kind: 'stack' }>} state @returns {Node[]} */
function events(state) {
  if (state.events.length === 0) return [];
  const table = element('table', {
    attributes: { 'aria-label': text('events', String(state.events.length)) },
    children: [headRow([text('time'), text('resource'), text('status'), text('reason')]), element('tbody', { children: state.events.map(eventRow) })],
  });
  const summary = element('summary', { text: text('events', String(state.events.length)), attributes: { id: 'eventsHead' } });
  const details = element('details', { class: 'events', attributes: { id: 'events' }, children: [summary, table] });
  details.open = kept.events === '' ? state.tone !== 'good' : kept.events === 'open';
  summary.addEventListener('click', () => {
    kept.events = details.open ? 'closed' : 'open';
    keep();
  });
  return [details];
}

/** @param {EventRow} event */
function eventRow(event) {
  const resource = [element('div', { text: event.resource, attributes: { dir: 'auto' } }), element('div', { class: 'type', text: event.type })];
  return element('tr', {
    children: [
      element('td', { class: 'time', text: event.time }),
      element('td', { children: resource }),
      element('td', { children: [element('span', { class: `status ${event.tone}`, text: event.status })] }),
      element('td', { class: 'reason', text: event.reason, attributes: { dir: 'auto' } }),
    ],
  });
}

/** @param {OutputRow} output @param {number} index */
function row(output, index) {
  const copy = button({ label: text('copy'), id: `copy-${index}`, aria: text('copyLabel', output.key), click: () => vscode.postMessage({ type: 'copy', row: index }) });
  const use =
    output.use === undefined
      ? undefined
      : button({ label: output.use, id: `use-${index}`, aria: text('useLabel', output.use, output.key), click: () => vscode.postMessage({ type: 'use', row: index }) });
  const useAs = output.useAs
    ? button({ label: text('useAs'), id: `useAs-${index}`, aria: text('useAsLabel', text('useAs'), output.key), click: () => vscode.postMessage({ type: 'useAs', row: index }) })
    : undefined;
  // dir="auto" in a cell of its own keeps right-to-left text from turning its neighbours around.
  return element('tr', {
    attributes: { 'data-search': `${output.key}\n${output.value}\n${output.description}`.toLowerCase() },
    children: [
      element('th', { class: 'key', text: output.key, attributes: { scope: 'row', dir: 'auto' } }),
      element('td', { class: 'value', children: [element('code', { text: output.value, attributes: { dir: 'auto', tabindex: '0', id: `value-${index}` } })] }),
      element('td', { class: 'description', text: output.description, attributes: { dir: 'auto' } }),
      element('td', { class: 'actions', children: [element('div', { class: 'buttons', children: [copy, use, useAs] })] }),
    ],
  });
}

function applyFilter() {
  const wanted = kept.filter.trim().toLowerCase();
  let visible = 0;
  for (const node of page.querySelectorAll('#outputs tbody tr')) {
    const hit = wanted === '' || (node.getAttribute('data-search') ?? '').includes(wanted);
    node.toggleAttribute('hidden', !hit);
    if (hit) visible += 1;
  }
  document.getElementById('noMatch')?.toggleAttribute('hidden', visible > 0);
}

function restore() {
  // Drawn anew while somebody works elsewhere, the page must not take the focus from there.
  if (kept.focus !== '' && (!restored || document.hasFocus())) document.getElementById(kept.focus)?.focus({ preventScroll: true });
  if (!restored) window.scrollTo(0, kept.scroll);
  restored = true;
}

/** Says on the button, and to screen readers, that something is in the clipboard. @param {string} id @param {string} label @param {string} announcement */
function copied(id, label, announcement) {
  announce('');
  setTimeout(() => announce(announcement), 50);
  const node = document.getElementById(id);
  if (node === null) return;
  node.textContent = text('copied');
  node.classList.add('copied');
  setTimeout(() => {
    node.textContent = label;
    node.classList.remove('copied');
  }, 1500);
}

window.addEventListener('scroll', () => {
  kept.scroll = window.scrollY;
  keep();
});
document.addEventListener('focusin', (event) => {
  if (event.target instanceof HTMLElement && event.target.id !== '') {
    kept.focus = event.target.id;
    keep();
  }
});
listen((/** @type {ToPage} */ message) => {
  if (message.type === 'state') draw(message.state);
  else if (message.type === 'copied') copied(`copy-${message.row}`, text('copy'), text('copiedValue', page.querySelectorAll('#outputs tbody th')[message.row]?.textContent ?? ''));
  else copied(`copyAll-${message.format}`, text(message.format === 'json' ? 'copyJson' : 'copyEnv'), text('copiedAll'));
});
