import * as vscode from 'vscode';
import type { AgentToolName } from '../ids';
import type { AgentTools } from './agentTools';

/** The tools that language models find here (`languageModelTools` in package.json). `load` is called when one is used. */
export function registerAgentTools(names: readonly AgentToolName[], load: () => Promise<AgentTools>): vscode.Disposable {
  const registrations = names.map((name) =>
    vscode.lm.registerTool<Readonly<Record<string, unknown>>>(name, {
      prepareInvocation: async () => (await load()).prepare(name),
      invoke: async ({ input }, token) => {
        const abort = new AbortController();
        const listener = token.onCancellationRequested(() => abort.abort());
        try {
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await (await load()).invoke(name, input, abort.signal))]);
        } finally {
          listener.dispose();
        }
      },
    }),
  );
  return vscode.Disposable.from(...registrations);
}
