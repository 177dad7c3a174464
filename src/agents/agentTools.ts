import path from 'node:path';
import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import type { FleetSteps, SessionService } from '../core/ports/services';
import { stepIds } from '../core/provisioning/steps';
import { AgentToolNames, Commands, type AgentToolName } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import { describeTarget } from '../platform/interaction';
import { setting } from '../platform/settings';
import { stepTitle } from '../platform/stepTitle';
import { fleetKinds, FleetPages } from './fleetPages';
import { simulateRequest } from './simulateRequest';

export interface AgentToolsDeps {
  readonly session: Pick<SessionService, 'state' | 'current'>;
  readonly steps: Pick<FleetSteps, 'states' | 'busy' | 'names'>;
  readonly registry: Pick<CommandRegistry, 'run'>;
  /** Looks at the account and the folder again. */
  readonly refresh: () => Promise<void>;
}

type Input = Readonly<Record<string, unknown>>;

/** No policy or template comes near it. */
const maxFileBytes = 1024 * 1024;

/**
 * What a language model may ask and do here. It reads; the one thing that changes anything is a plan that a person
 * confirms, and then again in our own question with the account in it. Nothing answered holds a secret: keys and
 * credentials are not within reach of any of these.
 */
export class AgentTools {
  private readonly pages = new FleetPages();

  constructor(private readonly deps: AgentToolsDeps) {}

  /** The answer of a tool: JSON, or a sentence that says why there is none. Throws what VS Code shows to the model. */
  async invoke(name: AgentToolName, input: Input, signal: AbortSignal): Promise<string> {
    try {
      return JSON.stringify(await this.answer(name, input, signal), undefined, 1);
    } catch (error) {
      if (error instanceof FleetError) throw new Error([error.message, error.advice].filter((part) => part !== undefined).join(' '), { cause: error });
      throw error;
    }
  }

  /** What VS Code says while the tool runs, and asks before it changes anything. Changes nothing itself. */
  prepare(name: AgentToolName): vscode.PreparedToolInvocation {
    switch (name) {
      case AgentToolNames.status:
        return { invocationMessage: vscode.l10n.t('Looking at the state of fleet provisioning') };
      case AgentToolNames.explain:
        return { invocationMessage: vscode.l10n.t('Checking the policy') };
      case AgentToolNames.simulate:
        return { invocationMessage: vscode.l10n.t('Simulating a request of a device') };
      case AgentToolNames.listFleet:
        return { invocationMessage: vscode.l10n.t('Listing the fleet') };
      case AgentToolNames.provision:
        return {
          invocationMessage: vscode.l10n.t('Provision Everything'),
          confirmationMessages: { title: vscode.l10n.t('Provision everything that is missing?'), message: this.plan() },
        };
    }
  }

  private async answer(name: AgentToolName, input: Input, signal: AbortSignal): Promise<object> {
    switch (name) {
      case AgentToolNames.status:
        return this.status();
      case AgentToolNames.explain: {
        const { text, fileName } = await textOf(input);
        const kind = input['kind'] === 'policy' || input['kind'] === 'template' ? input['kind'] : undefined;
        // In the chunk of the policy language, which is there already when somebody works on a policy.
        const { explainFindings } = await import(/* webpackChunkName: "policy" */ './explainFindings');
        return explainFindings(text, { name: fileName, kind, target: this.deps.session.current?.target, policyRules: setting('greengrassFleet.policyRules'), templateRules: setting('greengrassFleet.templateRules') });
      }
      case AgentToolNames.simulate: {
        const { text } = await textOf(input);
        const action = stringIn(input, 'action');
        if (action === undefined) throw new Error(vscode.l10n.t('Name the action, for example iot:Publish.'));
        const [resource, clientId, thingName] = [stringIn(input, 'resource'), stringIn(input, 'clientId'), stringIn(input, 'thingName')];
        const asked = { action, ...(resource === undefined ? {} : { resource }), ...(clientId === undefined ? {} : { clientId }), ...(thingName === undefined ? {} : { thingName }) };
        return simulateRequest(text, asked, this.deps.session.current?.target);
      }
      case AgentToolNames.listFleet:
        return this.list(input, signal);
      case AgentToolNames.provision:
        return this.provision();
    }
  }

  private async status(): Promise<object> {
    await this.deps.refresh();
    return { ...this.connection(), busy: this.deps.steps.busy, names: this.deps.steps.names(), steps: this.stepRows() };
  }

  /** Where we are, without what only the person needs to know (who they are). */
  private connection(): { readonly connected: boolean; readonly account?: object; readonly message?: string } {
    const { current, state } = this.deps.session;
    if (current !== undefined) {
      const { account, region, partition, isSandbox } = current.target;
      return { connected: true, account: { account, region, partition, localSandbox: isSandbox } };
    }
    const why = state.kind === 'failed' ? `${state.error.message} ` : '';
    return { connected: false, message: `${why}${vscode.l10n.t('There is no connection to AWS. The person can make one with the command “Choose AWS Connection”, or start the local sandbox.')}` };
  }

  private stepRows(): readonly object[] {
    const { states } = this.deps.steps;
    return stepIds.flatMap((id) => {
      const state = states.get(id);
      return state === undefined ? [] : [{ step: id, title: stepTitle(id), status: state.status, summary: state.summary, detail: state.detail, resources: state.resources, file: state.file }];
    });
  }

  private async list(input: Input, signal: AbortSignal): Promise<object> {
    const { current } = this.deps.session;
    if (current === undefined) return this.connection();
    const kind = fleetKinds.find((item) => item === input['kind']);
    if (kind === undefined) throw new Error(vscode.l10n.t('The kind is one of {0}.', fleetKinds.join(', ')));
    const page = await this.pages.page(current, kind, typeof input['limit'] === 'number' ? input['limit'] : undefined, stringIn(input, 'next'), signal);
    if (page === undefined) throw new Error(vscode.l10n.t('This page cannot be read any more. Ask for the first one again, without “next”.'));
    return { ...this.connection(), kind, ...page };
  }

  private async provision(): Promise<object> {
    if (this.deps.session.current === undefined) return { outcome: 'nothingDone', ...this.connection() };
    const outcome = await this.deps.registry.run(Commands.provisionEverything);
    const messages = {
      done: vscode.l10n.t('Everything that was missing has been made.'),
      cancelled: vscode.l10n.t('The person said no, or cancelled it.'),
      failed: vscode.l10n.t('It failed. The person has been shown why; what was made before stays.'),
    };
    return { outcome, message: messages[outcome], ...this.connection(), steps: this.stepRows() };
  }

  /** What would happen, for the person who is asked. */
  private plan(): vscode.MarkdownString {
    const { current } = this.deps.session;
    const where = current === undefined ? vscode.l10n.t('There is no connection to AWS, so nothing will be done.') : describeTarget(current.target);
    const steps = stepIds.map((id) => {
      const state = this.deps.steps.states.get(id);
      return `- ${plain(state === undefined ? stepTitle(id) : `${stepTitle(id)}: ${state.summary}`)}`;
    });
    const rest = vscode.l10n.t('What exists and is as wanted stays as it is. You are asked once more before anything is made.');
    return new vscode.MarkdownString([plain(where), steps.join('\n'), plain(rest)].join('\n\n'));
  }
}

/** A text as Markdown shows it unchanged. Not `appendText`, which makes lines that cannot be broken. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!~|]/g, '\\$&').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
}

function stringIn(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text that was given, or that of a JSON file of the workspace: no other file is read for a model. */
async function textOf(input: Input): Promise<{ readonly text: string; readonly fileName: string }> {
  const text = stringIn(input, 'text');
  const file = stringIn(input, 'file');
  if (text !== undefined) return { text, fileName: file === undefined ? '' : path.basename(file) };
  if (file === undefined) throw new Error(vscode.l10n.t('Give the text, or the path of a file in the workspace.'));
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const uri = path.isAbsolute(file) || folder === undefined ? vscode.Uri.file(path.normalize(file)) : vscode.Uri.joinPath(folder.uri, file);
  if (vscode.workspace.getWorkspaceFolder(uri) === undefined || !uri.path.endsWith('.json')) throw new Error(vscode.l10n.t('{0} is no JSON file of the workspace.', file));
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString() && !document.isClosed);
  if (open?.isDirty === true) return { text: open.getText(), fileName: path.basename(file) };
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > maxFileBytes) throw new FleetError(vscode.l10n.t('The file is too large to be read.'), { category: 'file', code: 'tooLarge' });
    return { text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), fileName: path.basename(file) };
  } catch (error) {
    if (error instanceof FleetError) throw error;
    throw new Error(vscode.l10n.t('There is no file {0} in the workspace.', file), { cause: error });
  }
}
