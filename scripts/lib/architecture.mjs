// The layers of src as a picture and a table, from its folders and imports. What the picture cannot show fails here: a folder
// that belongs to no layer, or an import between layers that has no arrow.
import fs from 'node:fs';
import path from 'node:path';
import { readImports } from './imports.mjs';
import { root } from './paths.mjs';

/** Who is in which layer; a part is a folder or a file directly below src. `ids.ts` holds names only and counts as core. */
const layers = {
  start: { title: 'First phase', note: 'stands in until something is used', parts: ['extension.ts', 'activation'] },
  root: { title: 'Composition root', note: 'makes all parts and joins them', parts: ['product.ts', 'container.ts', 'testApi.ts'] },
  ui: { title: 'What one sees', note: 'never import each other', parts: ['commands', 'tree', 'language', 'webview', 'documents', 'status', 'tasks', 'agents'] },
  platform: { title: 'platform', note: 'VS Code infrastructure', parts: ['platform'] },
  services: { title: 'services', note: 'what the product does; no VS Code, no SDK', parts: ['services'] },
  adapters: { title: 'Adapters of ports', note: 'implement core/ports', parts: ['aws', 'device'] },
  core: { title: 'core', note: 'the domain: pure, no input or output', parts: ['core', 'ids.ts'] },
  sandbox: { title: 'sandbox', note: 'the local AWS, a process of its own', parts: ['sandbox'] },
  check: { title: 'check', note: 'the check for command lines', parts: ['check'] },
};

/** Said below the names of adapters. */
const adapterNotes = { aws: 'AWS SDK', device: 'MQTT, TLS, X.509' };

/** What an arrow stands for. Imports of types load nothing and are none. */
const order = ['loads', 'onFirstUse'];

/** @returns {Promise<{ svg: string, table: string }>} */
export async function drawArchitecture(folder = path.join(root, 'src')) {
  const { files, imports } = await readImports(folder);
  const part = (file) => path.relative(folder, file).split(path.sep)[0];
  const layerOf = new Map(Object.entries(layers).flatMap(([layer, { parts }]) => parts.map((name) => [name, layer])));
  const parts = [...new Set(files.map(part))].sort();
  const homeless = parts.filter((name) => !layerOf.has(name));
  const gone = [...layerOf.keys()].filter((name) => !parts.includes(name));
  if (homeless.length + gone.length > 0) throw new Error(`scripts/lib/architecture.mjs, layers: without a layer: ${homeless.join(', ') || 'none'}; not there: ${gone.join(', ') || 'none'}.`);
  const between = imports.map(({ from, to, kind }) => ({ from: layerOf.get(part(from)), to: layerOf.get(part(to)), kind })).filter(({ from, to, kind }) => from !== to && kind !== 'typesOnly');
  const arrows = strongest(between);
  const folders = (name) => subfolders(path.join(folder, name));
  return { svg: svg(arrows, folders), table: table(arrows) };
}

function subfolders(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
}

/** One import for each pair, of the kind that loads soonest. */
function strongest(imports) {
  const found = new Map();
  for (const each of imports) {
    const key = `${each.from} ${each.to}`;
    const known = found.get(key);
    if (known === undefined || order.indexOf(each.kind) < order.indexOf(known.kind)) found.set(key, each);
  }
  return [...found.values()].sort((a, b) => `${a.from} ${a.to}`.localeCompare(`${b.from} ${b.to}`));
}

/** The same as the picture, in words. */
function table(imports) {
  const titles = (from, kind) => imports.filter((each) => each.from === from && each.kind === kind).map(({ to }) => layers[to].title).join(', ');
  const rows = Object.entries(layers).map(([name, { title, note, parts }]) => `| ${title}: ${note} | ${parts.map((part) => `\`${part}\``).join(' ')} | ${titles(name, 'loads')} | ${titles(name, 'onFirstUse')} |`);
  return ['| layer | folders and files | imports | imports on first use only |', '| --- | --- | --- | --- |', ...rows].map((row) => row.replace(/ {2,}/g, ' ')).join('\n');
}

const chipHeight = 28;
const chipWidth = (text) => Math.round(text.length * 7.6 + 22);

/** Chips from left to right, in as many lines as they take. @returns {{ svg: string, height: number }} */
function chips(names, x, y, width) {
  let [left, top] = [x, y];
  let drawn = '';
  for (const name of names) {
    const wide = chipWidth(name);
    if (left > x && left + wide > x + width) [left, top] = [x, top + chipHeight + 8];
    drawn += `<rect class="chip" x="${left}" y="${top}" width="${wide}" height="${chipHeight}" rx="7"/><text class="mono" x="${left + wide / 2}" y="${top + 18.5}">${name}</text>`;
    left += wide + 8;
  }
  return { svg: drawn, height: names.length === 0 ? 0 : top - y + chipHeight };
}

/** A layer: title, note, chips. Its height follows from its chips unless it is given. */
function box(name, { x, y, width, height, title = layers[name].title, note = layers[name].note, inside = [] }) {
  const content = chips(inside, x + 18, y + 62, width - 36);
  const high = height ?? 62 + content.height + (inside.length === 0 ? -2 : 18);
  const drawn = `<g class="${name}"><rect class="box" x="${x}" y="${y}" width="${width}" height="${high}" rx="12"/><text class="title" x="${x + 18}" y="${y + 28}">${title}</text><text class="note" x="${x + 18}" y="${y + 47}">${note}</text>${content.svg}</g>`;
  return { x, y, width, height: high, bottom: y + high, right: x + width, svg: drawn };
}

function svg(imports, folders) {
  const start = box('start', { x: 24, y: 24, width: 330, inside: layers.start.parts });
  const composition = box('root', { x: 470, y: 24, width: 506, inside: layers.root.parts });
  const ui = box('ui', { x: 84, y: start.bottom + 56, width: 592, inside: layers.ui.parts });
  const below = ui.bottom + 56;
  const services = box('services', { x: 306, y: below + 16, width: 330, inside: folders('services') });
  const platform = box('platform', { x: 100, y: below + 16, width: 190, height: services.height });
  const frame = { x: 84, y: below, right: 652, bottom: Math.max(platform.bottom, services.bottom) + 16 };
  const adapters = box('adapters', { x: 744, y: ui.y, width: 232, height: frame.bottom - ui.y });
  const inner = Object.entries(adapterNotes).map(([name, note], index) => {
    const y = adapters.y + 70 + index * 70;
    return `<g class="adapters"><rect class="chip" x="762" y="${y}" width="196" height="54" rx="9"/><text class="mono" x="860" y="${y + 23}">${name}</text><text class="note middle" x="860" y="${y + 41}">${note}</text></g>`;
  });
  const core = box('core', { x: 24, y: frame.bottom + 56, width: 952, inside: [...folders('core'), 'ids.ts'] });
  const programs = core.bottom + 56;
  const sandbox = box('sandbox', { x: 24, y: programs, width: 652, inside: folders('sandbox') });
  const check = box('check', { x: 744, y: programs, width: 232, height: sandbox.height, inside: [] });
  const height = sandbox.bottom + 62;

  const frameMiddle = (frame.x + frame.right) / 2;
  const bus = 716;
  const routes = {
    'start root': `M${start.right} ${start.y + 45} H${composition.x}`,
    'start ui': `M220 ${start.bottom} V${ui.y}`,
    'start platform': `M54 ${start.bottom} V${platform.y + 39} H${platform.x}`,
    'start core': `M54 ${start.bottom} V${core.y}`,
    'root ui': `M573 ${composition.bottom} V${ui.y}`,
    'root platform': `M${bus} ${composition.bottom} V${frame.y + 34} H${frame.right}`,
    'root services': `M${bus} ${composition.bottom} V${frame.y + 34} H${frame.right}`,
    'root adapters': `M860 ${composition.bottom} V${adapters.y}`,
    'root core': `M${bus} ${composition.bottom} V${core.y}`,
    'ui platform': `M${frameMiddle} ${ui.bottom} V${frame.y}`,
    'ui services': `M${frameMiddle} ${ui.bottom} V${frame.y}`,
    'ui core': `M665 ${ui.bottom} V${core.y}`,
    'platform core': `M195 ${frame.bottom} V${core.y}`,
    'services core': `M471 ${frame.bottom} V${core.y}`,
    'adapters core': `M860 ${adapters.bottom} V${core.y}`,
    'sandbox core': `M350 ${sandbox.y} V${core.bottom}`,
    'check core': `M860 ${check.y} V${core.bottom}`,
  };
  const unknown = imports.filter(({ from, to }) => routes[`${from} ${to}`] === undefined).map(({ from, to }) => `${from} → ${to}`);
  if (unknown.length > 0) throw new Error(`scripts/lib/architecture.mjs, routes: no arrow for ${unknown.join(', ')}. Is this import meant?`);
  // What is drawn last lies on top: the whole line of an arrow that loads, over a dashed one that shares a stretch with it.
  const arrows = imports
    .toSorted((a, b) => order.indexOf(b.kind) - order.indexOf(a.kind))
    .map(({ from, to, kind }) => `<path class="arrow ${kind}" d="${routes[`${from} ${to}`]}" marker-end="url(#head)"/>`);
  const words = imports.map(({ from, to, kind }) => `${layers[from].title} ${kind === 'loads' ? 'loads' : 'loads on first use'} ${layers[to].title}.`).join(' ');
  const legend = height - 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 ${height}" width="1000" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">The layers of src and what they import</title>
<desc id="desc">${words}</desc>
<style>
svg { --paper: #fbfdfb; --ink: #16261f; --soft: #4d6359; --line: #5b7368; --chip: #ffffff; --edge: #0000001f; --start: #fff1d9; --root: #ffe3c2; --ui: #dff3e6; --middle: #d9eef0; --adapters: #e0e9fa; --core: #bfe3cd; --program: #e9ecea }
@media (prefers-color-scheme: dark) { svg { --paper: #0f1714; --ink: #e6f2ec; --soft: #a4bab0; --line: #8fa89c; --chip: #ffffff14; --edge: #ffffff2e; --start: #3d2f14; --root: #4a3116; --ui: #16382a; --middle: #143539; --adapters: #1c2d4b; --core: #1a4d37; --program: #242b28 } }
text { font: 13px system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; fill: var(--ink) }
.title { font-size: 16px; font-weight: 600 }
.note { fill: var(--soft) }
.middle { text-anchor: middle }
.mono { font: 12.5px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; text-anchor: middle }
.box { stroke: var(--edge) }
.chip { fill: var(--chip); stroke: var(--edge) }
.start .box { fill: var(--start) } .root .box { fill: var(--root) } .ui .box { fill: var(--ui) } .platform .box, .services .box { fill: var(--middle) }
.adapters .box { fill: var(--adapters) } .core .box { fill: var(--core) } .sandbox .box, .check .box { fill: var(--program) }
.frame { fill: none; stroke: var(--line); stroke-opacity: .45; stroke-dasharray: 2 4 }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round }
.onFirstUse { stroke-dasharray: 6 5 }
.head { fill: var(--line) }
</style>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7.5" markerHeight="7.5" orient="auto-start-reverse"><path class="head" d="M0 .8 L9.6 5 L0 9.2 Z"/></marker></defs>
<rect width="1000" height="${height}" rx="16" style="fill: var(--paper)"/>
<rect class="frame" x="${frame.x}" y="${frame.y}" width="${frame.right - frame.x}" height="${frame.bottom - frame.y}" rx="16"/>
${[start, composition, ui, platform, services, adapters, core, sandbox, check].map((each) => each.svg).join('\n')}
${inner.join('\n')}
${arrows.join('\n')}
<path class="arrow" d="M24 ${legend} H64" marker-end="url(#head)"/><text class="note" x="74" y="${legend + 4.5}">imports</text>
<path class="arrow onFirstUse" d="M150 ${legend} H190" marker-end="url(#head)"/><text class="note" x="200" y="${legend + 4.5}">imports on first use only</text>
</svg>
`;
}

/** Puts the table between `<!-- imports -->` and `<!-- /imports -->`. */
export function withTable(page, text) {
  const place = /(<!-- imports -->\n)[^]*?(<!-- \/imports -->)/;
  if (!place.test(page)) throw new Error('src/ARCHITECTURE.md has no lines <!-- imports --> and <!-- /imports -->.');
  return page.replace(place, (_, before, after) => `${before}${text}\n${after}`);
}
