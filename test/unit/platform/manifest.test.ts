import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Commands, ContextKeys, WorkspaceFileNames } from '../../../src/ids';
import { EXTENSION_PREFIX, Views } from '../../../src/startIds';

interface MenuEntry {
  command: string;
  when?: string;
}
interface Manifest {
  displayName: string;
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string }[];
    views: Record<string, { id: string }[]>;
    viewsWelcome: { view: string; contents: string; when?: string }[];
    menus: Record<string, MenuEntry[]>;
    jsonValidation: { fileMatch: string[]; url: string }[];
    configuration: { properties: Record<string, { default: unknown; scope: string; pattern?: string; maxLength?: number }> }[];
  };
}

/** As src/platform/deployedUri.ts has it, which only VS Code can load. */
const DEPLOYED_SCHEME = 'greengrass-fleet-deployed';
const root = path.join(import.meta.dirname, '../../..');
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
const { contributes } = manifest;
const settings = Object.assign({}, ...contributes.configuration.map((group) => group.properties)) as Manifest['contributes']['configuration'][number]['properties'];

const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('manifest', () => {
  it('contributes exactly the commands that the code knows', () => {
    assert.deepEqual(sorted(contributes.commands.map((command) => command.command)), sorted(Object.values(Commands)));
  });

  it('contributes every view; the stack outputs are an editor tab', () => {
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(sorted(views.map((view) => view.id)), sorted([Views.steps, Views.resources]));
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${Views.stackOutputs}`));
  });

  it('starts with the documents that the settings may name (JSON, YAML, files without a language), and never in a window without any', () => {
    const events = manifest.activationEvents;
    assert.deepEqual(events.filter((event) => event === '*' || event === 'onStartupFinished' || event === 'onLanguage'), []);
    assert.deepEqual(['json', 'jsonc', 'yaml', 'plaintext'].filter((language) => !events.includes(`onLanguage:${language}`)), []);
    assert.ok(events.includes(`onFileSystem:${DEPLOYED_SCHEME}`));
  });

  it('refers in menus and welcome texts only to its own commands and known context keys', () => {
    const known = new Set<string>(Object.values(Commands));
    const keys = new Set<string>(Object.values(ContextKeys));
    const views = new Set<string>(Object.values(Views));
    for (const entry of Object.values(contributes.menus).flat()) assert.ok(known.has(entry.command), entry.command);
    const whens = [...Object.values(contributes.menus).flat(), ...contributes.viewsWelcome].map((entry) => entry.when ?? '');
    for (const name of whens.join(' ').match(/greengrassFleet\.\w+/g) ?? []) assert.ok(keys.has(name) || views.has(name), name);
    for (const link of Object.values(nls).flatMap((value) => [...value.matchAll(/\(command:([\w.]+)\)/g)].map((match) => match[1] ?? ''))) {
      if (link.startsWith(EXTENSION_PREFIX)) assert.ok(known.has(link), link);
    }
  });

  it('has a text for each localization key and no text without a use', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? ''));
    assert.deepEqual(sorted(used), sorted(Object.keys(nls)));
  });

  it('gives each command a category, and hides from the palette only what works on a node or a plan alone, or is part of another command there', () => {
    for (const command of contributes.commands) assert.equal(command.category, '%command.category%');
    const hidden = (contributes.menus['commandPalette'] ?? []).filter((entry) => entry.when === 'false').map((entry) => entry.command);
    const alone = [Commands.loadMore, Commands.resolvePlaceholder, Commands.runTearDown];
    // In the palette these are answers of managePolicyVersions, of tearDown and of chooseRegion.
    const parts = [Commands.makeVersionDefault, Commands.deleteVersion, Commands.tearDownClaim, Commands.switchRegion];
    assert.deepEqual(sorted(hidden), sorted([...alone, ...parts]));
  });

  it('has at most three inline actions on a step', () => {
    const inline = (contributes.menus['view/item/context'] ?? []).filter((entry) => (entry as MenuEntry & { group: string }).group.startsWith('inline'));
    for (const step of ['rolesStack', 'roleAlias', 'iotPolicy', 'provisioningTemplate', 'claimCertificate']) {
      const own = inline.filter((entry) => entry.when?.includes(`step:${step}`) === true || entry.when?.includes('hasFile') === true);
      assert.ok(own.length <= 3, step);
    }
  });

  it('keeps a repository from redirecting an account: such settings are restricted', () => {
    const account = Object.keys(settings).filter((key) => !/\.(?:policy|template)(?:Files|Rules)$/.test(key));
    assert.deepEqual(sorted(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations), sorted(account));
    for (const key of account) assert.equal(settings[key]?.scope, 'machine-overridable', key);
  });

  it('has defaults that its own patterns accept', () => {
    for (const [key, property] of Object.entries(settings)) {
      assert.notEqual(property.default, undefined, key);
      if (property.pattern === undefined) continue;
      assert.match(String(property.default), new RegExp(property.pattern), key);
      assert.ok(String(property.default).length <= (property.maxLength ?? 0), key);
    }
  });

  it('names the files of the steps in menus as the code does', () => {
    assert.ok(text.includes(`resourceFilename == '${WorkspaceFileNames.iotPolicy}'`));
    assert.ok(text.includes(`resourceFilename == '${WorkspaceFileNames.provisioningTemplate}'`));
  });
});
