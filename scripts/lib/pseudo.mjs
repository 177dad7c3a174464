// A language that is English in disguise: «Ţĥíš íš ţĥé ţéẋţ». What a test sees undisguised was not translated.

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const accented = 'áƀçďéƒğĥíĵķļɱñóþʠŕšţúṽŵẋýžÁƁÇĎÉƑĞĤÍĴĶĻḾÑÓÞǪŔŠŢÚṼŴẊÝŽ';
const disguise = new Map([...plain].map((letter, index) => [letter, [...accented][index]]));
const reveal = new Map([...disguise].map(([letter, other]) => [other, letter]));

/** Parts that are not language: placeholders, code, icons, addresses and targets of links. */
const untouched = /(\{\d+\}|`[^`]*`|\$\([\w~-]+\)|https?:[^\s)]+|\]\([^)]*\)|command:[\w.]+)/;

/** The name under which VS Code knows a pseudo-language. https://github.com/microsoft/vscode-loc (the pack qps-ploc) */
export const pseudoLanguage = 'qps-ploc';

/** @param {string} english @returns {string} the text as a bundle of the pseudo-language holds it */
export function toPseudo(english) {
  // The end of a sentence stays last: the product puts sentences together by it.
  const [, sentence, end] = /^([^]*?)([.!?…:]*)$/.exec(english);
  const parts = sentence.split(untouched);
  return `«${parts.map((part, index) => (index % 2 === 1 ? part : [...part].map((letter) => disguise.get(letter) ?? letter).join(''))).join('')}»${end}`;
}

/** @param {string} shown @returns {string} the English text, also of one into which values were put */
export function fromPseudo(shown) {
  return [...shown.replace(/[«»]/g, '')].map((letter) => reveal.get(letter) ?? letter).join('');
}

/**
 * What in a shown text is English that no bundle has disguised: two words in a row anywhere, or one word outside of «…».
 * Values that were put into a text are no English: names, ARNs, numbers, file names.
 * @param {string} shown @param {RegExp} [known] values that look like words
 * @returns {string[]}
 */
export function undisguised(shown, known = /(?!)/) {
  const text = shown.replace(/`[^`]*`/g, '`').replace(/https?:\S+|\]\([^)]*\)|arn:\S+|\$\([\w~-]+\)/g, '').replace(new RegExp(known.source, 'g'), '');
  const phrases = text.match(/(?<![\w./:#@-])[A-Za-z][a-z]+(?: [a-z]+)+(?![\w./:#@-]*[\d_/@:-])/g) ?? [];
  let outside = text;
  for (let before = ''; before !== outside; ) {
    before = outside;
    outside = outside.replace(/«[^«»]*»/g, '');
  }
  const words = outside.match(/(?<![\w./:#@=-])[A-Za-z]?[a-z]{2,}(?![\w/@=-]|[.:#]\w)/g) ?? [];
  return [...phrases, ...words];
}
