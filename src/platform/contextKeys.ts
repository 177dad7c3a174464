import * as vscode from 'vscode';
import type { ContextKeys } from '../ids';

type KeyName = (typeof ContextKeys)[keyof typeof ContextKeys];

/** A `when` clause key with the type of its value; sends only changes. */
export class ContextKey<T extends string | boolean> {
  private value: T | undefined;

  constructor(private readonly name: KeyName) {}

  set(value: T): void {
    if (this.value === value) return;
    this.value = value;
    void vscode.commands.executeCommand('setContext', this.name, value);
  }
}
