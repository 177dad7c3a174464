import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** The product started as a newcomer does, by `npm start`. */
export class Product {
  private constructor(
    readonly url: string,
    /** The folder that VS Code shows, or an empty one to open in the empty window. */
    readonly workspace: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(...args: string[]): Promise<Product> {
    const child = spawn(process.execPath, [path.join(root, 'scripts', 'start.mjs'), '--port', '0', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const started = await new Promise<string>((resolve, reject) => {
      const read = (text: string): void => {
        output += text;
        // The line after the address is there too when the last one is.
        if (/^.*Ctrl-C ends everything\.$/m.test(output)) resolve(output);
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`npm start ended with exit code ${code ?? 'none'}: ${output}`)));
    });
    const url = /^Open (\S+)$/m.exec(started)?.[1];
    if (url === undefined) throw new Error(`npm start printed no address: ${started}`);
    const workspace = new URL(url).searchParams.get('folder') ?? /removed at the end: (\S+)$/m.exec(started)?.[1];
    if (workspace === undefined) throw new Error(`npm start printed no folder: ${started}`);
    return new Product(url, workspace, child);
  }

  /** Ends it as Ctrl-C does. @returns the exit code */
  async stop(): Promise<number | null> {
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGINT');
    const [code] = await ended;
    return code;
  }
}
