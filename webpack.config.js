// Three programs: the extension (its AWS part in chunks that load on first use), the sandbox, a process of its own, and the check for command lines.
const fs = require('node:fs');
const path = require('node:path');
const { EsbuildPlugin } = require('esbuild-loader');
const budgets = require('./scripts/bundleBudgets.json');
const { BundleBudgets } = require('./scripts/lib/bundleBudgets.cjs');
const { ThirdParty } = require('./scripts/lib/thirdParty.cjs');

/** The sandbox reads the clients' schemas only; without this it would carry five whole clients with their credential chains. */
const schemasOnly = Object.fromEntries(
  ['iot', 'cloudformation', 'iam', 'sts', 'greengrassv2', 'lambda'].map((name) => [`@aws-sdk/client-${name}$`, path.join(__dirname, `node_modules/@aws-sdk/client-${name}/dist-es/schemas/schemas_0.js`)]),
);

/** Compiled into the native store: the store itself, the two libraries that it brings, and the headers of another. */
const nativeParts = {
  [path.dirname(require.resolve('classic-level/package.json'))]: ['deps/leveldb/leveldb-1.20/LICENSE', 'deps/snappy/snappy/COPYING'],
  [path.dirname(require.resolve('napi-macros/package.json'))]: [],
};

/** Platforms whose native store is shipped, each in its own package (scripts/lib/targets.mjs); the folders are named as the store names them. */
const shippedPrebuilds = ['linux-x64', 'linux-arm64', 'linux-arm', 'darwin-x64+arm64', 'win32-x64'];

/**
 * A chunk without a name of its own is told by its first package or file: `vendors-node_modules_mqtt_build_index_js` by
 * `mqtt`. As the id of the chunk and not only its file's name: the main bundle would carry a table of both.
 */
class ShortChunkNames {
  apply(compiler) {
    compiler.hooks.compilation.tap('ShortChunkNames', (compilation) => {
      compilation.hooks.optimizeChunkIds.tap('ShortChunkNames', (chunks) => {
        for (const chunk of chunks) {
          if (typeof chunk.id !== 'string') continue;
          chunk.id = shortName(chunk.id);
          chunk.ids = [chunk.id];
        }
      });
    });
  }
}

function shortName(id) {
  const hash = /-_?([0-9a-f]{5,6})$/.exec(id)?.[1];
  const [first] = id.replace(/^vendors-/, '').replace(/-_?[0-9a-f]{5,6}$/, '').split('-node_modul');
  const short = first.replace(/^src_|node_modules_/g, '').replace(/_(?:dist(?:-es|-cjs)?|build|lib|esm|submodules|index|main|[jt]s)(?=_|$)/g, '');
  return `${short}${hash === undefined ? '' : `-${hash}`}`;
}

/**
 * Node reads the nearest `package.json` to learn how a file is to be loaded. The extension's own is long, and reading it takes
 * as long as a third of the first phase's code: https://nodejs.org/api/packages.html#determining-module-system
 */
class NearModuleType {
  apply(compiler) {
    const { RawSource } = compiler.webpack.sources;
    compiler.hooks.thisCompilation.tap('NearModuleType', (compilation) => {
      compilation.hooks.processAssets.tap('NearModuleType', () => compilation.emitAsset('package.json', new RawSource('{ "type": "commonjs" }\n')));
    });
  }
}

/** The store's loader (node-gyp-build) looks for `prebuilds` beside the file that it is bundled in. */
class CopyPrebuilds {
  apply(compiler) {
    compiler.hooks.afterEmit.tap('CopyPrebuilds', () => {
      const from = path.join(path.dirname(require.resolve('classic-level/package.json')), 'prebuilds');
      for (const platform of shippedPrebuilds) {
        fs.cpSync(path.join(from, platform), path.join(compiler.outputPath, 'prebuilds', platform), { recursive: true });
      }
    });
  }
}

/** What is read and run while a window starts. */
const firstPhase = /^extension\.js$/;

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
    // Names of classes are read at run time, AWS errors are told apart by them; but giving every function its name takes time.
    // Chunks are named after what is in them, so that a listing of the package can be read.
    optimization: { chunkIds: 'named', minimizer: [new EsbuildPlugin({ target: 'es2023', include: firstPhase }), new EsbuildPlugin({ target: 'es2023', exclude: firstPhase, keepNames: true })] },
    performance: { hints: false },
    stats: 'errors-warnings',
  };
  // What is not minified has no budget.
  const within = (name, native) => (production ? [new BundleBudgets(budgets[name]), new ThirdParty({ file: path.join(__dirname, 'dist', 'notices', `${name}.json`), native })] : []);
  const output = { filename: '[name].js', chunkFilename: '[id].js', library: { type: 'commonjs2' } };
  return [
    {
      ...common,
      name: 'extension',
      // Two files that share nothing: what a window reads while it starts has no loader of chunks in it.
      entry: { extension: './src/extension.ts', secondPhase: './src/activation/secondPhase.ts' },
      // Chunks of earlier builds go; what others put below dist stays.
      // A file that could not be loaded is not taken for an empty one the next time.
      output: { ...output, path: path.join(__dirname, 'dist'), strictModuleExceptionHandling: true, clean: { keep: /^(?:(?:sandbox|test|notices)\b|check\.js$)/ } },
      externals: { vscode: 'commonjs vscode', './secondPhase': 'commonjs ./secondPhase.js' },
      // Devices speak MQTT over TLS: not over WebSockets, nor through a SOCKS proxy.
      resolve: { ...common.resolve, alias: { ws: false, socks: false } },
      plugins: [new ShortChunkNames(), new NearModuleType(), ...within('extension')],
    },
    {
      ...common,
      name: 'sandbox',
      entry: { main: './src/sandbox/main.ts' },
      output: { ...output, path: path.join(__dirname, 'dist/sandbox'), clean: { keep: /^prebuilds\b/ } },
      resolve: { ...common.resolve, alias: schemasOnly },
      plugins: [new CopyPrebuilds(), new ShortChunkNames(), ...within('sandbox', nativeParts)],
    },
    {
      ...common,
      name: 'check',
      entry: { check: './src/check/main.ts' },
      output: { ...output, path: path.join(__dirname, 'dist') },
      plugins: [new ShortChunkNames(), ...within('check')],
    },
  ];
};
