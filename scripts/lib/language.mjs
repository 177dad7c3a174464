// VS Code in another language, without the Marketplace: what the language pack would leave behind, and an extension
// folder that speaks the pseudo-language too.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { pseudoLanguage, toPseudo } from './pseudo.mjs';

/**
 * Makes a VS Code with this data folder take `language` for installed. VS Code itself stays English: the pack holds no
 * texts of it, but an extension gets its own bundles of the display language.
 * @param {string} dataFolder the folder with `User` in it
 */
export function writeLanguagePack(dataFolder, language) {
  const folder = path.join(dataFolder, 'language-pack');
  fs.mkdirSync(folder, { recursive: true });
  const texts = path.join(folder, 'main.i18n.json');
  fs.writeFileSync(texts, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: `test-${language}`,
    extensions: [{ extensionIdentifier: { id: `test.language-pack-${language}` }, version: '1.0.0' }],
    translations: { vscode: texts },
    label: language,
  };
  // Written by VS Code when a language pack is installed (src/vs/platform/languagePacks/node/languagePacks.ts), and all
  // that it looks at when it starts (src/vs/base/node/nls.ts).
  fs.writeFileSync(path.join(dataFolder, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}

/** Fills `folder` with the built extension, to which the bundles of the pseudo-language are added. */
export function makePseudoExtension(folder) {
  fs.mkdirSync(folder, { recursive: true });
  // No links: VS Code tells by the real path of a module which extension it belongs to, and so which bundle it gets.
  const tests = path.join(root, 'dist', 'test');
  for (const name of ['dist', 'media', 'package.json', 'package.nls.json', 'resources']) fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true, filter: (source) => source !== tests });
  disguise(path.join(folder, 'package.nls.json'), path.join(folder, `package.nls.${pseudoLanguage}.json`));
  const bundles = path.join(folder, JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).l10n);
  disguise(path.join(bundles, 'bundle.l10n.json'), path.join(bundles, `bundle.l10n.${pseudoLanguage}.json`));
}

function disguise(from, to) {
  const texts = JSON.parse(fs.readFileSync(from, 'utf8'));
  fs.writeFileSync(to, JSON.stringify(Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, toPseudo(text)])), undefined, 2));
}
