// @ts-check
/**
 * The preview of a provisioning template. Every text is set as text, never as HTML.
 *
 * @typedef {import('../src/webview/templatePreviewProtocol').ToPreview} ToPreview
 * @typedef {import('../src/webview/templatePreviewProtocol').FromPreview} FromPreview
 * @typedef {ToPreview['state']} State
 */
import { announce, button, element, host, keepingFocus, listen, page, text } from './page.js';

/** @type {import('./page.js').Host<FromPreview>} */
const vscode = host;

const heading = element('h1', { attributes: { dir: 'auto' } });
const form = element('section', { attributes: { 'aria-label': text('parameters') } });
const problems = element('section', { class: 'problems', attributes: { 'aria-label': text('problems') } });
const result = element('section', { attributes: { 'aria-label': text('result') } });
page.append(heading, form, problems, result);

/** @type {Map<string, HTMLInputElement>} */
const inputs = new Map();
let announced = '';

/** The fields stay while their names do: what is being typed, and where, is not disturbed. @param {State} state */
function drawForm(state) {
  const names = state.parameters.map((parameter) => parameter.name);
  if (form.childElementCount === 0 || names.join('\n') !== [...inputs.keys()].join('\n')) {
    inputs.clear();
    const fields = state.parameters.map((parameter, index) => {
      const id = `parameter${index}`;
      const input = element('input', { attributes: { id, type: 'text', spellcheck: 'false', autocomplete: 'off', maxlength: 4096 } });
      input.value = parameter.value;
      input.addEventListener('input', () => vscode.postMessage({ type: 'set', name: parameter.name, value: input.value }));
      inputs.set(parameter.name, input);
      return element('div', { class: 'field', children: [element('label', { text: parameter.name, attributes: { for: id } }), input] });
    });
    const empty = fields.length === 0 ? [element('p', { text: text('none') })] : fields;
    form.replaceChildren(element('h2', { text: text('parameters') }), ...empty);
  }
  for (const parameter of state.parameters) {
    const input = inputs.get(parameter.name);
    if (input === undefined) continue;
    if (document.activeElement !== input && input.value !== parameter.value) input.value = parameter.value;
    input.placeholder = parameter.defaultValue === undefined ? text('needed') : text('default', parameter.defaultValue);
    input.required = parameter.defaultValue === undefined;
    input.setAttribute('aria-invalid', String(parameter.missing));
  }
}

/** @param {State} state */
function drawProblems(state) {
  problems.hidden = state.problems.length === 0;
  const items = state.problems.map((problem, index) => {
    const label = `${problem.message} (${text('line', String(problem.line))})`;
    return element('li', { children: [button({ id: `problem${index}`, label, kind: 'link', click: () => vscode.postMessage({ type: 'reveal', problem: index }) })] });
  });
  keepingFocus(() => problems.replaceChildren(element('h2', { text: text('problems') }), element('ul', { children: items })));
}

/** @param {State} state */
function drawResult(state) {
  const blocks = state.sections.map((section) => {
    const rows = section.rows.flatMap((row) => [element('dt', { text: row.label }), row.code === true ? element('dd', { children: [element('pre', { text: row.value, attributes: { tabindex: '0' } })] }) : element('dd', { text: row.value, attributes: { dir: 'auto' } })]);
    return element('article', { children: [element('h3', { text: section.title }), element('dl', { children: rows })] });
  });
  result.replaceChildren(element('h2', { text: text('result') }), ...blocks);
}

listen((/** @type {ToPreview} */ { type, state }) => {
  if (type !== 'state') return;
  page.setAttribute('aria-busy', 'false');
  heading.textContent = state.title;
  drawForm(state);
  drawProblems(state);
  drawResult(state);
  if (state.summary !== announced) announce(state.summary);
  announced = state.summary;
});
