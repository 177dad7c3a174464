/** What the pages for people name exists: commands, texts, files, pictures, settings and scripts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import manifest from '../../../package.json';
import manifestTexts from '../../../package.nls.json';
import bundle from '../../../resources/l10n/bundle.l10n.json';

const root = path.join(__dirname, '..', '..', '..');
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'src/ARCHITECTURE.md'];
const read = (page: string): string => fs.readFileSync(path.join(root, page), 'utf8');

/** A page without code, in which asterisks are no emphasis and brackets no links. */
const prose = (page: string): string => read(page).replace(/```[^]*?```/g, '').replace(/`[^`\n]*`/g, '`code`');

/** As one says it: without what stands in parentheses at the end, and without dots. */
const said = (text: string): string => text.replace(/…$/, '').replace(/ \([^)]*\)$/, '');

/** The heading's address in the page, as it is made where Markdown is shown. */
const anchor = (heading: string): string => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-');

describe('The pages for people', () => {
  it('name commands and texts of the product as the product does', () => {
    const known = new Set([...Object.values(manifestTexts), ...Object.keys(bundle)].flatMap((text) => [text, said(text)]));
    for (const page of ['README.md', 'CHANGELOG.md']) {
      // The first words of a decision are its title, and so is what ends with a full stop; what begins with a small letter is a term.
      const [before = '', decisions = ''] = prose(page).split('\n## Docs');
      const text = `${before}\n${decisions.replace(/^- \*\*[^*]*\*\*/gm, '')}`;
      const emphasized = [...text.matchAll(/(?<!\*)(\*{1,2})([A-Z][^*]*[^*.])\1(?!\*)/g)].map(([, , name]) => (name ?? '').replace(/\s+/g, ' '));
      assert.ok(emphasized.length > 12, `${page}: ${emphasized.length} names were found`);
      assert.deepEqual(emphasized.filter((text) => !known.has(text)), [], page);
    }
  });

  it('link only what is there', () => {
    for (const page of pages) {
      const headings = new Set([...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading ?? '')));
      const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
      const missing = links.filter((target) => {
        if (target.startsWith('https://')) return false;
        if (target.startsWith('#')) return !headings.has(target.slice(1));
        return !fs.existsSync(path.join(root, path.dirname(page), target.replace(/#.*$/, '')));
      });
      assert.deepEqual(missing, [], page);
    }
  });

  it('show every picture that was taken, each with words in its place', () => {
    const pictures = [...read('README.md').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)];
    assert.deepEqual(pictures.filter(([, words]) => (words ?? '').length < 20).map(([picture]) => picture), []);
    assert.deepEqual(pictures.map(([, , file]) => path.basename(file ?? '')).sort(), fs.readdirSync(path.join(root, 'resources/readme')).sort());
  });

  it('tell what is in this version', () => assert.ok(read('CHANGELOG.md').includes(`\n## ${manifest.version} (`)));

  it('name only scripts and settings that there are', () => {
    const settings = new Set(manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties)));
    for (const page of pages) {
      const scripts = [...read(page).matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own ?? '');
      assert.deepEqual(scripts.filter((script) => !Object.hasOwn(manifest.scripts, script)), [], page);
      const named = [...read(page).matchAll(/greengrassFleet\.\w+/g)].map(([name]) => name);
      assert.deepEqual(named.filter((name) => !settings.has(name)), [], page);
    }
  });
});
