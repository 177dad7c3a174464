import * as vscode from 'vscode';
import type { CheckTaskDeps } from './checkTask';
import { checkTaskType } from '../startIds';

/** Tasks that check the policies and templates of a folder. What they are made of is loaded when VS Code asks for them. */
export function registerCheckTasks(deps: CheckTaskDeps): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(checkTaskType, {
    provideTasks: async () => (await import(/* webpackChunkName: "tasks" */ './checkTask')).checkTasks(deps),
    resolveTask: async (task) => (await import(/* webpackChunkName: "tasks" */ './checkTask')).resolveCheckTask(deps, task),
  });
}
