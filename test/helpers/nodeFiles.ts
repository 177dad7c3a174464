import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkspaceFiles } from '../../src/core/ports/workspaceFiles';
import { writeDurably } from '../../src/platform/durableFiles';
import { gitExitCode } from '../../src/platform/git';

/** A folder on disk, without an editor. */
export class NodeFiles implements WorkspaceFiles {
  constructor(readonly root: string) {}

  async exists(file: string): Promise<boolean> {
    return access(this.path(file)).then(
      () => true,
      () => false,
    );
  }

  async read(file: string): Promise<string | undefined> {
    return readFile(this.path(file), 'utf8').catch(() => undefined);
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), text);
  }

  async writePrivate(file: string, text: string, options: { replace?: boolean } = {}): Promise<void> {
    await mkdir(path.dirname(this.path(file)), { recursive: true, mode: 0o700 });
    await writeDurably(this.path(file), text, { mode: 0o600, replace: options.replace === true });
  }

  async readPrivate(file: string): Promise<string | undefined> {
    return this.read(file);
  }

  async rename(from: string, to: string): Promise<void> {
    await mkdir(path.dirname(this.path(to)), { recursive: true });
    await rename(this.path(from), this.path(to));
  }

  async delete(file: string): Promise<void> {
    await rm(this.path(file), { force: true });
  }

  async ensureIgnored(line: string): Promise<void> {
    const current = (await this.read('.gitignore')) ?? '';
    if (!current.split('\n').includes(line)) await this.write('.gitignore', `${current}${line}\n`);
  }

  async isTrackedByGit(file: string): Promise<boolean> {
    return (await gitExitCode(this.root, ['ls-files', '--error-unmatch', '--', file])) === 0;
  }

  private path(file: string): string {
    return path.join(this.root, file);
  }
}
