// One package per platform, as VS Code installs them: each carries the native store of its platform and no other.
// https://code.visualstudio.com/api/working-with-extensions/publishing-extension#platformspecific-extensions

/** Files below dist/sandbox/prebuilds by platform; `universal` is for all the others, where the sandbox keeps its state in memory. */
export const targets = {
  'linux-x64': ['linux-x64/classic-level.node'],
  'linux-arm64': ['linux-arm64/classic-level.armv8.node'],
  'linux-armhf': ['linux-arm/classic-level.armv7.node'],
  'alpine-x64': ['linux-x64/classic-level.musl.node'],
  'darwin-x64': ['darwin-x64+arm64/classic-level.node'],
  'darwin-arm64': ['darwin-x64+arm64/classic-level.node'],
  'win32-x64': ['win32-x64/classic-level.node'],
  universal: [],
};

/**
 * The platform of this machine by VS Code's names.
 * @param {{ platform: string, arch: string, glibc: boolean }} [machine]
 * @returns {keyof typeof targets}
 */
export function targetOf({ platform, arch, glibc } = thisMachine()) {
  const system = platform === 'linux' && !glibc ? 'alpine' : platform;
  const name = `${system}-${arch === 'arm' ? 'armhf' : arch}`;
  return Object.hasOwn(targets, name) ? name : 'universal';
}

function thisMachine() {
  return { platform: process.platform, arch: process.arch, glibc: process.report.getReport().header.glibcVersionRuntime !== undefined };
}

const everyPrebuild = '!dist/sandbox/prebuilds/**';

/** What stays out of the package of a platform: .vscodeignore, with the files of that platform in place of all. */
export function ignoreRules(text, target) {
  if (!text.includes(everyPrebuild)) throw new Error(`.vscodeignore has no line ${everyPrebuild}`);
  return text.replace(everyPrebuild, targets[target].map((file) => `!dist/sandbox/prebuilds/${file}`).join('\n'));
}
