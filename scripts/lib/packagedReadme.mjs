// The README as it ships. VS Code and the Marketplace show pictures from https addresses only (VS Code takes data: as well), never
// from the package; and links to files lead nowhere from there.
import path from 'node:path';

/**
 * @param {string} text
 * @param {object} options
 * @param {string} [options.images] https address of the repository's root at this version: pictures and links lead there. Without it
 *   the first picture goes into the text itself; the others and the links are left out.
 * @param {(file: string) => Buffer} options.read a picture, by its path in the repository
 */
export function packagedReadme(text, { images, read }) {
  const relative = (target) => !/^(?:https?:|mailto:|data:|#)/.test(target);
  const absolute = (target) => `${images.replace(/\/$/, '')}/${target}`;
  let first = true;
  const place = (words, file) => {
    if (images !== undefined) return `![${words}](${absolute(file)})`;
    if (!first) return '';
    first = false;
    return `![${words}](data:image/${path.extname(file).slice(1)};base64,${read(file).toString('base64')})`;
  };
  const link = (words, target) => (images === undefined ? words : `[${words}](${absolute(target)})`);
  return text
    .replace(/!\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, words, file) => (relative(file) ? place(words, file) : whole))
    .replace(/(?<!!)\[([^\][]*)\]\(([^)\s]+)\)/g, (whole, words, target) => (relative(target) ? link(words, target) : whole))
    .replace(/\n{3,}/g, '\n\n');
}
