// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// A page in the browser, and whatever it complained about or asked the network for meanwhile.
import assert from 'node:assert/strict';

export const desktop = { viewport: { width: 1280, height: 900 } };
export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
export const dark = { ...desktop, colorScheme: 'dark' };

export class Sight {
  #noise = [];
  #contexts = [];

  constructor(browser, pages, screenshots) {
    Object.assign(this, { browser, pages, screenshots });
  }

  /** Opens PAGES/name.html and waits until it has drawn everything. */
  async open(name, options = desktop) {
    const context = await this.browser.newContext({ deviceScaleFactor: 1, locale: 'en-GB', timezoneId: 'Pacific/Auckland', reducedMotion: 'reduce', ...options });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    page.on('console', message => this.#noise.push(message.type() + ': ' + message.text()));
    page.on('pageerror', error => this.#noise.push('exception: ' + error.message));
    page.on('dialog', dialog => { this.#noise.push('dialog: ' + dialog.message()); dialog.dismiss(); });
    const own = 'file://' + this.pages + '/' + name + '.html';
    page.on('request', request => { if (request.url() !== own && !request.url().startsWith('blob:')) this.#noise.push('request: ' + request.url()); });
    await page.goto(own);
    await page.waitForSelector('html[data-ready]');
    return page;
  }

  /** What was provoked. */
  forget() {
    this.#noise.length = 0;
  }

  mustBeQuiet() {
    assert.deepEqual(this.#noise, []);
  }

  async close() {
    await Promise.all(this.#contexts.map(context => context.close()));
  }
}

/** Reads until it is as wanted, or 5 s are over. */
export async function until(read, wanted, what) {
  const end = Date.now() + 5000;
  let last;
  do {
    last = await read();
    if (wanted(last)) return last;
    await new Promise(resolve => setTimeout(resolve, 50));
  } while (Date.now() < end);
  return assert.fail(what + ', but it is ' + JSON.stringify(last));
}

export const points = page => page.locator('.plot-frame').evaluate(one => ({ drawn: Number(one.dataset.points), all: Number(one.dataset.all) }));
