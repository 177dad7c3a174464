// @ts-check
/**
 * The relations of a fleet, as a list, as a tree and as a picture. Every text is set as text, never as HTML.
 *
 * @typedef {import('../src/webview/relationsProtocol').ToRelations} ToRelations
 * @typedef {import('../src/webview/relationsProtocol').FromRelations} FromRelations
 * @typedef {ToRelations['state']} State
 */
import { announce, button, element, host, keepingFocus, listen, page, shape, text } from './page.js';

/** @type {import('./page.js').Host<FromRelations>} */
const vscode = host;
/** Beside the colour. @type {Record<string, string>} */
const marks = { ok: '✔', broken: '✘', unknown: '?' };
/** Later ones are drawn over earlier ones. */
const severity = ['ok', 'unknown', 'broken'];
/** Of a name in the picture. */
const lineLength = 25;
/** The picture is not made smaller than this. */
const smallest = 0.75;

const heading = element('h1', { attributes: { dir: 'auto' } });
const summary = element('p');
const refresh = button({ id: 'refresh', label: text('refresh'), kind: 'primary', click: () => vscode.postMessage({ type: 'refresh' }) });
const list = element('section', { attributes: { 'aria-label': text('list') } });
const picture = element('section', { class: 'picture', attributes: { 'aria-label': text('picture') } });
const tree = element('section', { attributes: { 'aria-label': text('tree') } });
const top = element('div', { class: 'top', children: [element('div', { children: [heading, summary] }), refresh] });
page.append(top, element('div', { class: 'halves', children: [list, element('div', { class: 'drawn', children: [picture, tree] })] }));

/** @param {State} state @param {number} index @param {boolean} [mend] with the button that mends it */
function item(state, index, mend = false) {
  const edge = /** @type {State['edges'][number]} */ (state.edges[index]);
  const fix = mend && edge.fix !== undefined ? button({ id: `fix${index}`, label: edge.fix, kind: 'primary', aria: `${edge.fix}: ${edge.title}`, click: () => vscode.postMessage({ type: 'fix', edge: index }) }) : undefined;
  return element('li', {
    children: [
      element('span', { class: `mark ${edge.status}`, text: marks[edge.status] ?? '', attributes: { 'aria-hidden': 'true' } }),
      element('span', { text: `${edge.title}: ` }),
      element('strong', { text: edge.statusText }),
      element('p', { class: 'reason', text: edge.reason }),
      fix,
    ],
  });
}

/** @param {State} state */
function drawList(state) {
  const sections = [];
  const asked = state.nodes.find((node) => node.id === state.focus);
  /** @param {State['edges'][number]} edge */
  const ofAsked = (edge) => asked !== undefined && (edge.from === asked.id || edge.to === asked.id);
  if (asked !== undefined) {
    const all = state.edges.flatMap((edge, index) => (ofAsked(edge) ? [item(state, index, true)] : []));
    sections.push(element('h2', { text: text('asked', `${asked.kind} ${asked.name}`) }), element('ul', { children: all }));
  }
  const broken = state.edges.flatMap((edge, index) => (edge.status === 'broken' && !ofAsked(edge) ? [item(state, index, true)] : []));
  if (broken.length > 0) sections.push(element('h2', { text: text('broken') }), element('ul', { children: broken }));
  state.nodes.forEach((node, nodeIndex) => {
    const items = state.edges.flatMap((edge, index) => (edge.from === node.id ? [item(state, index)] : []));
    if (items.length === 0) return;
    const title = `${node.kind} ${node.name}`;
    const link = node.opens ? button({ id: `open${nodeIndex}`, label: title, kind: 'link', click: () => vscode.postMessage({ type: 'open', node: nodeIndex }) }) : undefined;
    sections.push(element('h2', link === undefined ? { text: title } : { children: [link] }), element('ul', { children: items }));
  });
  list.replaceChildren(...sections);
}

/** Lines that somebody has closed, by id. @type {Set<string>} */
const closed = new Set();

/** @param {State} state @param {State['tree']['uses'][number]} line @param {string} id @returns {Element} */
function treeLine(state, line, id) {
  const node = /** @type {State['nodes'][number]} */ (state.nodes[line.node]);
  const edge = line.edge === undefined ? undefined : state.edges[line.edge];
  const label = [
    ...(edge === undefined ? [] : [element('span', { class: `sort ${edge.status}`, text: `${marks[edge.status] ?? ''} `, attributes: { 'aria-hidden': 'true' } })]),
    element('span', { text: `${node.kind} ${node.name}` }),
    ...(edge === undefined ? [] : [element('span', { class: 'why', text: `: ${edge.statusText}. ${edge.reason}` })]),
    ...(line.again ? [element('span', { class: 'why', text: ` (${text('again')})` })] : []),
  ];
  return branch(id, label, line.children.map((child, index) => treeLine(state, child, `${id}.${index}`)), node.opens ? line.node : undefined);
}

/** @param {string} id @param {Element[]} label @param {Element[]} children @param {number} [opens] index of a node that has something to be read */
function branch(id, label, children, opens) {
  const attributes = { role: 'treeitem', id, tabindex: -1, 'aria-level': id.split('.').length, ...(opens === undefined ? {} : { 'data-node': opens }) };
  // Its children stand beside it and not in it: a line is called by its own words only.
  const item = element('span', { class: 'line', attributes, children: label });
  item.addEventListener('click', () => {
    goTo(item);
    toggle(item, item.getAttribute('aria-expanded') === 'false');
  });
  if (children.length > 0) item.setAttribute('aria-expanded', String(!closed.has(id)));
  return element('li', { attributes: { role: 'none' }, children: [item, ...(children.length === 0 ? [] : [element('ul', { attributes: { role: 'group' }, children })])] });
}

/** @param {Element} item @param {boolean} open */
function toggle(item, open) {
  if (!item.hasAttribute('aria-expanded')) return;
  item.setAttribute('aria-expanded', String(open));
  if (open) closed.delete(item.id);
  else closed.add(item.id);
}

/** One line of the tree is reached by Tab, the others by arrows. @param {Element | null | undefined} item */
function goTo(item) {
  if (!(item instanceof HTMLElement)) return;
  for (const other of tree.querySelectorAll('[role=treeitem]')) other.setAttribute('tabindex', other === item ? '0' : '-1');
  item.focus();
}

tree.addEventListener('keydown', (event) => {
  const { key } = /** @type {KeyboardEvent} */ (event);
  const item = event.target instanceof Element ? event.target.closest('[role=treeitem]') : null;
  if (item === null) return;
  const shown = [...tree.querySelectorAll('[role=treeitem]')].filter((each) => each.closest('[aria-expanded=false] + ul') === null);
  const at = shown.indexOf(item);
  /** @type {Record<string, () => void>} */
  const moves = {
    ArrowDown: () => goTo(shown[at + 1]),
    ArrowUp: () => goTo(shown[at - 1]),
    Home: () => goTo(shown[0]),
    End: () => goTo(shown.at(-1)),
    ArrowRight: () => (item.getAttribute('aria-expanded') === 'false' ? toggle(item, true) : goTo(item.nextElementSibling?.querySelector('[role=treeitem]'))),
    ArrowLeft: () => (item.getAttribute('aria-expanded') === 'true' ? toggle(item, false) : goTo(item.closest('ul')?.previousElementSibling)),
    Enter: () => {
      const node = item.getAttribute('data-node');
      if (node === null) toggle(item, item.getAttribute('aria-expanded') === 'false');
      else vscode.postMessage({ type: 'open', node: Number(node) });
    },
  };
  const move = moves[key === ' ' ? 'Enter' : key];
  if (move === undefined) return;
  event.preventDefault();
  move();
});

/** @param {State} state */
function drawTree(state) {
  const lines = state.tree.uses.map((line, index) => treeLine(state, line, `tree${index}`));
  const users = state.tree.usedBy.map((line, index) => treeLine(state, line, `users.${index}`));
  if (users.length > 0) lines.push(branch('users', [element('span', { text: text('usedBy') })], users));
  lines[0]?.firstElementChild?.setAttribute('tabindex', '0');
  tree.replaceChildren(...(lines.length === 0 ? [] : [element('ul', { attributes: { role: 'tree', 'aria-label': text('tree') }, children: lines })]));
}

/** At most two lines, broken where a word of the name ends: `Fleet-Role`, `FleetRole`. @param {string} name */
function nameLines(name) {
  if (name.length <= lineLength) return [name];
  const ends = [...name.slice(0, lineLength + 1).matchAll(/[-._:/](?=.)|[a-z](?=[A-Z])/g)].map(({ index }) => index + 1);
  // A break that would cut the second line is no gain.
  const whole = name.length <= 2 * lineLength;
  const at = ends.findLast((end) => end >= lineLength / 2 && end <= lineLength && !(whole && name.length - end > lineLength)) ?? lineLength;
  const rest = name.slice(at);
  return [name.slice(0, at), rest.length > lineLength ? `${rest.slice(0, lineLength - 1)}…` : rest];
}

/** @typedef {State['picture']['lines'][number]['points']} Points */
/** Leaves and arrives upright, unless it goes from side to side. @param {Points} points */
const pathOf = (points) =>
  points.map(({ x, y }, index) => {
    const before = points[index - 1];
    if (before === undefined) return `M ${x} ${y}`;
    const middle = (before.y + y) / 2;
    return before.y === y ? `L ${x} ${y}` : `C ${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
  }).join(' ');

/** @param {Points} points */
function arrowOf(points) {
  const [before, end] = [points.at(-2), points.at(-1)];
  if (before === undefined || end === undefined) return '';
  const { x, y } = end;
  const [across, along] = [Math.sign(x - before.x) * 8, Math.sign(y - before.y) * 8];
  return along === 0 ? `M ${x} ${y} l ${-across} -4 v 8 z` : `M ${x} ${y} l -4 ${-along} h 8 z`;
}

/** @param {State} state */
function drawPicture(state) {
  const { width, height, places } = state.picture;
  /** @param {number} edge */
  const rank = (edge) => severity.indexOf(state.edges[edge]?.status ?? '');
  const drawn = [...state.picture.lines].sort((a, b) => rank(a.edge) - rank(b.edge));
  const lines = drawn.flatMap(({ edge, points }) => {
    const status = state.edges[edge]?.status ?? '';
    return [shape('path', { class: `edge ${status}`, attributes: { d: pathOf(points) } }), shape('path', { class: `arrow ${status}`, attributes: { d: arrowOf(points) } })];
  });
  /** One sign for each pair of ends: the worst. @type {Map<string, Element>} */
  const signs = new Map();
  /** @param {string} status @param {{ x: number, y: number }} at */
  const sign = (status, at) => shape('text', { class: `sign ${status}`, text: marks[status] ?? '', attributes: { x: at.x, y: at.y, 'text-anchor': 'middle' } });
  for (const { edge, points } of drawn) {
    const half = points.length / 2;
    const [a, b] = [points[half - 1], points[half]];
    if (a !== undefined && b !== undefined) signs.set(`${a.x} ${a.y} ${b.x} ${b.y}`, sign(state.edges[edge]?.status ?? '', { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 + 4 }));
  }
  /** Of a node to itself. */
  const own = state.edges.filter(({ from, to }) => from === to).sort((a, b) => severity.indexOf(a.status) - severity.indexOf(b.status));
  for (const { from, status } of own) {
    const place = places[state.nodes.findIndex(({ id }) => id === from)];
    if (place !== undefined) signs.set(from, sign(status, { x: place.x + state.picture.node.width - 14, y: place.y + 16 }));
  }
  const nodes = state.nodes.map((node, index) => {
    const place = places[index] ?? { x: 0, y: 0 };
    const title = `${node.kind} ${node.name}`;
    const group = shape('g', {
      class: node.id === state.focus ? 'node asked' : 'node',
      attributes: { tabindex: 0, id: `node${index}`, role: node.opens ? 'button' : 'img', transform: `translate(${place.x} ${place.y})` },
      // Its title is its name, whole; what is drawn may be cut.
      children: [
        shape('title', { text: title }),
        shape('rect', { attributes: { ...state.picture.node, rx: 4 } }),
        shape('text', { class: 'kind', text: node.kind, attributes: { x: 8, y: 17 } }),
        ...nameLines(node.name).map((line, row) => shape('text', { text: line, attributes: { x: 8, y: 32 + 14 * row } })),
      ],
    });
    if (node.opens) {
      const open = () => vscode.postMessage({ type: 'open', node: index });
      group.addEventListener('click', open);
      group.addEventListener('keydown', (event) => {
        const { key } = /** @type {KeyboardEvent} */ (event);
        if (key !== 'Enter' && key !== ' ') return;
        event.preventDefault();
        open();
      });
    }
    return group;
  });
  const hidden = { 'aria-hidden': 'true' };
  // The list says in words what lines and marks say here.
  const svg = shape('svg', { attributes: { role: 'group', 'aria-label': text('picture'), width, height, viewBox: `0 0 ${width} ${height}` }, children: [shape('g', { attributes: hidden, children: lines }), ...nodes, shape('g', { attributes: hidden, children: [...signs.values()] })] });
  svg.style.minWidth = `${Math.round(width * smallest)}px`;
  picture.replaceChildren(svg);
}

listen((/** @type {ToRelations} */ { type, state }) => {
  if (type !== 'state') return;
  page.setAttribute('aria-busy', 'false');
  keepingFocus(() => {
    heading.textContent = text('heading', state.title);
    summary.textContent = state.summary;
    drawList(state);
    drawTree(state);
    drawPicture(state);
  });
  announce(state.summary);
});
