// @ts-check
/**
 * The preview of a provisioning template. Every text is set as text, never as HTML.
 *
 * @typedef {import('../src/webview/templatePreviewProtocol').ToPreview} ToPreview
 * @typedef {import('../src/webview/templatePreviewProtocol').FromPreview} FromPreview
 * @typedef {ToPreview['state']} State
 * @typedef {{ postMessage(message: FromPreview): void }} VsCodeApi
 */
(() => {
  /** @type {VsCodeApi} */
  // @ts-ignore -- the host puts this function there
  const vscode = acquireVsCodeApi();
  const page = /** @type {HTMLElement} */ (document.getElementById('page'));
  const announcer = /** @type {HTMLElement} */ (document.getElementById('announce'));
  /** @type {Record<string, string>} */
  const texts = JSON.parse(document.body.dataset['texts'] ?? '{}');
  /** @param {string} key @param {string[]} values */
  const text = (key, ...values) => (texts[key] ?? key).replace(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? '');

  /**
   * @param {string} tag
   * @param {{ class?: string, text?: string, attributes?: Record<string, string>, children?: Node[] }} [options]
   */
  function element(tag, options = {}) {
    const node = document.createElement(tag);
    if (options.class !== undefined) node.className = options.class;
    if (options.text !== undefined) node.textContent = options.text;
    for (const [name, value] of Object.entries(options.attributes ?? {})) node.setAttribute(name, value);
    node.append(...(options.children ?? []));
    return node;
  }

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
        const input = /** @type {HTMLInputElement} */ (element('input', { attributes: { id, type: 'text', spellcheck: 'false', autocomplete: 'off', maxlength: '4096' } }));
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
      const button = element('button', { class: 'link', text: `${problem.message} (${text('line', String(problem.line))})`, attributes: { type: 'button', id: `problem${index}` } });
      button.addEventListener('click', () => vscode.postMessage({ type: 'reveal', problem: index }));
      return element('li', { children: [button] });
    });
    const focused = document.activeElement?.id;
    problems.replaceChildren(element('h2', { text: text('problems') }), element('ul', { children: items }));
    if (focused !== undefined && focused.startsWith('problem')) document.getElementById(focused)?.focus();
  }

  /** @param {State} state */
  function drawResult(state) {
    const blocks = state.sections.map((section) => {
      const rows = section.rows.flatMap((row) => [element('dt', { text: row.label }), row.code === true ? element('dd', { children: [element('pre', { text: row.value, attributes: { tabindex: '0' } })] }) : element('dd', { text: row.value, attributes: { dir: 'auto' } })]);
      return element('article', { children: [element('h3', { text: section.title }), element('dl', { children: rows })] });
    });
    result.replaceChildren(element('h2', { text: text('result') }), ...blocks);
  }

  window.addEventListener('message', (event) => {
    /** @type {ToPreview} */
    const message = event.data;
    if (message.type !== 'state') return;
    const { state } = message;
    page.setAttribute('aria-busy', 'false');
    heading.textContent = state.title;
    drawForm(state);
    drawProblems(state);
    drawResult(state);
    if (state.summary !== announced) announcer.textContent = state.summary;
    announced = state.summary;
  });
  vscode.postMessage({ type: 'ready' });
})();
