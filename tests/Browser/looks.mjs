// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What the page looks like, held against pictures that a person has accepted. They are taken with one font, DejaVu Sans of Debian's
// fonts-dejavu-core; what is left between two builds of Chromium is the shade of some edges, which the tolerance lets pass.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { dark, desktop, phone } from './sight.mjs';

const TOLERANCE = 0.015; // of all pixels
const SHADE = 0.25; // of one pixel, 0 to 1

async function compare(sight, name, options, clip) {
  const page = await sight.open('scene', options);
  await page.evaluate(() => {
    document.documentElement.style.setProperty('--font', '"DejaVu Sans"');
    document.documentElement.style.setProperty('--mono', '"DejaVu Sans Mono"');
  });
  // Drawn anew with that font: the chart takes its letters from the style sheet.
  for (let i = 0; i < 3; i++) await page.locator('#theme').click();
  await page.locator('.row-button', { hasText: 'memset' }).click();
  await page.evaluate(() => { document.activeElement.blur(); return document.fonts.ready; });
  await page.waitForTimeout(200);
  const now = PNG.sync.read(await page.screenshot({ fullPage: true, clip }));
  const file = path.join(sight.screenshots, name + '.png');
  if (process.env.LW_ACCEPT === '1') {
    await writeFile(file, PNG.sync.write(now, { deflateLevel: 9 }));
    return;
  }
  assert.ok(existsSync(file), name + '.png is missing: run with LW_ACCEPT=1, then look at it');
  const then = PNG.sync.read(await readFile(file));
  assert.deepEqual([now.width, now.height], [then.width, then.height]);
  const shown = new PNG({ width: now.width, height: now.height });
  const different = pixelmatch(then.data, now.data, shown.data, now.width, now.height, { threshold: SHADE });
  const share = different / (now.width * now.height);
  if (share <= TOLERANCE) return;
  await writeFile(name + '.now.png', PNG.sync.write(now));
  await writeFile(name + '.difference.png', PNG.sync.write(shown));
  assert.fail((share * 100).toFixed(2) + ' % of the pixels differ: see artifacts/browser/' + name + '.difference.png; LW_ACCEPT=1 accepts the new look');
}

export const tests = {
  'looks: desktop, light': sight => compare(sight, 'desktop-light', desktop, { x: 0, y: 0, width: 1280, height: 1300 }),
  'looks: desktop, dark': sight => compare(sight, 'desktop-dark', dark, { x: 0, y: 0, width: 1280, height: 760 }),
  'looks: phone': sight => compare(sight, 'phone-light', phone, { x: 0, y: 0, width: 360, height: 1300 }),
};
