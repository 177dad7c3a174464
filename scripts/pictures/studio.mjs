// A running product with a camera: drives it as a person does, and takes each state in every theme that is asked for.
import fs from 'node:fs';
import path from 'node:path';
import { UpdateIndexingConfigurationCommand } from '@aws-sdk/client-iot';
import { Workbench } from '../../test/browser/workbench.ts';
import { eventually } from '../../test/helpers/eventually.ts';
import { root } from '../lib/paths.mjs';
import { fillFleet, iotClient } from './fleet.mjs';

export const category = 'Greengrass Fleet';

/** Short name for the picture's file, name in the setting, title in the list of themes, class of the workbench. */
export const themes = [
  { id: 'dark', name: 'Default Dark Modern', title: 'Dark Modern', kind: 'vs-dark' },
  { id: 'light', name: 'Default Light Modern', title: 'Light Modern', kind: 'vs' },
  { id: 'hc-dark', name: 'Default High Contrast', title: 'Dark High Contrast', kind: 'hc-black' },
  { id: 'hc-light', name: 'Default High Contrast Light', title: 'Light High Contrast', kind: 'hc-light' },
];

export class Studio {
  /** @type {(typeof themes)[number]} */
  #theme = themes[0];

  /**
   * @param {Workbench} workbench
   * @param {{ home: string, workspace?: string, sandbox?: { info: Record<string, any> }, env: NodeJS.ProcessEnv }} sample
   * @param {{ out: string, themes: readonly (typeof themes)[number][], suffix: boolean }} camera `suffix`: the theme is part of the file's name
   */
  constructor(workbench, sample, camera) {
    this.workbench = workbench;
    this.sample = sample;
    this.camera = camera;
    this.page = workbench.page;
    this.input = this.page.locator('.quick-input-widget input.input');
  }

  static async open(url, sample, camera, size = { width: 1280, height: 800 }) {
    fs.mkdirSync(camera.out, { recursive: true });
    return new Studio(await Workbench.open(url, size), sample, camera);
  }

  async close() {
    await this.workbench.close();
  }

  /** What stands on the screen now, in each theme. `themes`: fewer, for a state that does not last. */
  async shot(name, { themes: wanted = this.camera.themes, settle = 800 } = {}) {
    // The theme that is on comes first: a change takes a second.
    const ordered = [...wanted].sort((a, b) => Number(b === this.#theme) - Number(a === this.#theme));
    for (const theme of ordered) {
      await this.useTheme(theme);
      await this.page.mouse.move(700, 780);
      await this.page.waitForTimeout(settle); // fonts, icons and fading hovers have no event to wait for
      const file = path.join(this.camera.out, this.camera.suffix ? `${name}.${theme.id}.png` : `${name}.png`);
      await this.page.screenshot({ path: file });
      process.stdout.write(`${path.relative(root, file)}\n`);
    }
  }

  /** @param {(typeof themes)[number]} theme */
  async useTheme(theme) {
    if (theme === this.#theme) return;
    if (this.sample.workspace === undefined) {
      await this.workbench.runCommand('Preferences: Color Theme');
      await this.input.fill(theme.title);
      await this.workbench.pick(theme.title);
    } else {
      this.settings({ 'workbench.colorTheme': theme.name });
    }
    await this.page.locator(`.monaco-workbench.${theme.kind}`).waitFor({ timeout: 20_000 });
    this.#theme = theme;
  }

  /** Changes settings of the folder, which take effect at once; undefined takes one away. */
  settings(changes) {
    const file = this.file('.vscode/settings.json');
    const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify({ ...before, ...changes }, undefined, 2)}\n`);
  }

  async command(title) {
    await this.workbench.runCommand(`${category}: ${title}`);
  }

  async clearNotifications() {
    await this.workbench.runCommand('Notifications: Clear All Notifications');
  }

  /** Back to the side bar alone. */
  async tidy() {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Escape');
    await this.workbench.runCommand('View: Close All Editors');
    await this.hidePanel();
    await this.clearNotifications();
  }

  async hidePanel() {
    if (await this.page.locator('.part.panel').isVisible()) await this.page.keyboard.press('Control+J');
  }

  /** Waits for the question in the quick input. @param {RegExp} title */
  async asked(title) {
    await this.page.locator('.quick-input-title', { hasText: title }).first().waitFor();
  }

  /** Answers an input box that has a proposal. */
  async accept(title) {
    await this.asked(title);
    await eventually(async () => (await this.input.inputValue()) !== '', { what: `a proposal for ${title}` });
    await this.page.keyboard.press('Enter');
  }

  row(view, text) {
    return this.page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`, { hasText: text }).first();
  }

  /** Opens a node of a tree without choosing it. */
  async expand(view, text) {
    const row = this.row(view, text);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) !== 'true') await row.locator('.monaco-tl-twistie').click();
    await eventually(async () => (await row.getAttribute('aria-expanded')) === 'true', { what: `open ${text}` });
    await this.page.waitForTimeout(300);
  }

  async steps(state, count = 5) {
    await this.page.waitForFunction(
      ([wanted, rows]) => document.querySelectorAll(`.monaco-list-row[aria-label^="Step "][aria-label*=": ${wanted}"]`).length === rows,
      [state, count],
      { timeout: 90_000 },
    );
  }

  /** The five steps done, whatever stood there before. */
  async provisioned() {
    await this.workbench.openContainer(category);
    await this.page.locator('.monaco-list-row[aria-label^="Step 5"]').waitFor({ timeout: 60_000 });
    await this.command('Refresh');
    await this.page.waitForTimeout(1000);
    const done = await this.page.locator('.monaco-list-row[aria-label^="Step "][aria-label*=": done"]').count();
    if (done === 5) return;
    await this.command('Provision Everything');
    await this.workbench.answerDialog(/^Provision Everything$/);
    await this.steps('done');
    await this.clearNotifications();
  }

  async fillFleet() {
    await fillFleet(this.sample.sandbox.info);
  }

  /** Turns fleet indexing on. */
  async index() {
    const iot = iotClient(this.sample.sandbox.info);
    await iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' } }));
    iot.destroy();
  }

  /** Types into the search of the fleet, and waits for a row. */
  async find(text, seen) {
    await this.command('Find in the Fleet');
    await this.asked(/Find in the Fleet/);
    await this.input.fill(text);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: seen }).first().waitFor();
  }

  file(name) {
    return path.join(this.sample.workspace ?? '', name);
  }

  /** Changes a file as another program does. @param {(text: string) => string} change */
  edit(name, change) {
    fs.writeFileSync(this.file(name), change(fs.readFileSync(this.file(name), 'utf8')));
  }
}
