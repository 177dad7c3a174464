import type * as vscode from 'vscode';
import type { TestDevicePanel } from './testDevicePanel';

/** The page of test devices, loaded when the first one is shown. */
export class LazyTestDevicePanel implements vscode.Disposable {
  private panel: TestDevicePanel | undefined;

  constructor(private readonly deps: ConstructorParameters<typeof TestDevicePanel>[0]) {}

  async get(): Promise<TestDevicePanel> {
    const { TestDevicePanel: Panel } = await import(/* webpackChunkName: "testDevice" */ './testDevicePanel');
    this.panel ??= new Panel(this.deps);
    return this.panel;
  }

  /** For tests; undefined before the first use. */
  get current(): TestDevicePanel | undefined {
    return this.panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
