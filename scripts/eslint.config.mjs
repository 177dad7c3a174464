// The layers of this product as lint rules: a forbidden import fails the build and says where to go instead.
import path from 'node:path';
import tseslint from 'typescript-eslint';

const root = path.join(import.meta.dirname, '..');

const sdk = { group: ['@aws-sdk/*', '@smithy/*'], message: 'The AWS SDK lives in src/aws (and the sandbox). Use a port from core/ports.' };
const vscode = { group: ['vscode'], message: 'Only UI adapters and platform may import vscode.' };
const node = { group: ['node:*', 'fs', 'path', 'os', 'http', 'https', 'net', 'child_process'], message: 'core is pure: no input or output. Add a port.' };
const heavy = { group: ['@peculiar/*', 'classic-level', 'yaml', 'reflect-metadata', 'mqtt', 'mqtt-packet'], message: 'Heavy packages are loaded on first use, from the module that owns them.' };
const layer = (names, message) => ({ group: [...names.flatMap((n) => [`**/${n}/**`, `**/${n}`]), '!**/ports/services', '!**/platform/commands'], message });

/** By path: core has a folder `device` of its own. */
const deviceAdapter = { regex: '^(\\.\\./)+device/(mqtt|tls|openTls|certificateRequest)', message: 'Only the container makes the device: use core/ports/deviceTransport.' };

const ui = ['commands', 'tree', 'language', 'webview', 'documents', 'status', 'tasks', 'agents'];
const restrict = (files, patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } });

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.vscode-test/**', 'test/fixtures/**'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // No module-level mutable state anywhere in the product.
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program > VariableDeclaration[kind="let"]', message: 'No module-level mutable state: put it in a class that the container builds.' },
        { selector: 'Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]', message: 'No module-level mutable state: put it in a class that the container builds.' },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  restrict(['src/core/**/*.ts'], [sdk, vscode, node, heavy, layer(['services', 'aws', 'platform', 'sandbox', 'check', ...ui], 'core imports only core.'), deviceAdapter]),
  restrict(['src/services/**/*.ts'], [sdk, vscode, layer(['aws', 'platform', 'sandbox', ...ui], 'services see core only; get the rest by ports.'), deviceAdapter]),
  restrict(['src/aws/**/*.ts'], [vscode, layer(['services', 'platform', 'sandbox', ...ui], 'aws adapters implement core/ports and see nothing else.')]),
  restrict(['src/device/**/*.ts'], [sdk, vscode, layer(['services', 'aws', 'platform', 'sandbox', ...ui], 'the device is an adapter: it implements core/ports/deviceTransport and sees nothing else.')]),
  restrict(['src/check/**/*.ts'], [sdk, vscode, heavy, layer(['services', 'aws', 'platform', 'sandbox', ...ui], 'The check is a program of its own; it may use core.')]),
  restrict(['src/platform/**/*.ts'], [sdk, heavy, layer(['services', 'aws', 'sandbox', ...ui], 'platform is VS Code infrastructure without features.')]),
  ...ui.map((folder) =>
    restrict(
      [`src/${folder}/**/*.ts`],
      [sdk, heavy, layer(['aws', 'sandbox', ...ui.filter((other) => other !== folder)], 'UI folders talk through services and command ids, not to each other.'), deviceAdapter],
    ),
  ),
  // By prefix, because the sandbox has a folder `services` of its own: one step up leaves the sandbox from its own files only.
  ...[['src/sandbox/**/*.ts', '^(\\.\\./){2,}services/'], ['src/sandbox/*.ts', '^(\\.\\./)+services/']].map(([files, regex]) =>
    restrict([files], [
      vscode,
      layer(['aws', 'platform', ...ui], 'The sandbox is a program of its own; it may use core.'),
      { regex, message: 'The sandbox is a program of its own; it may use core.' },
    ]),
  ),
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
);
