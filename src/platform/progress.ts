import * as vscode from 'vscode';
import { CancelledError } from '../core/errors';
import type { Progress } from '../core/ports/interaction';

/** Runs long work with a notification that shows what is happening and can cancel it. */
export interface ProgressRunner {
  run<T>(title: string, work: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T>;
}

export class NotificationProgress implements ProgressRunner {
  constructor(private readonly onMessage: (title: string, message: string) => void) {}

  async run<T>(title: string, work: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T> {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (notification, token) => {
      const abort = new AbortController();
      const cancelled = token.onCancellationRequested(() => abort.abort(new CancelledError()));
      const progress: Progress = {
        report: (message) => {
          this.onMessage(title, message);
          notification.report({ message });
        },
      };
      try {
        return await work(progress, abort.signal);
      } finally {
        cancelled.dispose();
      }
    });
  }
}
