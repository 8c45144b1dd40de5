// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What the page says without being asked.
import assert from 'node:assert/strict';
import { phone, points } from './sight.mjs';

export const tests = {
  async 'page: says first that the recording is not complete, and why'(sight) {
    const page = await sight.open('scene');
    const text = await page.locator('main > section').first().innerText();
    assert.match(text, /Not complete/);
    assert.match(text, /1 write escaped: it changed g_queue\.len/);
    assert.match(text, /filtered\s+14\s/);
    assert.match(text, /recovered\s+1\s/);
  },

  async 'page: hostile names, notes, facts and comments are text'(sight) {
    const page = await sight.open('scene');
    for (const row of await page.locator('.row-button').all()) await row.click();
    for (const one of await page.locator('details').all()) await one.evaluate(details => { details.open = true; });
    await page.locator('#chart [data-name=thread]').click();
    assert.match(await page.title(), /^Who touched g_queue\.len/);
    const text = await page.locator('body').innerText();
    for (const wanted of ["</script><script>document.title='owned'</script> (4132)", "<img src=x onerror=document.title='owned'> (4133)", '<h1>stage</h1>', '/* </script> & "quoted" */'])
      assert.ok(text.includes(wanted), wanted);
    assert.ok(!text.includes('\u202e') && !text.includes('\u001b'), 'what would turn or drive the text is spelled out');
    assert.equal(await page.locator('img, iframe, object, embed, link[href]').count(), 0);
    assert.equal(await page.locator('script').count(), 1);
  },

  async 'page: an inserted script does not run'(sight) {
    const page = await sight.open('scene');
    const refused = page.waitForEvent('console', message => /Content Security Policy/.test(message.text()));
    await page.evaluate(() => { const one = document.createElement('script'); one.textContent = "document.title = 'owned'"; document.body.append(one); });
    await refused;
    assert.doesNotMatch(await page.title(), /owned/);
    sight.forget();
  },

  async 'page: works with the network off'(sight) {
    const page = await sight.open('scene', { offline: true });
    assert.equal((await points(page)).all, 423);
  },

  async 'page: 360 pixels are wide enough'(sight) {
    const page = await sight.open('scene', phone);
    for (const row of await page.locator('.row-button').all()) await row.click();
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= room, wide + ' of ' + room);
    const cut = await page.evaluate(() => [...document.querySelectorAll('button, h1, h2, .verdict, .figure')]
      .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table-frame, .code')).map(one => one.textContent.slice(0, 40)));
    assert.deepEqual(cut, []);
  },

  async 'page: a million hits are one by one, aggregated, and soon there; complete, it says so'(sight) {
    const page = await sight.open('million');
    assert.match(await page.locator('#coverage .verdict').innerText(), /^Complete/);
    const { drawn, all } = await points(page);
    assert.equal(all, 1000000);
    assert.ok(drawn > 500 && drawn < 20000, drawn + ' points');
    const ready = Number(await page.locator('html').getAttribute('data-ready'));
    assert.ok(ready < 30000, ready + ' ms to the first chart, on a busy machine'); // 2 s on one that is not
  },
};
