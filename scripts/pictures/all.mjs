// Every view in every theme: to look at before a release, and to find what one would not show a friend.
import path from 'node:path';
import { withEmptyWindow, withFolder, withSample } from './sets.mjs';
import { themes as allThemes } from './studio.mjs';
import { device } from './views/device.mjs';
import { files } from './views/files.mjs';
import { find } from './views/find.mjs';
import { relations } from './views/relations.mjs';
import { resources } from './views/resources.mjs';
import { stack } from './views/stack.mjs';
import { emptyWindow, noConnection, untrusted } from './views/start.mjs';
import { connection, steps } from './views/steps.mjs';
import { teardown } from './views/teardown.mjs';

/** In one window, in this order: the later ones find what the earlier ones have made. */
const inSample = { steps, connection, resources, find, stack, relations, files, device, teardown };

/** @returns {Promise<string[]>} names of the views that were not reached */
export async function allViews(program, { out, only, themes }) {
  const camera = { out, suffix: true, themes: allThemes.filter(({ id }) => themes.length === 0 || themes.includes(id)) };
  const wanted = (name) => only.length === 0 || only.includes(name);
  const failed = [];
  const guarded = (name, work) => async (studio) => {
    try {
      await work(studio);
    } catch (error) {
      failed.push(name);
      process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
      await studio.page.screenshot({ path: path.join(out, `failed-${name}.png`) });
      // What was asked then must not be in the way of the next view.
      for (let press = 0; press < 3; press += 1) await studio.page.keyboard.press('Escape');
      await studio.page.waitForTimeout(1000);
    }
  };
  if (wanted('emptyWindow')) await withEmptyWindow(program, camera, guarded('emptyWindow', emptyWindow));
  if (wanted('noConnection')) await withFolder(program, camera, true, guarded('noConnection', noConnection));
  if (wanted('untrusted')) await withFolder(program, camera, false, guarded('untrusted', untrusted));
  const views = Object.entries(inSample).filter(([name]) => wanted(name));
  if (views.length > 0) {
    await withSample(program, camera, async (studio) => {
      if (!wanted('steps')) await studio.provisioned();
      if (!wanted('resources') && views.some(([name]) => name !== 'steps' && name !== 'connection')) await studio.fillFleet();
      for (const [name, work] of views) await guarded(name, work)(studio);
    });
  }
  return failed;
}
