/** As `vscode.commands.registerCommand`. */
export type RegisterCommand = (id: string, handler: (...args: unknown[]) => unknown) => { dispose(): unknown };

/**
 * Commands that are there before their code is: the first use loads it and then runs what it has registered here.
 * The stubs stay, so that a command is never missing for a moment.
 */
export class CommandStubs {
  private readonly handlers = new Map<string, (...args: unknown[]) => unknown>();
  private readonly stubs: ReadonlyMap<string, { dispose(): unknown }>;

  /** @param load resolves when the handlers are registered; or when they are not, and the person knows */
  constructor(
    ids: readonly string[],
    private readonly registerCommand: RegisterCommand,
    private readonly load: () => Promise<unknown>,
  ) {
    this.stubs = new Map(ids.map((id) => [id, registerCommand(id, async (...args) => this.run(id, args))]));
  }

  /** Takes the place of `vscode.commands.registerCommand` for whoever holds the handlers. */
  readonly register: RegisterCommand = (id, handler) => {
    if (!this.stubs.has(id)) return this.registerCommand(id, handler);
    if (this.handlers.has(id)) throw new Error(`command ${id} is registered already`);
    this.handlers.set(id, handler);
    return { dispose: () => this.handlers.delete(id) };
  };

  dispose(): void {
    for (const stub of this.stubs.values()) stub.dispose();
    this.handlers.clear();
  }

  private async run(id: string, args: unknown[]): Promise<unknown> {
    if (!this.handlers.has(id)) await this.load();
    return this.handlers.get(id)?.(...args);
  }
}
