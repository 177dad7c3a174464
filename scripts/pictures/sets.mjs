// The surroundings that pictures are taken in.
import fs from 'node:fs';
import path from 'node:path';
import { makeHome, startSample, startWorkbench } from '../lib/product.mjs';
import { Studio } from './studio.mjs';

/** @typedef {ConstructorParameters<typeof Studio>[2]} Camera */
/** @typedef {(studio: Studio) => Promise<void>} Work */

async function inStudio(program, sample, camera, work, { size, ...options } = {}) {
  const { url } = await startWorkbench(program, sample, options);
  const studio = await Studio.open(url, sample, camera, size);
  try {
    await work(studio);
  } finally {
    await studio.close();
  }
}

/** As npm start shows it: a folder and a local AWS. @param {Camera} camera @param {Work} work @param {{ width: number, height: number }} [size] of the window */
export async function withSample(program, camera, work, size) {
  await inStudio(program, await startSample(), camera, work, { size });
}

/** No folder and no AWS profile. @param {Camera} camera @param {Work} work */
export async function withEmptyWindow(program, camera, work) {
  await inStudio(program, makeHome(), camera, work);
}

/** A folder without an AWS profile; `trust`: whether it is trusted. @param {Camera} camera @param {Work} work */
export async function withFolder(program, camera, trust, work) {
  const made = makeHome();
  const workspace = path.join(made.home, 'my-fleet');
  fs.mkdirSync(workspace);
  await inStudio(program, { ...made, workspace }, camera, work, { trust });
}
