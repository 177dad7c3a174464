import type * as vscode from 'vscode';

/** A remembered value with a name, a type and a check, because what an older version stored may look different. */
export class StoredValue<T> {
  constructor(
    private readonly storage: vscode.Memento,
    private readonly key: string,
    private readonly isValid: (value: unknown) => value is T,
  ) {}

  get(): T | undefined {
    const value = this.storage.get<unknown>(this.key);
    return this.isValid(value) ? value : undefined;
  }

  async set(value: T | undefined): Promise<void> {
    await this.storage.update(this.key, value);
  }
}

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}
