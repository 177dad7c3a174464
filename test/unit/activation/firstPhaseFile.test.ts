import assert from 'node:assert/strict';
import fs from 'node:fs';
import Module from 'node:module';
import os from 'node:os';
import path from 'node:path';

const dist = path.join(import.meta.dirname, '..', '..', '..', 'dist');

/** The part of VS Code that the first phase calls, as far as this test needs it. */
function fakeVscode(commands: Map<string, () => Promise<unknown>>, messages: string[], answers: (string | undefined)[]): unknown {
  class Disposable {
    static from = (): Disposable => new Disposable();
    dispose(): void {}
  }
  const nothing = (): Disposable => new Disposable();
  return {
    Disposable,
    commands: { registerCommand: (id: string, handler: () => Promise<unknown>) => [nothing(), commands.set(id, handler)][0] },
    l10n: { t: (text: string) => text },
    lm: { registerTool: nothing },
    tasks: { registerTaskProvider: nothing },
    window: {
      createTreeView: nothing,
      registerWebviewPanelSerializer: nothing,
      showErrorMessage: async (text: string) => {
        messages.push(text);
        return Promise.resolve(answers.shift());
      },
    },
    workspace: { textDocuments: [], onDidOpenTextDocument: nothing, onDidChangeConfiguration: nothing, registerTextDocumentContentProvider: nothing },
  };
}

describe('the file of the first phase', () => {
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const original = loader._load;
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'first-phase-'))));
  afterEach(() => {
    loader._load = original;
    fs.rmSync(folder, { recursive: true });
  });

  it('tells of a file that is gone, and finds it when it is back', async () => {
    for (const name of ['extension.js', 'package.json']) fs.copyFileSync(path.join(dist, name), path.join(folder, name));
    const [commands, messages] = [new Map<string, () => Promise<unknown>>(), [] as string[]];
    const vscode = fakeVscode(commands, messages, ['Try Again', undefined]);
    loader._load = (request, ...rest) => (request === 'vscode' ? vscode : original.call(loader, request, ...rest));
    const { activate } = Module.createRequire(import.meta.url)(path.join(folder, 'extension.js')) as { activate: (context: unknown) => Promise<unknown> };
    const manifest = { contributes: { commands: [{ command: 'one' }], languageModelTools: [] } };
    const subscriptions: { dispose(): void }[] = [];
    await activate({ subscriptions, extension: { packageJSON: manifest }, asAbsolutePath: (file: string) => file });
    await commands.get('one')?.();
    assert.equal(messages.length, 2, 'told once more after trying again');
    fs.writeFileSync(path.join(folder, 'secondPhase.js'), 'exports.SecondPhase = class { async makeProduct({ registerCommand }) { registerCommand("one", () => "done"); return { dispose() {} }; } dispose() {} };');
    assert.equal(await commands.get('one')?.(), 'done');
    assert.equal(messages.length, 2);
    for (const subscription of subscriptions) subscription.dispose();
  });
});
