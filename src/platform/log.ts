import * as vscode from 'vscode';
import { isFleetError } from '../core/errors';
import type { Disposable } from '../core/util/emitter';
import { redact } from './redaction';

/** The extension's log. Everything that is written passes the redaction. */
export interface Log extends Disposable {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
  /** Brings the log into view. */
  show(): void;
}

export class ChannelLog implements Log {
  private readonly channel: vscode.LogOutputChannel;

  constructor(name: string) {
    this.channel = vscode.window.createOutputChannel(name, { log: true });
  }

  debug(message: string): void {
    this.write('debug', message);
  }

  info(message: string): void {
    this.write('info', message);
  }

  warn(message: string): void {
    this.write('warn', message);
  }

  error(message: string, error?: unknown): void {
    this.write('error', error === undefined ? message : `${message}: ${describeError(error)}`);
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }

  private write(level: 'debug' | 'info' | 'warn' | 'error', message: string): void {
    try {
      this.channel[level](redact(message));
    } catch {
      // VS Code throws once the channel is closed, at the end of a window: work that still runs must not fail for its log.
    }
  }
}

/** Everything worth knowing about an error, for the log only: code, request id, stack, and the chain of causes. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  let current: unknown = error;
  while (current !== undefined && current !== null && !seen.has(current)) {
    seen.add(current);
    if (current instanceof Error) {
      const tags = isFleetError(current)
        ? ` [${current.category}/${current.code}${current.requestId === undefined ? '' : `, request ${current.requestId}`}]`
        : '';
      parts.push(`${current.name}: ${current.message}${tags}${stackOf(current)}`);
      current = current.cause;
    } else {
      parts.push(typeof current === 'string' ? current : JSON.stringify(current));
      break;
    }
  }
  return parts.join('\ncaused by ');
}

function stackOf(error: Error): string {
  const frames = error.stack?.split('\n').slice(1, 8).join('\n');
  return frames === undefined || frames === '' ? '' : `\n${frames}`;
}
