// @ts-check
/**
 * The result of a policy simulation. Every text is set as text, never as HTML.
 *
 * @typedef {import('../src/webview/simulationProtocol').ToSimulationPage} ToPage
 * @typedef {import('../src/webview/simulationProtocol').FromSimulationPage} FromPage
 * @typedef {import('../src/core/policy/simulateView').SimulationView} View
 * @typedef {import('../src/core/policy/simulateView').SimulationRow} Row
 */
import { announce, button, element, headRow, host, keepingFocus, listen, page, text } from './page.js';

/** @type {import('./page.js').Host<FromPage>} */
const vscode = host;

/** @param {View} view */
function draw(view) {
  page.setAttribute('aria-busy', 'false');
  const columns = ['question', 'decision', ...(view.hasAws ? ['aws'] : []), 'why'];
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
    element('table', { attributes: { 'aria-label': view.title }, children: [headRow(columns.map((key) => text(key))), element('tbody', { children: view.rows.map((row, index) => line(row, index, view.hasAws)) })] }),
  );
  announce(view.summary);
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

listen((/** @type {ToPage} */ { view }) => {
  if (view !== undefined) keepingFocus(() => draw(view));
});
