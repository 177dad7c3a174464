/**
 * Every command again, in a language that hides English. The commands themselves are judged as in English (the scripted
 * window reads the language back); here it is what was shown on the way that has to be disguised.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { pseudoLanguage, undisguised } from '../../scripts/lib/pseudo.mjs';
import { Commands, WorkspaceFileNames } from '../../src/ids';
import type { FleetNode } from '../../src/tree/nodes';
import type { TestApi } from '../../src/testApi';
import { FleetHost, writeShown } from '../helpers/fleetHost';
import { english } from '../helpers/shownText';
import { activateExtension, eventually, workspacePath } from '../helpers/vscodeHost';
import '../vscode/everyCommand.test';
import { known } from './known';
import manifest from '../../package.json';

/** Everything that any test of this run was shown, as it was on the screen. */
const seen = new Set<string>();

const unspoken = (texts: Iterable<string>): readonly string[] => [...texts].flatMap((text) => (undisguised(text, known).length > 0 ? [`${undisguised(text, known).join(' | ')}  ←  ${text}`] : []));

const textOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (value instanceof vscode.MarkdownString) return [value.value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textOf);
};

before(async () => {
  const { window } = await activateExtension<TestApi>();
  window.read = (text) => {
    seen.add(text);
    return english(text);
  };
  const withProgress = vscode.window.withProgress.bind(vscode.window);
  Object.defineProperty(vscode.window, 'withProgress', {
    configurable: true,
    value: async (options: vscode.ProgressOptions, task: Parameters<typeof withProgress>[1]) => {
      if (options.title !== undefined) seen.add(options.title);
      return withProgress(options, async (progress, token) =>
        task(
          {
            report: (value) => {
              if (value.message !== undefined) seen.add(value.message);
              progress.report(value);
            },
          },
          token,
        ),
      );
    },
  });
});

describe('a language that hides English', function () {
  this.timeout(120_000);
  let host: FleetHost;
  before(async () => {
    host = await FleetHost.start();
    await host.clear();
  });
  after(async () => host.stop());

  it('is what VS Code and the extension speak', () => {
    const texts = JSON.parse(fs.readFileSync(path.join(process.env['GREENGRASS_FLEET_ROOT'] ?? '', manifest.l10n, 'bundle.l10n.json'), 'utf8')) as object;
    assert.equal(vscode.env.language, pseudoLanguage);
    assert.deepEqual(Object.keys(vscode.l10n.bundle ?? {}).sort(), Object.keys(texts).sort());
  });

  it('is spoken by the manifest', () => {
    const { contributes } = vscode.extensions.getExtension(`${manifest.publisher}.${manifest.name}`)?.packageJSON as typeof manifest;
    const keyed = [...walk(manifest.contributes, [])].filter(({ text }) => /^%.+%$/.test(text));
    assert.ok(keyed.length > 80, `${keyed.length} texts`);
    const shown = keyed.map(({ path: where }) => where.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], contributes));
    // VS Code keeps the English titles of commands beside the others.
    const spoken = shown.flatMap((text) => (typeof text === 'object' && text !== null && 'value' in text ? [text.value] : [text]));
    assert.deepEqual(spoken.filter((text) => typeof text !== 'string' || !text.startsWith('«')), []);
  });

  it('is spoken by both trees, before and after everything is provisioned', async () => {
    const { views } = host.api.container.userInterface;
    const shown = new Set<string>();
    const look = async (): Promise<void> => {
      await views.refresh();
      for (const tree of [views.stepsTree, views.resourcesTree] as const) {
        const visit = async (nodes: readonly FleetNode[], depth = 0): Promise<void> => {
          for (const node of nodes) {
            const { label, description, tooltip, accessibilityInformation, command } = node.item();
            for (const text of [label, description, tooltip, accessibilityInformation?.label, command?.title].flatMap(textOf)) shown.add(text);
            // Below a thing are its certificates, below those their things, and so on.
            if (node.children !== undefined && depth < 3) await visit(await node.children(), depth + 1);
          }
        };
        await visit(await tree.getChildren());
      }
    };
    await host.connect();
    await look();
    host.window.expect({ match: /missing\?/, answer: 'Provision Everything' });
    await host.done(Commands.provisionEverything);
    await look();
    assert.ok(shown.size > 60, `${shown.size} texts: ${[...shown].join(' | ')}`);
    assert.deepEqual(unspoken(shown), []);
  });

  it('is spoken by the pages', async () => {
    const { outputs, simulation, templatePreview } = host.api.container.userInterface;
    await host.done(Commands.showStackOutputs);
    await eventually(() => assert.equal(outputs.inspect().state.kind, 'stack'));
    await vscode.window.showTextDocument(vscode.Uri.file(workspacePath(WorkspaceFileNames.iotPolicy)));
    host.window.expect({ match: /What does the device do/, answer: 'All that a core device needs' }, { match: /As which thing/, answer: 'pump-1' });
    await host.done(Commands.simulatePolicy);
    await host.done(Commands.previewTemplate, vscode.Uri.file(workspacePath(WorkspaceFileNames.provisioningTemplate)));
    const preview = templatePreview.current?.inspect();
    const pages = [outputs.inspect().html, simulation.inspect().html, preview?.html].map((html) => html ?? '');
    const fixed = pages.flatMap((html) => {
      const unescaped = html.replace(/^[^]*data-texts="([^"]*)"[^]*$/, '$1').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      return [...textOf(JSON.parse(unescaped)), ...textOf(/<title>([^<]*)/.exec(html)?.[1])];
    });
    assert.ok(fixed.length > 30, `${fixed.length} texts`);
    assert.deepEqual(fixed.filter((text) => !text.startsWith('«')), []);
    const told = [...textOf(outputs.inspect().sent.at(-1)), ...textOf(simulation.inspect().view), ...textOf(preview?.state)];
    assert.deepEqual(unspoken(told.filter((text) => /\s/.test(text.trim()))), []);
  });

  it('is spoken by what the editor tells of a policy and a template', async () => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iot:Conect', 'iot:Publish', 'greengrass:*'], Resource: ['*', '[ARN OF IoT Role Alias]', 'arn:aws:iot:us-east-1:123456789012:topic/+'] }, { Effect: 'allow' }] };
    const template = { Parameters: { ThingName: { Type: 'Text' } }, Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'Nothing' }, AttributePayload: { a: ['b'] } } } } };
    for (const [file, value] of [[WorkspaceFileNames.iotPolicy, policy], [WorkspaceFileNames.provisioningTemplate, template]] as const) {
      const document = await writeShown(file, `${JSON.stringify(value, undefined, 2)}\n`);
      await vscode.window.showTextDocument(document);
      const found = await eventually(() => {
        const own = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source !== 'json');
        return own.length > 2 ? own : false;
      }, { what: `problems of ${file}` });
      const everything = new vscode.Range(0, 0, document.lineCount, 0);
      const hovers: vscode.Hover[] = [];
      for (const word of ['iot:Publish', 'greengrass:*', 'topic/+', 'AWS::IoT::Thing', 'AttributePayload', 'Ref']) {
        const at = document.getText().indexOf(word);
        if (at >= 0) hovers.push(...(await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, document.positionAt(at + 2))));
      }
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, everything);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20);
      const texts = [...found.map(({ message }) => message), ...actions.map(({ title }) => title), ...lenses.flatMap(({ command }) => command?.title ?? [])];
      const ours = hovers.flatMap(({ contents }) => contents.flatMap(textOf)).filter((text) => text.includes('«'));
      assert.ok(texts.length > 4 && ours.length > 0, texts.join(' | '));
      assert.deepEqual(unspoken([...texts.filter((text) => text.includes('«') || found.some(({ message }) => message === text)), ...ours]), []);
    }
  });

  it('is spoken by everything that was shown while every command ran', function () {
    // With --grep the other suites may not have run.
    if (seen.size < 100 && process.env['GREENGRASS_FLEET_GREP'] !== '') return;
    assert.ok(seen.size > 300, `${seen.size} texts`);
    assert.deepEqual(unspoken(seen), []);
  });
});

function* walk(value: unknown, where: readonly string[]): Generator<{ readonly path: readonly string[]; readonly text: string }> {
  if (typeof value === 'string') yield { path: where, text: value };
  else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) yield* walk(inner, [...where, key]);
}
