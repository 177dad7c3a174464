// What others wrote and this product ships: found in what webpack really bundles, checked by its licence, told in the
// notices of the package. A licence that is not allowed, or whose text is missing, fails the build.
const fs = require('node:fs');
const path = require('node:path');

/** Licences that ask for no more than their text. By https://spdx.org/licenses/ */
const allowedLicences = new Set(['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0', 'Python-2.0', 'Zlib']);

const noticeFile = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/**
 * True when an SPDX expression leaves a choice that is allowed: one side of OR, both sides of AND.
 * @param {string} expression for example `(MIT OR GPL-2.0) AND ISC`
 */
function isAllowed(expression, allowed = allowedLicences) {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const either = () => {
    let result = both();
    while (tokens[at]?.toUpperCase() === 'OR') {
      at += 1;
      // Both sides are read, whatever the first says.
      const other = both();
      result = result || other;
    }
    return result;
  };
  const both = () => {
    let result = one();
    while (tokens[at]?.toUpperCase() === 'AND') {
      at += 1;
      const other = one();
      result = result && other;
    }
    return result;
  };
  const one = () => {
    const token = tokens[at];
    at += 1;
    if (token !== '(') return token !== undefined && allowed.has(token);
    const inner = either();
    const closed = tokens[at] === ')';
    at += 1;
    return closed && inner;
  };
  const result = either();
  // What is left over is no expression: `MIT WITH something` is looked at by a person first.
  return result && at === tokens.length;
}

/**
 * The folder of the installed package that a file belongs to; undefined for files of our own.
 * @param {string} file absolute
 */
function packageFolder(file) {
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)(?:[\\/]|$)/.exec(file);
  return match?.[1];
}

function licenceOf({ license, licenses }) {
  if (typeof license === 'string') return license;
  if (typeof license?.type === 'string') return license.type;
  return Array.isArray(licenses) ? `(${licenses.map((item) => item.type ?? item).join(' OR ')})` : '';
}

/** The text of a licence as its makers publish it, for packages that name it and bring no text; undefined for others. */
function standardText({ author }, licence) {
  const holder = typeof author === 'object' ? author.name : author;
  if (licence === 'Apache-2.0') return fs.readFileSync(path.join(__dirname, '..', '..', 'LICENSE'), 'utf8').trim();
  if (licence !== 'MIT' || typeof holder !== 'string') return undefined;
  // https://spdx.org/licenses/MIT.html
  return [
    `MIT License\n\nCopyright (c) ${holder}`,
    'Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:',
    'The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.',
    'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.',
  ].join('\n\n');
}

/**
 * What the notices tell of a package.
 * @param {string} folder
 * @param {string[]} [more] files with texts of parts that others wrote, relative to the folder
 * @returns {{ name: string, version: string, licence: string, texts: string[] }}
 */
function readPackage(folder, more = []) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const names = fs.readdirSync(folder).filter((name) => noticeFile.test(name) && fs.statSync(path.join(folder, name)).isFile()).sort();
  const texts = [...names, ...more].map((name) => fs.readFileSync(path.join(folder, name), 'utf8').replace(/\r\n?/g, '\n').trim());
  const licence = licenceOf(manifest);
  const standard = texts.some((text) => text !== '') ? undefined : standardText(manifest, licence);
  return { name: manifest.name, version: manifest.version, licence, texts: standard === undefined ? texts : [standard] };
}

/**
 * @param {ReturnType<typeof readPackage>[]} packages
 * @returns {string[]} one sentence per package that may not be shipped as it is
 */
function licenceProblems(packages, allowed = allowedLicences) {
  return packages.flatMap(({ name, version, licence, texts }) => [
    ...(isAllowed(licence, allowed) ? [] : [`${name}@${version} has the licence "${licence}", which is not in the list.`]),
    ...(texts.some((text) => text !== '') ? [] : [`${name}@${version} brings no text of its licence.`]),
  ]);
}

/**
 * The notices: each text once, above it the packages that it belongs to.
 * @param {ReturnType<typeof readPackage>[]} packages
 * @param {string} product
 */
function notices(packages, product) {
  const unique = [...new Map(packages.map((item) => [`${item.name}@${item.version}`, item])).values()].sort((one, other) => (`${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1));
  const byText = new Map();
  for (const item of unique) {
    const text = item.texts.join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), item]);
  }
  const line = '-'.repeat(80);
  const parts = [...byText].map(([text, items]) => `${line}\n${items.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join('\n')}\n${line}\n\n${text}\n`);
  return [`${product} contains what others wrote. Their names, licences and notices:\n`, ...parts].join('\n');
}

/**
 * As a part of webpack: checks the packages that are in the bundles and leaves a list of them in `file`, from which
 * the notices of the package are made.
 */
class ThirdParty {
  /**
   * @param {{ file: string, native?: Readonly<Record<string, string[]>> }} options `native`: folders of packages of
   *   which something compiled is shipped, each with the files that tell of the parts of others in it
   */
  constructor({ file, native = {} }) {
    this.file = file;
    this.native = native;
  }

  apply(compiler) {
    let packages = [];
    compiler.hooks.thisCompilation.tap('ThirdParty', (compilation) => {
      const { Compilation, WebpackError } = compiler.webpack;
      compilation.hooks.processAssets.tap({ name: 'ThirdParty', stage: Compilation.PROCESS_ASSETS_STAGE_REPORT }, () => {
        const sizes = sizesOf(compilation);
        const folders = [...new Set([...Object.keys(this.native), ...sizes.keys()])].sort();
        packages = folders.map((folder) => ({ ...readPackage(folder, this.native[folder]), sourceBytes: sizes.get(folder) ?? 0 }));
        for (const problem of licenceProblems(packages)) compilation.errors.push(new WebpackError(`Licence: ${problem} See scripts/lib/thirdParty.cjs.`));
      });
    });
    compiler.hooks.afterEmit.tap('ThirdParty', () => {
      fs.mkdirSync(path.dirname(this.file), { recursive: true });
      fs.writeFileSync(this.file, `${JSON.stringify(packages)}\n`);
    });
  }
}

/** Bytes before minification by folder of a package, of the modules that are in a chunk at the end; what was left out because nobody uses it is not. */
function sizesOf(compilation) {
  const sizes = new Map();
  const add = (module) => {
    for (const inner of module.modules ?? []) add(inner);
    const folder = module.resource === undefined ? undefined : packageFolder(module.resource);
    if (folder !== undefined) sizes.set(folder, (sizes.get(folder) ?? 0) + module.size());
  };
  for (const chunk of compilation.chunks) for (const module of compilation.chunkGraph.getChunkModulesIterable(chunk)) add(module);
  return sizes;
}

module.exports = { ThirdParty, isAllowed, licenceProblems, notices, packageFolder, readPackage };
