// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
//
// node main.mjs SCREENSHOTS PAGES: runs every test, one after the other in one browser, a line each.
import { chromium } from 'playwright-core';
import { tests as reading } from './reading.mjs';
import { tests as acting } from './acting.mjs';
import { tests as looks } from './looks.mjs';
import { Sight } from './sight.mjs';

const [screenshots, pages] = process.argv.slice(2);
const SECONDS = 40; // for one test, on a busy machine
const launch = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  // Letters are drawn alike on every machine: no hinting by its settings, no subpixels, one colour profile, no GPU.
  args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb', '--hide-scrollbars'],
});
let browser = await launch();
let failed = 0;

/** A page that hangs answers nothing, so nobody waits for it. */
async function limited(work) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no end after ' + SECONDS + ' s')), SECONDS * 1000); });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

for (const [name, test] of Object.entries({ ...reading, ...acting, ...looks })) {
  const sight = new Sight(browser, pages, screenshots);
  try {
    await limited(test(sight));
    sight.mustBeQuiet();
    await sight.close();
    console.log('PASS ' + name);
  } catch (error) {
    failed++;
    console.log('FAIL ' + name + ': ' + String(error.message ?? error).split('\n').slice(0, 4).join(' | '));
    // Whatever state it is in: the next test has a new one.
    await Promise.race([browser.close().catch(() => {}), new Promise(resolve => setTimeout(resolve, 5000))]);
    browser = await launch();
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
