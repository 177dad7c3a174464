import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** The product started as a newcomer does, by `npm start`. */
export class Product {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Product> {
    const child = spawn(process.execPath, [path.join(root, 'scripts', 'start.mjs'), '--port', '0'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (text: string): void => {
        output += text;
        const match = /^Open (\S+)$/m.exec(output);
        if (match?.[1] !== undefined) resolve(match[1]);
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`npm start ended with exit code ${code ?? 'none'}: ${output}`)));
    });
    return new Product(url, child);
  }

  /** The folder that VS Code shows. */
  get workspace(): string {
    const folder = new URL(this.url).searchParams.get('folder');
    if (folder === null) throw new Error(`No folder in ${this.url}`);
    return folder;
  }

  /** Ends it as Ctrl-C does. @returns the exit code */
  async stop(): Promise<number | null> {
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGINT');
    const [code] = await ended;
    return code;
  }
}
