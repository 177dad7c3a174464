// @ts-check
/**
 * The result of a policy simulation. Every text is set as text, never as HTML.
 *
 * @typedef {import('../src/webview/simulationProtocol').ToSimulationPage} ToPage
 * @typedef {import('../src/webview/simulationProtocol').FromSimulationPage} FromPage
 * @typedef {import('../src/core/policy/simulateView').SimulationView} View
 * @typedef {import('../src/core/policy/simulateView').SimulationRow} Row
 * @typedef {{ postMessage(message: FromPage): void }} VsCodeApi
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
   * @param {{ class?: string, text?: string, attributes?: Record<string, string>, children?: (Node | undefined)[] }} [options]
   */
  function element(tag, options = {}) {
    const node = document.createElement(tag);
    if (options.class !== undefined) node.className = options.class;
    if (options.text !== undefined) node.textContent = options.text;
    for (const [name, value] of Object.entries(options.attributes ?? {})) node.setAttribute(name, value);
    for (const child of options.children ?? []) if (child !== undefined) node.append(child);
    return node;
  }

  /** @param {{ label: string, id: string, aria?: string, kind: string, click: () => void }} options */
  function button({ label, id, aria, kind, click }) {
    const node = element('button', { text: label, class: kind, attributes: { type: 'button', id } });
    if (aria !== undefined) node.setAttribute('aria-label', aria);
    node.addEventListener('click', click);
    return node;
  }

  /** @param {View} view */
  function draw(view) {
    const focused = document.activeElement?.id ?? '';
    page.setAttribute('aria-busy', 'false');
    const columns = ['question', 'decision', ...(view.hasAws ? ['aws'] : []), 'why'];
    const head = element('tr', { children: columns.map((key) => element('th', { text: text(key), attributes: { scope: 'col' } })) });
    page.replaceChildren(
      element('header', {
        children: [
          element('h1', { text: view.title, attributes: { dir: 'auto' } }),
          element('p', { class: 'summary', text: view.summary }),
          element('div', {
            class: 'buttons',
            children: [
              button({ label: text('again'), id: 'again', kind: 'primary', click: () => vscode.postMessage({ type: 'again' }) }),
              button({ label: text('compare'), id: 'compare', kind: 'secondary', click: () => vscode.postMessage({ type: 'compare' }) }),
            ],
          }),
        ],
      }),
      ...view.awsNotes.map((note) => element('p', { class: 'note', text: note })),
      element('table', { attributes: { 'aria-label': view.title }, children: [element('thead', { children: [head] }), element('tbody', { children: view.rows.map((row, index) => line(row, index, view.hasAws)) })] }),
    );
    if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
    announcer.textContent = view.summary;
  }

  /** @param {Row} row @param {number} index @param {boolean} hasAws */
  function line(row, index, hasAws) {
    const statement = row.statement;
    const where =
      statement === undefined
        ? undefined
        : button({ label: statement, id: `show-${index}`, aria: text('showLabel', statement), kind: 'link', click: () => vscode.postMessage({ type: 'show', row: index }) });
    const insert = row.insertable
      ? button({ label: text('insert'), id: `insert-${index}`, aria: text('insertLabel', row.question), kind: 'secondary', click: () => vscode.postMessage({ type: 'insert', row: index }) })
      : undefined;
    const smallest =
      row.smallest === undefined
        ? undefined
        : element('details', { children: [element('summary', { text: text('smallest') }), element('pre', { children: [element('code', { text: row.smallest, attributes: { dir: 'ltr' } })] })] });
    return element('tr', {
      class: row.outcome,
      children: [
        element('th', { attributes: { scope: 'row', dir: 'auto' }, children: [element('span', { text: row.question }), row.as === '' ? undefined : element('span', { class: 'as', text: row.as })] }),
        element('td', { children: [element('span', { class: `decision ${row.outcome}`, text: row.decision })] }),
        hasAws ? aws(row) : undefined,
        element('td', { class: 'why', children: [where, row.why === '' ? undefined : element('p', { text: row.why }), smallest, insert] }),
      ],
    });
  }

  /** @param {Row} row */
  function aws(row) {
    if (row.aws === undefined) return element('td');
    return element('td', {
      class: row.aws.differs ? 'aws differs' : 'aws',
      children: [
        element('span', { text: row.aws.text }),
        row.aws.differs ? element('strong', { class: 'mark', text: text('differs') }) : undefined,
        row.aws.note === '' ? undefined : element('p', { text: row.aws.note }),
      ],
    });
  }

  window.addEventListener('message', (event) => {
    /** @type {ToPage} */
    const message = event.data;
    if (message.view !== undefined) draw(message.view);
  });
  vscode.postMessage({ type: 'ready' });
})();
