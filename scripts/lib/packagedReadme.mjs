// The README as it ships. VS Code and the Marketplace show pictures from https addresses only: neither files of the package nor
// data: (seen in VS Code 1.139). Links to files lead nowhere from there.

/**
 * @param {string} text
 * @param {string} [images] https address of the repository's root at this version: pictures and links lead there. Without it both
 *   are left out.
 */
export function packagedReadme(text, images) {
  const relative = (target) => !/^(?:https?:|mailto:|#)/.test(target);
  const absolute = (target) => `${images.replace(/\/$/, '')}/${target}`;
  const picture = (words, file) => (images === undefined ? '' : `![${words}](${absolute(file)})`);
  const link = (words, target) => (images === undefined ? words : `[${words}](${absolute(target)})`);
  return text
    .replace(/!\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, words, file) => (relative(file) ? picture(words, file) : whole))
    .replace(/(?<!!)\[([^\][]*)\]\(([^)\s]+)\)/g, (whole, words, target) => (relative(target) ? link(words, target) : whole))
    .replace(/\n{3,}/g, '\n\n');
}
