// @ts-check
/**
 * What a test device, or a fleet of them, does. Every text is set as text, never as HTML. What has not changed is left
 * alone, so that the focus, opened messages and the place one reads at stay while a run goes on.
 *
 * @typedef {import('../src/webview/testDeviceProtocol').ToTestDevicePage} ToPage
 * @typedef {import('../src/webview/testDeviceProtocol').FromTestDevicePage} FromPage
 * @typedef {import('../src/webview/testDeviceProtocol').DevicePageView} DeviceView
 * @typedef {import('../src/webview/testDeviceProtocol').FleetPageView} FleetView
 * @typedef {import('../src/webview/testDeviceProtocol').PageCause} PageCause
 * @typedef {DeviceView['steps'][number]} Step
 * @typedef {NonNullable<DeviceView['leftovers']>} Leftovers
 * @typedef {{ tone: 'running' | 'proven' | 'refused' | 'warned' | 'cancelled', word: string, text: string, took?: string, cause?: PageCause }} Banner
 */
import { announce, button as anyButton, element, headRow, host, listen, page, shape, text } from './page.js';

/** @type {import('./page.js').Host<FromPage>} */
const vscode = host;
const shownLeftovers = 20;

/** @param {Intl.NumberFormatOptions} options */
function numbers(options) {
  try {
    return new Intl.NumberFormat(document.documentElement.lang, options);
  } catch {
    return new Intl.NumberFormat(undefined, options); // VS Code may run in a language that has no tag of the standard
  }
}
const plain = numbers({ maximumFractionDigits: 0 });
const oneDigit = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const inMilliseconds = numbers({ style: 'unit', unit: 'millisecond', unitDisplay: 'short', maximumFractionDigits: 0 });
const inSeconds = numbers({ style: 'unit', unit: 'second', unitDisplay: 'short', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const inWholeSeconds = numbers({ style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 0 });
/** @param {number} milliseconds */
const duration = (milliseconds) => (milliseconds < 999.5 ? inMilliseconds.format(milliseconds) : inSeconds.format(milliseconds / 1000));

/** Drawn, not typed: signs of a font look different on every system. @type {Record<string, string>} */
const signs = {
  done: 'M3.5 8.5l3 3 6-7',
  failed: 'M4.5 4.5l7 7m0-7l-7 7',
  warning: 'M8 3.5v5.5M8 12v.1',
  skipped: 'M4.5 8h7',
  running: 'M8 2a6 6 0 1 1-6 6',
  waiting: '',
  sent: 'M2.5 8h11M9 3.5L13.5 8 9 12.5',
  received: 'M13.5 8h-11M7 3.5L2.5 8 7 12.5',
};
/** @param {string} name */
function sign(name) {
  return shape('svg', { class: `sign ${name}`, attributes: { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, children: [shape('path', { attributes: { d: signs[name] ?? '' } })] });
}

/** @param {string} id @param {string} label @param {'primary' | 'secondary' | 'link'} kind @param {FromPage} message */
const button = (id, label, kind, message) => anyButton({ id, label, kind, click: () => vscode.postMessage(message) });

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();
/** Fills a place anew only when what it shows has changed; nothing in it hides it. @param {HTMLElement} place @param {unknown} what @param {() => Node[]} build */
function fill(place, what, build) {
  const key = JSON.stringify(what) ?? '';
  if (drawn.get(place) === key) return;
  drawn.set(place, key);
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
  place.replaceChildren(...build());
  place.hidden = place.childElementCount === 0;
  if (focused !== undefined) (document.getElementById(focused) ?? heading).focus({ preventScroll: true });
}
/** @param {Element} node @param {string} value */
function setText(node, value) {
  if (node.textContent !== value) node.textContent = value;
}
/** Whoever worked with a button that goes away stays in the page. @param {HTMLElement} node @param {boolean} visible */
function setVisible(node, visible) {
  if (node.hidden !== visible) return;
  const focused = document.activeElement === node;
  node.hidden = !visible;
  if (focused) heading.focus({ preventScroll: true });
}

const heading = element('h1', { attributes: { dir: 'auto', tabindex: '-1' } });
const facts = element('dl', { class: 'facts' });
const again = button('again', text('again'), 'secondary', { type: 'again' });
const cancel = button('cancel', text('cancel'), 'secondary', { type: 'cancel' });
const buttons = element('div', { class: 'buttons', children: [again, cancel] });
const banner = element('section', { class: 'banner' });
const warnings = element('section', { class: 'warnings' });
const leftovers = element('section', { class: 'leftovers' });
const body = element('div', { class: 'body' });
for (const place of [again, cancel, facts, banner, warnings, leftovers]) place.hidden = true;
page.append(element('header', { children: [heading, facts, buttons] }), banner, leftovers, warnings, body);

/** @param {DeviceView['facts']} list */
function drawFacts(list) {
  fill(facts, list, () => list.map(({ label, value }) => element('div', { children: [element('dt', { text: label }), element('dd', { text: value, attributes: { dir: 'auto' } })] })));
}

/** @param {string} value @param {string} label */
const code = (value, label) => element('pre', { attributes: { tabindex: '0', dir: 'ltr', role: 'group', 'aria-label': label }, children: [element('code', { text: value })] });

/** @param {PageCause} cause @param {number} index @param {boolean} primary whether its first button is the one to press */
function causeNodes(cause, index, primary) {
  const mends = cause.mends.map((label, mend) => button(`mend-${index}-${mend}`, label, primary && mend === 0 ? 'primary' : 'secondary', { type: 'mend', cause: index, mend }));
  if (cause.documentation) mends.push(button(`documentation-${index}`, text('documentation'), 'link', { type: 'documentation', cause: index }));
  /** @type {HTMLElement[]} */
  const nodes = [element('p', { class: 'cause', text: cause.text, attributes: { dir: 'auto' } })];
  if (cause.place !== undefined) nodes.push(element('p', { class: 'place', children: [element('span', { class: 'label', text: text('place') }), element('span', { text: cause.place, attributes: { dir: 'auto' } })] }));
  if (cause.statement !== undefined) nodes.push(code(cause.statement, text('statement')));
  if (mends.length > 0) nodes.push(element('div', { class: 'buttons', children: mends }));
  return nodes;
}

const bannerSigns = { running: 'running', proven: 'done', refused: 'failed', warned: 'warning', cancelled: 'skipped' };
/** @param {Banner} what */
function drawBanner(what) {
  fill(banner, what, () => {
    banner.className = `banner ${what.tone}`;
    return [
      element('div', { class: 'badge', children: [sign(bannerSigns[what.tone])] }),
      element('div', {
        class: 'says',
        children: [
          element('h2', { children: [element('span', { text: what.word, attributes: { dir: 'auto' } }), what.took === undefined ? undefined : element('span', { class: 'took', text: what.took })] }),
          element('p', { text: what.text, attributes: { dir: 'auto' } }),
          ...(what.cause === undefined ? [] : causeNodes(what.cause, 0, true)),
        ],
      }),
    ];
  });
  again.className = (what.cause?.mends.length ?? 0) > 0 ? 'secondary' : 'primary';
}

/** @param {readonly Leftovers[]} list @param {boolean} ended */
function drawLeftovers(list, ended) {
  const removable = ended && list.some(({ certificateId }) => certificateId !== undefined);
  const first = list.slice(0, shownLeftovers);
  fill(leftovers, [first, list.length, removable], () => {
    if (first.length === 0) return [];
    /** @type {HTMLElement[]} */
    const nodes = [element('h2', { text: text('leftovers') })];
    if (list.length > 1) nodes.push(element('p', { text: text('leftNumber', plain.format(list.length)) }));
    const items = first.map((left) =>
      element('li', {
        children: [
          element('p', { text: left.reason, attributes: { dir: 'auto' } }),
          element('dl', { children: [['thing', left.thingName], ['certificate', left.certificateId], ['folder', left.folder]].map(([key, value]) => (key === undefined || value === undefined ? undefined : element('div', { children: [element('dt', { text: text(key) }), element('dd', { children: [element('code', { text: value })] })] }))) }),
        ],
      }),
    );
    nodes.push(element('ul', { class: list.length > 1 ? 'plain many' : 'plain', children: items }));
    if (list.length > first.length) nodes.push(element('p', { class: 'quiet', text: text('more', plain.format(list.length - first.length)) }));
    if (removable) nodes.push(element('div', { class: 'buttons', children: [button('cleanUp', text('cleanUp'), 'secondary', { type: 'cleanUp' })] }));
    return nodes;
  });
}

/** A step of the timeline: made once per run and only ever added to. @param {Step} first */
function stepNode(first) {
  const marker = element('span', { class: 'marker' });
  const title = element('span', { class: 'title', text: first.title, attributes: { dir: 'auto' } });
  const word = element('span', { class: 'visually-hidden' });
  const time = element('span', { class: 'time' });
  const bar = element('div', { class: 'bar' });
  const track = element('div', { class: 'track', attributes: { 'aria-hidden': 'true' }, children: [bar] });
  const notes = element('ul', { class: 'plain notes' });
  const messages = element('div', { class: 'messages' });
  const node = element('li', { attributes: { 'data-step': first.id }, children: [marker, element('div', { class: 'what', children: [element('div', { class: 'line', children: [title, word, time] }), track, notes, messages] })] });
  let state = '';

  /** @param {Step} step @param {number} scale @param {number} now */
  function update(step, scale, now) {
    if (state !== step.state) {
      state = step.state;
      node.className = `step ${state}`;
      if (state === 'running') node.setAttribute('aria-current', 'step');
      else node.removeAttribute('aria-current');
      marker.replaceChildren(sign(state));
      setText(word, ` (${stateWord(step)})`);
    }
    for (const note of step.notes.slice(notes.childElementCount)) notes.append(element('li', { text: note, attributes: { dir: 'auto' } }));
    for (const message of step.messages.slice(messages.childElementCount)) messages.append(messageNode(message));
    const start = step.startedAt;
    const length = step.duration ?? (start === undefined ? 0 : Math.max(0, now - start));
    // While it runs only whole seconds, so that it does not flicker.
    setText(time, step.duration !== undefined ? duration(step.duration) : state === 'running' && length >= 1000 ? inWholeSeconds.format(Math.floor(length / 1000)) : '');
    track.hidden = start === undefined;
    if (start === undefined) return;
    const from = Math.min(99, (100 * start) / scale);
    bar.style.marginInlineStart = `${from}%`;
    bar.style.width = `${Math.min(100 - from, (100 * length) / scale)}%`;
  }
  return { node, update };
}

/** @param {Step['messages'][number]} message */
function messageNode({ direction, topic, text: content }) {
  return element('details', {
    children: [
      element('summary', { children: [sign(direction), element('span', { class: 'visually-hidden', text: `${text(direction)} ` }), element('code', { text: topic, attributes: { dir: 'ltr' } })] }),
      code(content, topic),
    ],
  });
}

/** @param {Step} step */
const stateWord = ({ state }) => text(`state${state.charAt(0).toUpperCase()}${state.slice(1)}`);
/** @param {Step['state']} state */
const hasEnded = (state) => state === 'done' || state === 'warning' || state === 'failed';

function deviceLayout() {
  const list = element('ol', { class: 'steps plain' });
  body.replaceChildren(element('section', { children: [element('h2', { text: text('steps') }), list] }));
  /** @type {Map<string, ReturnType<typeof stepNode>>} */
  const nodes = new Map();
  /** @type {DeviceView | undefined} */
  let last;

  /** @param {DeviceView} view @param {number} now */
  function drawSteps(view, now) {
    const scale = Math.max(1, ...view.steps.map((step) => (step.startedAt ?? 0) + (step.duration ?? (step.state === 'running' ? Math.max(0, now - (step.startedAt ?? 0)) : 0))));
    for (const step of view.steps) {
      let node = nodes.get(step.id);
      if (node === undefined) {
        node = stepNode(step);
        nodes.set(step.id, node);
        list.append(node.node);
      }
      node.update(step, scale, now);
    }
  }

  /** @param {DeviceView} view @param {number} now @param {boolean} tellSteps */
  function update(view, now, tellSteps) {
    const { verdict, steps } = view;
    const running = verdict.outcome === 'running';
    const cleanUp = steps.find(({ id }) => id === 'cleanUp');
    const ended = !running && (cleanUp === undefined || (cleanUp.state !== 'waiting' && cleanUp.state !== 'running'));
    setVisible(cancel, running);
    setVisible(again, ended);
    const shown = deviceBanner(view);
    drawBanner(shown);
    const warned = verdict.outcome === 'proven' ? verdict.warnings : [];
    fill(warnings, warned, () => (warned.length === 0 ? [] : [element('h2', { text: text('warnings') }), element('ul', { class: 'plain', children: warned.map((cause, index) => element('li', { children: [sign('warning'), element('div', { children: causeNodes(cause, index, false) })] })) })]));
    drawLeftovers(view.leftovers === undefined ? [] : [view.leftovers], ended);
    drawSteps(view, now);
    const before = last;
    last = view;
    const said = tellSteps ? steps.filter((step, index) => hasEnded(step.state) && before?.steps[index]?.state !== step.state).map((step) => text('announceStep', step.title, stateWord(step), duration(step.duration ?? 0))) : [];
    if (!running && before?.verdict.outcome !== verdict.outcome) said.push([shown.word, shown.text, shown.cause?.text].filter(Boolean).join('. '));
    return said;
  }

  return {
    update,
    /** @param {number} now */
    tick: (now) => {
      if (last?.steps.some(({ state }) => state === 'running')) drawSteps(last, now);
    },
  };
}

/** @param {DeviceView} view @returns {Banner} */
function deviceBanner({ verdict, steps, total }) {
  const took = total === undefined ? {} : { took: text('took', duration(total)) };
  switch (verdict.outcome) {
    case 'running':
      return { tone: 'running', word: text('running'), text: steps.find(({ state }) => state === 'running')?.title ?? text('starting') };
    case 'cancelled':
      return { tone: 'cancelled', word: text('cancelled'), text: verdict.text === text('cancelled') || verdict.text === `${text('cancelled')}.` ? '' : verdict.text, ...took };
    case 'proven':
      return { tone: 'proven', word: text('proven'), text: verdict.text, ...took };
    case 'refused':
      return { tone: 'refused', word: text('refusedAt', steps.find(({ id }) => id === verdict.step)?.title ?? ''), text: verdict.text, ...took, cause: verdict.cause };
  }
}

/** @param {string} caption @param {string[]} head @param {Node[]} rows */
const table = (caption, head, rows) =>
  element('table', { children: [element('caption', { text: caption }), headRow(head), element('tbody', { children: rows })] });

function fleetLayout() {
  const label = element('label', { attributes: { for: 'progress' } });
  const progress = element('progress', { attributes: { id: 'progress' } });
  const counts = element('dl', { class: 'counts' });
  const causes = element('section', { class: 'causes' });
  const times = element('div', { class: 'times' });
  const stepTimes = element('div', { class: 'times' });
  /** @type {Map<string, { tile: HTMLElement, value: HTMLElement }>} */
  const tiles = new Map();
  body.replaceChildren(element('section', { class: 'progress', children: [label, progress] }), counts, causes, element('section', { class: 'tables', children: [times, stepTimes] }));
  for (const key of ['wanted', 'started', 'proven', 'refused', 'removed', 'elapsed', 'rate']) {
    const value = element('dd');
    const tile = element('div', { class: key, children: [element('dt', { text: text(key) }), value] });
    counts.append(tile);
    tiles.set(key, { tile, value });
  }
  /** @type {FleetView | undefined} */
  let last;

  /** @param {FleetView} view */
  function update(view) {
    const ended = view.state === 'done' || view.state === 'cancelled';
    setVisible(cancel, view.state === 'running');
    setVisible(again, ended);
    const shown = fleetBanner(view);
    drawBanner(shown);
    again.className = view.causes.some(({ cause }) => cause.mends.length > 0) ? 'secondary' : 'primary';
    fill(warnings, [], () => []);
    drawLeftovers(view.leftovers, ended);
    const finished = view.proven + view.refused;
    setText(label, text('progress', plain.format(finished), plain.format(view.wanted)));
    progress.max = Math.max(1, view.wanted);
    progress.value = finished;
    /** @type {Record<string, string>} */
    const values = { wanted: plain.format(view.wanted), started: plain.format(view.started), proven: plain.format(view.proven), refused: plain.format(view.refused), removed: plain.format(view.cleaned), elapsed: inSeconds.format(view.elapsed / 1000), rate: oneDigit.format(view.rate) };
    for (const [key, { tile, value }] of tiles) {
      setText(value, values[key] ?? '');
      if (key === 'proven' || key === 'refused') tile.classList.toggle('some', view[key] > 0);
    }
    fill(causes, view.causes, () => {
      if (view.causes.length === 0) return [];
      const items = view.causes.map(({ cause, title, count }, index) =>
        element('li', { children: [element('h3', { children: [sign('failed'), element('span', { text: count === 1 ? text('oneDevice') : text('count', plain.format(count)) }), element('span', { class: 'quiet', text: title, attributes: { dir: 'auto' } })] }), ...causeNodes(cause, index, index === 0)] }),
      );
      return [element('h2', { text: text('causes') }), element('ul', { class: 'plain', children: items })];
    });
    const { times: measured } = view;
    fill(times, measured, () =>
      measured === undefined ? [] : [table(text('times'), [text('median'), text('p95'), text('slowest')], [element('tr', { children: [measured.median, measured.p95, measured.slowest].map((value) => element('td', { text: duration(value) })) })])],
    );
    const longest = Math.max(1, ...view.stepTimes.map(({ median }) => median));
    fill(stepTimes, view.stepTimes, () => {
      if (view.stepTimes.length === 0) return [];
      const rows = view.stepTimes.map(({ title, median }) => {
        const bar = element('div', { class: 'bar' });
        bar.style.width = `${(100 * median) / longest}%`;
        return element('tr', { children: [element('th', { attributes: { scope: 'row', dir: 'auto' }, children: [element('span', { text: title }), element('div', { class: 'track', attributes: { 'aria-hidden': 'true' }, children: [bar] })] }), element('td', { text: duration(median) })] });
      });
      return [table(text('stepTimes'), [text('step'), text('median')], rows)];
    });
    const before = last;
    last = view;
    const quarter = (/** @type {FleetView} */ each) => Math.floor((4 * (each.proven + each.refused)) / Math.max(1, each.wanted));
    if (before?.state !== view.state && view.state !== 'running') return [`${shown.word}. ${shown.text}`];
    return before !== undefined && quarter(before) !== quarter(view) ? [label.textContent ?? ''] : [];
  }
  return { update, tick: () => undefined };
}

/** @param {FleetView} view @returns {Banner} */
function fleetBanner(view) {
  const wanted = plain.format(view.wanted);
  const took = { took: text('took', inSeconds.format(view.elapsed / 1000)) };
  switch (view.state) {
    case 'running':
      return { tone: 'running', word: text('running'), text: text('progress', plain.format(view.proven + view.refused), wanted) };
    case 'cleaning':
      return { tone: 'running', word: text('cleaning'), text: text('removing', plain.format(view.cleaned)) };
    case 'cancelled':
      return { tone: 'cancelled', word: text('cancelled'), text: text('cancelledAfter', plain.format(view.proven), wanted), ...took };
    case 'done':
      return view.refused === 0
        ? { tone: 'proven', word: text('proven'), text: text('allProven', plain.format(view.proven)), ...took }
        : { tone: 'refused', word: text('refused'), text: text('someRefused', plain.format(view.refused), wanted), ...took };
  }
}

/** @type {{ run: number, startedAt: number, kind: string, device?: ReturnType<typeof deviceLayout>, fleet?: ReturnType<typeof fleetLayout> } | undefined} */
let current;
listen((/** @type {ToPage} */ message) => {
  if (message.type !== 'run') return;
  const first = current === undefined;
  if (current === undefined || current.run !== message.run || current.kind !== message.kind) {
    current = { run: message.run, kind: message.kind, startedAt: performance.now() - message.elapsed };
    if (message.kind === 'device') current.device = deviceLayout();
    else current.fleet = fleetLayout();
  }
  page.setAttribute('aria-busy', 'false');
  setText(heading, message.view.title);
  drawFacts(message.view.facts);
  // Of a page that comes back into view only the verdict is news.
  const said = message.kind === 'device' ? current.device?.update(message.view, performance.now() - current.startedAt, !first) : current.fleet?.update(message.view);
  if (said !== undefined && said.length > 0) announce(said.join('. '));
});
setInterval(() => current?.device?.tick(performance.now() - current.startedAt), 1000);
