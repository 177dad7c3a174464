// Three programs: the extension, the lazily loaded AWS part of it, and the sandbox (a process of its own).
const fs = require('node:fs');
const path = require('node:path');
const { EsbuildPlugin } = require('esbuild-loader');

const schemasOf = (client) => path.join(__dirname, `node_modules/@aws-sdk/client-${client}/dist-es/schemas/schemas_0.js`);

/** LevelDB's binaries are found beside the bundle: https://github.com/prebuild/node-gyp-build. Only for platforms that VS Code runs on. */
const nativeStore = {
  apply(compiler) {
    compiler.hooks.afterEmit.tap('nativeStore', () => {
      const source = path.join(path.dirname(require.resolve('classic-level/package.json')), 'prebuilds');
      for (const platform of ['darwin-x64+arm64', 'linux-arm', 'linux-arm64', 'linux-x64', 'win32-x64']) {
        fs.cpSync(path.join(source, platform), path.join(compiler.outputPath, 'prebuilds', platform), { recursive: true });
      }
    });
  },
};

/** @type {(env: unknown, argv: { mode?: string }) => import('webpack').Configuration[]} */
module.exports = (_env, argv) => {
  const production = argv.mode !== 'development';
  const common = {
    mode: production ? 'production' : 'development',
    target: 'node',
    devtool: production ? false : 'source-map',
    node: { __dirname: false, __filename: false },
    resolve: { extensions: ['.ts', '.mjs', '.js'], mainFields: ['module', 'main'] },
    module: { rules: [{ test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'es2023' } }] },
    optimization: { minimizer: [new EsbuildPlugin({ target: 'es2023', keepNames: true })] },
    performance: { hints: false },
    stats: 'errors-warnings',
  };
  return [
    {
      ...common,
      name: 'extension',
      entry: { extension: './src/extension.ts' },
      output: { path: path.join(__dirname, 'dist'), filename: '[name].js', chunkFilename: '[name].js', library: { type: 'commonjs2' } },
      externals: { vscode: 'commonjs vscode' },
    },
    {
      ...common,
      name: 'sandbox',
      entry: { main: './src/sandbox/main.ts' },
      output: { path: path.join(__dirname, 'dist/sandbox'), filename: '[name].js', chunkFilename: '[name].js', library: { type: 'commonjs2' } },
      // The sandbox reads the clients' schemas only; without this it would carry four whole clients with their credential chains.
      resolve: { ...common.resolve, alias: Object.fromEntries(['iot', 'cloudformation', 'iam', 'sts'].map((name) => [`@aws-sdk/client-${name}$`, schemasOf(name)])) },
      plugins: [nativeStore],
    },
  ];
};
