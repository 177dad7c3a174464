/** The bundles hold what the code says, and each language says all of it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import manifest from '../../../package.json';
import { isTranslation, matches, nodes, place, placeholders, root, sources } from './sources';

type Texts = Readonly<Record<string, string>>;

const read = (file: string): Texts => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as Texts;
const folder = manifest.l10n;
const english = read(path.join(folder, 'bundle.l10n.json'));
const manifestTexts = read('package.nls.json');
const languages = fs.readdirSync(path.join(root, folder)).flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);

/** What has to be the same in all languages: a changed one breaks code, a link or a picture. */
const kept: Readonly<Record<string, (text: string) => readonly string[]>> = {
  placeholders,
  'code spans': (text) => matches(text, /`[^`]*`/g),
  links: (text) => matches(text, /\]\([^)]*\)|https?:[^\s)]+/g),
  icons: (text) => matches(text, /\$\([\w~-]+\)/g),
  'actions of AWS': (text) => matches(text, /\b(?:iot|iam|greengrass|lambda):[A-Z]\w+/g),
  settings: (text) => matches(text, /greengrassFleet\.\w+/g),
  options: (text) => matches(text, /(?<![\w-])--[a-z][\w-]*/g),
};

describe('texts of the code', () => {
  it('are literals, with a value for each placeholder', () => {
    const wrong: string[] = [];
    for (const file of sources('src')) {
      for (const node of nodes(file)) {
        if (!isTranslation(node)) continue;
        const [text, ...values] = node.arguments;
        if (text === undefined || !ts.isStringLiteralLike(text)) wrong.push(`${place(node)}: not a literal: ${node.getText()}`);
        // The scripts of the pages put in the values of the texts that the panels give them.
        else if (values.length === 0 && file.fileName.startsWith(path.join('src', 'webview'))) continue;
        else if (!values.some(ts.isSpreadElement) && new Set(placeholders(text.text)).size !== values.length) wrong.push(`${place(node)}: ${values.length} values for ${text.text}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('are all in the English bundle, and nothing else is (npx @vscode/l10n-dev export --outDir resources/l10n ./src)', () => {
    const used = new Set<string>();
    for (const file of sources('src')) for (const node of nodes(file)) if (isTranslation(node) && node.arguments[0] !== undefined && ts.isStringLiteralLike(node.arguments[0])) used.add(node.arguments[0].text);
    assert.deepEqual(Object.keys(english).filter((key) => !used.has(key)), [], 'in the bundle, but not in the code');
    assert.deepEqual([...used].filter((key) => !Object.hasOwn(english, key)), [], 'in the code, but not in the bundle');
    assert.deepEqual(Object.entries(english).filter(([key, text]) => key !== text), []);
  });
});

describe('languages', () => {
  it('include Korean', () => assert.ok(languages.includes('ko')));

  for (const language of languages) {
    const bundle = read(path.join(folder, `bundle.l10n.${language}.json`));
    const ofManifest = read(`package.nls.${language}.json`);
    const pairs: readonly (readonly [string, string])[] = [...Object.keys(english).map((key) => [key, bundle[key] ?? ''] as const), ...Object.entries(manifestTexts).map(([key, text]) => [text, ofManifest[key] ?? ''] as const)];

    it(`${language}: every text is there, and no other`, () => {
      assert.deepEqual(Object.keys(english).filter((key) => (bundle[key] ?? '').trim() === ''), [], 'missing in the bundle');
      assert.deepEqual(Object.keys(bundle).filter((key) => !Object.hasOwn(english, key)), [], 'left over in the bundle');
      assert.deepEqual(Object.keys(manifestTexts).filter((key) => (ofManifest[key] ?? '').trim() === ''), [], 'missing in the manifest');
      assert.deepEqual(Object.keys(ofManifest).filter((key) => !Object.hasOwn(manifestTexts, key)), [], 'left over in the manifest');
    });

    it(`${language}: placeholders, code, links and names are those of the English text`, () => {
      const wrong = pairs.flatMap(([text, other]) => Object.entries(kept).flatMap(([what, find]) => (JSON.stringify(find(text)) === JSON.stringify(find(other)) ? [] : [`${what}: ${text} → ${other}`])));
      assert.deepEqual(wrong, []);
    });

    it(`${language}: a command has the same name wherever a text names it`, () => {
      const titles = new Map(Object.entries(manifestTexts).flatMap(([key, title]) => (/^command\..*\.title$/.test(key) ? [[bare(title), bare(ofManifest[key] ?? '')] as const] : [])));
      const wrong = pairs.flatMap(([text, other]) => [...text.matchAll(/“([^”]+)”/g)].flatMap(([, quoted = '']) => (titles.get(bare(quoted)) === undefined || other.includes(titles.get(bare(quoted)) ?? '') ? [] : [`“${quoted}”: ${other}`])));
      assert.deepEqual(wrong, []);
    });

    it(`${language}: the walkthrough has its pages`, () => {
      const pages = fs.readdirSync(path.join(root, 'resources', 'walkthrough'));
      // VS Code looks for page.nls.LANGUAGE.md beside page.md (src/vs/workbench/contrib/welcomeGettingStarted).
      assert.deepEqual(pages.filter((name) => /^\w+\.md$/.test(name) && !pages.includes(name.replace(/md$/, `nls.${language}.md`))), []);
    });
  }

  it('ko: is Korean, but for names', () => {
    const names = /^(?:(?:Linux, |Windows, )?Greengrass nucleus.*|AWS(?: IoT)?|Nucleus|Single Sign-On|MQTT over TLS|(?:US|EU) ISO.*)$/;
    const wrong = Object.entries(read(path.join(folder, 'bundle.l10n.ko.json'))).filter(([, text]) => !/[가-힣]/.test(text) && /[A-Za-z]/.test(text) && !names.test(text));
    assert.deepEqual(wrong, []);
  });
});

/** A title without the dots that announce a question, and without the further words that the palette finds it by. */
function bare(title: string): string {
  return title.replace(/…$/, '').replace(/ ?\([^()]*\)$/, '');
}
