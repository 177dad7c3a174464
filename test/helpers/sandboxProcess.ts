import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

/** The line of JSON that the sandbox program prints when it serves. */
export interface SandboxInfo {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** MQTT over TLS for devices, and the PEM of who signs its certificate. */
  readonly mqttPort?: number;
  readonly caFile?: string;
}

export interface SandboxOptions {
  /** The program; dist/sandbox/main.js of the checkout when not given. */
  readonly program?: string;
  /** Folder of the state; a temporary one, removed by stop(), when not given. */
  readonly state?: string;
  /** More arguments of the program, for example ['--latency', '200']. */
  readonly args?: readonly string[];
}

/** The built sandbox as a process of its own, on a free port. */
export class SandboxProcess {
  private constructor(
    readonly info: SandboxInfo,
    readonly state: string,
    private readonly child: ChildProcess,
    private readonly temporary: boolean,
  ) {}

  /** @throws Error with what the program wrote to standard error when it ends before it serves. */
  static async start(options: SandboxOptions = {}): Promise<SandboxProcess> {
    const root = process.env['GREENGRASS_FLEET_ROOT'] ?? process.cwd();
    const state = options.state ?? fs.mkdtempSync(path.join(os.tmpdir(), 'greengrass-fleet-sandbox-'));
    const child = spawn(process.execPath, [options.program ?? path.join(root, 'dist', 'sandbox', 'main.js'), '--port', '0', '--state', state, ...(options.args ?? [])], {
      // In the desktop VS Code process.execPath is Electron.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let trouble = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text));
    const line = await new Promise<string>((resolve, reject) => {
      readline.createInterface({ input: child.stdout }).once('line', resolve);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`The sandbox ended with exit code ${code ?? 'none'}: ${trouble.trim()}`)));
    });
    return new SandboxProcess(JSON.parse(line) as SandboxInfo, state, child, options.state === undefined);
  }

  /** Empties the sandbox. */
  async reset(): Promise<void> {
    const response = await fetch(`${this.info.endpoint}/_sandbox/reset`, { method: 'POST' });
    if (!response.ok) throw new Error(`Reset answered ${response.status}`);
  }

  /** Ends the process (by default as Ctrl-C does) and waits for it. A temporary state is removed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill(signal);
      await ended;
    }
    if (this.temporary) fs.rmSync(this.state, { recursive: true, force: true });
  }
}
