// Three programs: the extension, the lazily loaded AWS part of it, and the sandbox (a process of its own).
const path = require('node:path');
const { EsbuildPlugin } = require('esbuild-loader');

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
    },
  ];
};
