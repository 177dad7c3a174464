import * as vscode from 'vscode';
import { AgentToolNames } from '../ids';
import type { AgentTools, AgentToolsDeps } from './agentTools';

/** The tools that language models find here (`languageModelTools` in package.json). Loaded when one is used. */
export function registerAgentTools(deps: AgentToolsDeps): vscode.Disposable {
  let loading: Promise<AgentTools> | undefined;
  const load = async (): Promise<AgentTools> => {
    loading ??= import(/* webpackChunkName: "agents" */ './agentTools').then(({ AgentTools: Tools }) => new Tools(deps));
    return loading;
  };
  const registrations = Object.values(AgentToolNames).map((name) =>
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
