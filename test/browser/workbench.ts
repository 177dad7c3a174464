import fs from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { eventually } from '../helpers/eventually';

const screenshots = path.join(__dirname, '..', '..', 'test-results', 'screenshots');
const programs = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-dev-shm-usage', '--disable-component-update'];

/** Chromium without a window. Close it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = programs.find((file) => file !== undefined && fs.existsSync(file));
  if (executablePath === undefined) throw new Error('No Chromium found; set CHROMIUM_PATH');
  return chromium.launch({ executablePath, args: flags });
}

/** VS Code in the browser, used as a person uses it: by what is on the screen. */
export class Workbench {
  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
  ) {}

  static async open(url: string, size = { width: 1400, height: 900 }): Promise<Workbench> {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: size });
      // Some machines are slow, and only what fails waits so long.
      page.setDefaultTimeout(120_000);
      await page.goto(url);
      await page.locator('.monaco-workbench .activitybar').waitFor();
      return new Workbench(page, browser);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Leaves a picture in test-results/screenshots (which git ignores). */
  async screenshot(name: string): Promise<void> {
    fs.mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }

  /** Opens a view container by its icon in the activity bar. */
  async openContainer(title: string): Promise<void> {
    const icon = this.page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${title}"])`).first();
    await icon.waitFor();
    if ((await icon.getAttribute('aria-expanded')) !== 'true' && !((await icon.getAttribute('class')) ?? '').includes('checked')) await icon.click();
  }

  /** Runs a command by typing its title into the command palette. */
  async runCommand(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await eventually(
      async () => {
        await this.page.keyboard.press('F1');
        await input.waitFor({ timeout: 5000 });
        return true;
      },
      { what: 'the command palette' },
    );
    await input.fill(`>${title}`);
    await this.pick(title);
  }

  /** Runs a command until its dialog is there: one that was just cancelled may not have ended yet. */
  async runUntilAsked(title: string): Promise<void> {
    await eventually(
      async () => {
        await this.runCommand(title);
        await this.dialog().waitFor({ timeout: 10_000 });
        return true;
      },
      { what: `the question of ${title}`, limit: 120_000 },
    );
  }

  /** Opens a file of the folder by its name. */
  async open(file: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.page.locator('.quick-input-widget input.input').fill(file);
    await this.pick(file);
    await this.page.locator('.tab.active', { hasText: file }).waitFor();
  }

  /** Chooses an entry of the quick input. */
  async pick(text: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }

  /** The modal dialog. Its text is what a person reads before they click. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Clicks a button of the modal dialog and waits until that dialog is gone. */
  async answerDialog(button: string | RegExp): Promise<string> {
    const dialog = this.dialog();
    await dialog.waitFor();
    const text = await dialog.innerText();
    await dialog.locator('.monaco-button', { hasText: button }).first().click();
    return text;
  }

  /** Changes the colour theme by the settings of the folder, and waits until it is there. */
  async theme(name: string, workspace: string): Promise<void> {
    const file = path.join(workspace, '.vscode', 'settings.json');
    const before = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as object) : {};
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify({ ...before, 'workbench.colorTheme': name }));
    const kind = name.includes('High Contrast Light') ? 'hc-light' : name.includes('High Contrast') ? 'hc-black' : name.includes('Light') ? 'vs' : 'vs-dark';
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /**
   * What axe finds in the webview that holds `selector`, serious and critical only: one line for each.
   * https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
   */
  async seriousFindings(selector: string): Promise<string[]> {
    const frame = await this.webview(selector);
    // The page is transparent, and what is behind it is the editor: axe would take it for white.
    await frame.evaluate("document.body.style.background = getComputedStyle(document.documentElement).getPropertyValue('--vscode-editor-background')");
    await frame.evaluate(fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const violations = await frame.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; impact: string | null; help: string; nodes: { html: string; failureSummary?: string }[] }[] }> } };
      return (await axe.run({ resultTypes: ['violations'] })).violations;
    });
    await frame.evaluate("document.body.style.background = ''");
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, failureSummary = '' }) => `${html} ${failureSummary}`).join(' | ')}`);
  }

  /** Texts of the notifications on the screen. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** Clicks a button of a notification. */
  async answerNotification(button: string): Promise<void> {
    await this.page.locator('.notification-toast .monaco-button', { hasText: button }).first().click();
  }

  /** What the rows of a tree view say to a screen reader, in order. */
  async treeRows(view: string): Promise<string[]> {
    const rows = this.page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
    const labels: string[] = [];
    for (const row of await rows.all()) labels.push((await row.getAttribute('aria-label')) ?? '');
    return labels;
  }

  /** The inner document of the webview (VS Code puts it two frames deep) that holds `selector`. */
  async webview(selector: string): Promise<Frame> {
    return eventually(
      async () => {
        for (const frame of this.page.frames()) {
          if (frame.parentFrame()?.parentFrame() && (await frame.locator(selector).count()) > 0) return frame;
        }
        throw new Error(`no webview with ${selector}`);
      },
      { what: 'the webview', limit: 120_000, every: 200 },
    );
  }
}
