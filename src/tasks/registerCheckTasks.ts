import * as vscode from 'vscode';
import { checkTaskType } from '../ids';
import type * as CheckTask from './checkTask';

/** Tasks that check the policies and templates of a folder. What they are made of is loaded when VS Code asks for them. */
export function registerCheckTasks(load: () => Promise<typeof CheckTask>, deps: CheckTask.CheckTaskDeps): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(checkTaskType, {
    provideTasks: async () => (await load()).checkTasks(deps),
    resolveTask: async (task) => (await load()).resolveCheckTask(deps, task),
  });
}
