import { FleetError } from '../../src/core/errors';
import type { WorkspaceFiles } from '../../src/core/ports/workspaceFiles';

/** A folder in memory. */
export class FakeFiles implements WorkspaceFiles {
  readonly root = '/workspace';
  readonly texts = new Map<string, string>();
  readonly privates = new Set<string>();
  readonly ignored: string[] = [];
  readonly tracked = new Set<string>();
  readonly writes: string[] = [];

  async exists(path: string): Promise<boolean> {
    return this.texts.has(path);
  }

  async read(path: string): Promise<string | undefined> {
    return this.texts.get(path);
  }

  async write(path: string, text: string): Promise<void> {
    this.writes.push(path);
    this.texts.set(path, text);
  }

  async writePrivate(path: string, text: string, options?: { replace?: boolean }): Promise<void> {
    if (this.texts.has(path) && options?.replace !== true) throw new FleetError(`${path} exists`, { category: 'file', code: 'fileExists' });
    this.writes.push(path);
    this.privates.add(path);
    this.texts.set(path, text);
  }

  async readPrivate(path: string): Promise<string | undefined> {
    return this.texts.get(path);
  }

  async rename(from: string, to: string): Promise<void> {
    const text = this.texts.get(from);
    if (text === undefined) throw new FleetError(`${from} is missing`, { category: 'file', code: 'fileFailed' });
    this.texts.set(to, text);
    this.texts.delete(from);
    if (this.privates.delete(from)) this.privates.add(to);
  }

  async delete(path: string): Promise<void> {
    this.texts.delete(path);
  }

  async ensureIgnored(line: string): Promise<void> {
    if (!this.ignored.includes(line)) this.ignored.push(line);
  }

  async isTrackedByGit(path: string): Promise<boolean> {
    return this.tracked.has(path);
  }
}
