import * as vscode from 'vscode';
import { CancelledError } from '../core/errors';
import type { Progress } from '../core/ports/interaction';
import type { WaitingCalls } from '../core/ports/waiting';
import { waitingText } from './waitingText';

/** Runs long work with a notification that shows what is happening and can cancel it. */
export interface ProgressRunner {
  run<T>(title: string, work: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T>;
}

export class NotificationProgress implements ProgressRunner {
  constructor(
    private readonly onMessage: (title: string, message: string) => void,
    private readonly waiting: WaitingCalls,
  ) {}

  async run<T>(title: string, work: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T> {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (notification, token) => {
      const abort = new AbortController();
      const cancelled = token.onCancellationRequested(() => abort.abort(new CancelledError()));
      let doing = '';
      let shown = '';
      const show = (): void => {
        const { current } = this.waiting;
        const message = [doing, current && waitingText(current)].filter(Boolean).join(' – ');
        // Screen readers read every report aloud.
        if (message !== shown) notification.report({ message });
        shown = message;
      };
      const waits = this.waiting.onDidChange(show);
      const progress: Progress = {
        report: (message) => {
          this.onMessage(title, message);
          doing = message;
          show();
        },
      };
      try {
        return await work(progress, abort.signal);
      } finally {
        waits.dispose();
        cancelled.dispose();
      }
    });
  }
}
