/** The manifest and the code name the same things: what is missing on either side fails here. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import manifest from '../../package.json';
import texts from '../../package.nls.json';
import { Commands, ContextKeys, EXTENSION_PREFIX, Views, WorkspaceFileNames } from '../../src/ids';

const root = path.join(__dirname, '..', '..');
const contributes = manifest.contributes;
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => file.endsWith('.ts'));
}

/** Every string inside a JSON value. */
function* strings(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* strings(inner);
}

/** As src/platform/deployedUri.ts has it, which only VS Code can load. */
const deployedScheme = 'greengrass-fleet-deployed';

describe('The manifest', () => {
  const settings = settingsOf();

  it('contributes exactly the commands of ids.ts', () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(Object.values(Commands)));
  });

  it('names only commands that it contributes in menus and key bindings', () => {
    const known = new Set<string>(Object.values(Commands));
    const named = Object.values(contributes.menus).flatMap((items) => (items as readonly { command?: string }[]).flatMap(({ command }) => command ?? []));
    assert.deepEqual(sorted(named.filter((command) => !known.has(command))), []);
  });

  it('contributes exactly the views and the container of ids.ts', () => {
    const views = Object.values(contributes.views).flatMap((items) => items.map(({ id }) => id));
    // The stack outputs are a panel of the editor area, which the manifest names in an activation event only.
    const panels = manifest.activationEvents.filter((event) => event.startsWith('onWebviewPanel:')).map((event) => event.slice('onWebviewPanel:'.length));
    assert.deepEqual(sorted([...Object.keys(contributes.views), ...views, ...panels]), sorted(Object.values(Views)));
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [Views.container],
    );
  });

  it('uses only context keys of ids.ts, and uses each of them', () => {
    const known: readonly string[] = Object.values(ContextKeys);
    const conditions = [...strings(contributes)].filter((text) => text.includes(EXTENSION_PREFIX));
    const notContext = new Set<string>([...Object.values(Commands), ...Object.values(Views), ...settingIds()]);
    const used = sorted(conditions.flatMap((text) => text.match(/greengrassFleet\.\w+/g) ?? [])).filter((name) => !notContext.has(name));
    assert.deepEqual(used, sorted(known));
  });

  it('contributes exactly the settings of ids.ts', () => {
    const declared = /interface SettingTypes \{([^]*?)\n\}/.exec(fs.readFileSync(path.join(root, 'src', 'ids.ts'), 'utf8'))?.[1];
    assert.ok(declared);
    assert.deepEqual(settingIds(), sorted(declared.match(/greengrassFleet\.\w+/g) ?? []));
  });

  it('leaves no view empty: each has one text for every state in which it has no nodes', () => {
    type State = Readonly<Record<string, string | number | boolean | undefined>>;
    const term = (text: string, state: State): boolean => {
      const [, not, key = '', sign, value] = /^(!?)([\w.]+)(?: (==|!=) (\w+))?$/.exec(text) ?? assert.fail(text);
      if (sign === undefined) return (not === '!') !== Boolean(state[key]);
      return (String(state[key]) === value) === (sign === '==');
    };
    const holds = (when: string, state: State): boolean => when.split(' || ').some((part) => part.split(' && ').every((text) => term(text, state)));
    for (const isWorkspaceTrusted of [true, false])
      for (const workspaceFolderCount of [0, 1, 2])
        for (const folderOpen of [true, false])
          for (const connection of [undefined, 'none', 'connecting', 'failed', 'connected']) {
            if (folderOpen && workspaceFolderCount === 0) continue;
            const state = { isWorkspaceTrusted, workspaceFolderCount, [ContextKeys.folderOpen]: folderOpen, [ContextKeys.connection]: connection };
            const texts = (view: string): number => contributes.viewsWelcome.filter((welcome) => welcome.view === view && holds(welcome.when, state)).length;
            const connected = isWorkspaceTrusted && connection === 'connected';
            assert.equal(texts(Views.steps), connected && folderOpen ? 0 : 1, `steps: ${JSON.stringify(state)}`);
            assert.equal(texts(Views.resources), connected ? 0 : 1, `resources: ${JSON.stringify(state)}`);
          }
  });

  it('names commands by what people type', () => {
    const hidden = new Set(contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
    const titles = contributes.commands.filter(({ command }) => !hidden.has(command)).map(({ title }) => (texts as Readonly<Record<string, string>>)[title.slice(1, -1)]?.toLowerCase() ?? '');
    const typed = [
      'delete', 'clean up', 'tear down', 'roll back', 'rotate', 'replace', 'revoke', 'deactivate', 'certificate', 'claim', 'policy', 'template', 'version', 'role', 'alias', 'iam', 'stack', 'cloudformation', 'outputs', 'drift',
      'export', 'diff', 'compare', 'download', 'upload', 'publish', 'deploy', 'provision', 'test', 'simulate', 'validate', 'check', 'preflight', 'permissions', 'preview', 'placeholder', 'resolve', 'hook', 'lambda', 'device', 'core device',
      'endpoint', 'config', 'yaml', 'install', 'health', 'status', 'watch', 'find', 'search', 'thing', 'graph', 'copy', 'arn', 'console', 'log', 'region', 'profile', 'account', 'credentials', 'sign in', 'log in', 'sso', 'connect', 'sandbox', 'local', 'reset', 'refresh', 'load test',
    ];
    assert.deepEqual(typed.filter((words) => !titles.some((title) => title.includes(words))), []);
  });

  it('starts with the documents that the settings may name (JSON, YAML, files without a language), and never in a window without any', () => {
    const events = manifest.activationEvents as readonly string[];
    assert.deepEqual(events.filter((event) => event === '*' || event === 'onStartupFinished' || event === 'onLanguage'), []);
    assert.deepEqual(['json', 'jsonc', 'yaml', 'plaintext'].filter((language) => !events.includes(`onLanguage:${language}`)), []);
    assert.ok(events.includes(`onFileSystem:${deployedScheme}`));
  });

  it('links in its texts only to its own commands', () => {
    const known = new Set<string>(Object.values(Commands));
    const links = Object.values(texts).flatMap((text) => [...text.matchAll(/\(command:([\w.]+)\)/g)].map((match) => match[1] ?? ''));
    assert.deepEqual(links.filter((link) => link.startsWith(EXTENSION_PREFIX) && !known.has(link)), []);
  });

  it('gives each command a category, and hides from the palette only what works on a node or a plan alone, or is part of another command there', () => {
    for (const command of contributes.commands) assert.equal(command.category, '%command.category%');
    const hidden = contributes.menus.commandPalette.filter((entry) => entry.when === 'false').map((entry) => entry.command);
    const alone = [Commands.loadMore, Commands.resolvePlaceholder, Commands.runTearDown];
    // In the palette these are answers of managePolicyVersions, of tearDown and of chooseRegion.
    const parts = [Commands.makeVersionDefault, Commands.deleteVersion, Commands.tearDownClaim, Commands.switchRegion];
    assert.deepEqual(sorted(hidden), sorted([...alone, ...parts]));
  });

  it('has at most three inline actions on a step', () => {
    const inline = contributes.menus['view/item/context'].filter(({ group }) => group.startsWith('inline'));
    for (const step of ['rolesStack', 'roleAlias', 'iotPolicy', 'provisioningTemplate', 'claimCertificate']) {
      const own = inline.filter((entry) => entry.when.includes(`step:${step}`) || entry.when.includes('hasFile'));
      assert.ok(own.length <= 3, step);
    }
  });

  it('keeps a repository from redirecting an account: such settings are restricted', () => {
    const account = settingIds().filter((key) => !/\.(?:policy|template)(?:Files|Rules)$/.test(key));
    assert.deepEqual(sorted(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations), sorted(account));
    for (const key of account) assert.equal(settings.get(key)?.scope, 'machine-overridable', key);
  });

  it('has defaults that its own patterns accept', () => {
    for (const [key, property] of settings) {
      assert.notEqual(property.default, undefined, key);
      if (property.pattern === undefined) continue;
      assert.match(String(property.default), new RegExp(property.pattern), key);
      assert.ok(String(property.default).length <= (property.maxLength ?? 0), key);
    }
  });

  it('names the files of the steps in menus as the code does', () => {
    const everything = JSON.stringify(manifest);
    assert.ok(everything.includes(`resourceFilename == '${WorkspaceFileNames.iotPolicy}'`));
    assert.ok(everything.includes(`resourceFilename == '${WorkspaceFileNames.provisioningTemplate}'`));
  });

  it('has a text for each %key%, and a %key% for each text', () => {
    const keys = [...strings(manifest)].flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []);
    assert.deepEqual(sorted(keys), sorted(Object.keys(texts)));
  });

  it('has every text in every language that it speaks', () => {
    for (const file of fs.readdirSync(root).filter((name) => /^package\.nls\..+\.json$/.test(name))) {
      const other = JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as Record<string, string>;
      assert.deepEqual(sorted(Object.keys(other)), sorted(Object.keys(texts)), file);
    }
    const bundles = path.join(root, manifest.l10n);
    const names = fs.existsSync(bundles) ? fs.readdirSync(bundles).filter((name) => /^bundle\.l10n\..+\.json$/.test(name)) : [];
    const main = path.join(bundles, 'bundle.l10n.json');
    for (const name of names) {
      assert.ok(fs.existsSync(main), `${name} has no bundle.l10n.json to be complete against`);
      const keys = (file: string): string[] => sorted(Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')) as object));
      assert.deepEqual(keys(path.join(bundles, name)), keys(main), name);
    }
  });
});

describe('The code', () => {
  it('writes the identities of the manifest in ids.ts only', () => {
    const ids = new Set<string>([...Object.values(Commands), ...Object.values(Views), ...Object.values(ContextKeys)].filter((id) => id.includes('.')));
    const repeated = sources('src')
      .filter((file) => path.basename(file) !== 'ids.ts')
      .flatMap((file) => (code(file).match(/(['"`])greengrassFleet\.\w+\1/g) ?? []).filter((id) => ids.has(id.slice(1, -1))).map((id) => `${file}: ${id}`));
    assert.deepEqual(repeated, []);
  });
});

/** A source file without its comments, which may name what they talk about. */
function code(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly pattern?: string;
  readonly maxLength?: number;
}

function settingsOf(): Map<string, Setting> {
  return new Map(contributes.configuration.flatMap(({ properties }) => Object.entries(properties as Readonly<Record<string, Setting>>)));
}

function settingIds(): string[] {
  return sorted(settingsOf().keys());
}
