// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What the page does when it is asked.
import assert from 'node:assert/strict';
import { phone, points, until } from './sight.mjs';

const names = page => page.locator('.row-button .name').allInnerTexts();
const focused = page => page.evaluate(() => document.activeElement.className + ' ' + document.activeElement.id);

export const tests = {
  async 'writers: rarest first, sorted by any column either way'(sight) {
    const page = await sight.open('scene');
    const counts = async () => (await page.locator('.writers tbody tr > td:nth-child(3)').allInnerTexts()).map(Number);
    const rarest = await counts();
    assert.deepEqual(rarest, [...rarest].sort((a, b) => a - b));
    assert.deepEqual(rarest.slice(0, 3), [1, 1, 3]);
    await page.locator('[data-sort=count]').click();
    assert.deepEqual(await counts(), [...rarest].reverse());
    assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
    await page.locator('[data-sort=writer]').click();
    const all = await names(page);
    assert.deepEqual(all, [...all].sort());
  },

  async 'writers: a row opens to its stack, marked source line, instruction, values and threads'(sight) {
    const page = await sight.open('scene');
    await page.locator('.row-button', { hasText: 'memset' }).click();
    const detail = page.locator('tr.detail');
    const text = await detail.innerText();
    for (const wanted of ['memset', 'reset_stats', 'rep stosb', 'proven', '-1', 'only writer of -1', 'CPU 0', '14:02:14.']) assert.ok(text.includes(wanted), wanted);
    assert.match(await detail.locator('.line.marked').first().innerText(), /33\s*memset\(&g_stats/);
    await page.locator('.row-button', { hasText: 'memset' }).click();
    assert.equal(await detail.count(), 0);
  },

  async 'writers: words find functions, files and values'(sight) {
    const page = await sight.open('scene');
    await page.locator('#words').fill('reset_st');
    await until(() => names(page), all => all.length === 1 && all[0] === 'memset', 'one writer has reset_stats in its stack');
    await page.locator('#words').fill('no such thing');
    await until(() => names(page), all => all.length === 0, 'nobody has that');
  },

  async 'filter: one writer alone, in chart, table and flame graph, and all again'(sight) {
    const page = await sight.open('scene');
    await page.locator('.row-button', { hasText: 'memset' }).click();
    await page.getByRole('button', { name: 'Show only this writer' }).click();
    await until(() => points(page), now => now.all === 1 && now.drawn === 1, 'the chart has its one hit');
    assert.deepEqual(await names(page), ['memset']);
    assert.match(await page.locator('#flame').innerText(), /1 writer, 1 hit/);
    await page.locator('.chip').click();
    await until(() => points(page), now => now.all === 423, 'all hits are back');
    assert.equal((await names(page)).length, 7);
  },

  async 'chart: dragging zooms in until each hit is drawn, a double click shows all'(sight) {
    const page = await sight.open('million');
    const over = page.locator('.u-over');
    const box = await over.boundingBox();
    for (let i = 0; i < 4 && (await points(page)).all > 3000; i++) {
      const before = (await points(page)).all;
      await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 90, { steps: 4 });
      await page.mouse.up();
      await until(() => points(page), now => now.all < before, 'fewer hits than ' + before);
    }
    const { drawn, all } = await points(page);
    assert.ok(all > 100 && all <= 3000, all + ' hits');
    assert.ok(drawn >= all && drawn <= all + 2, 'each is drawn: ' + drawn);
    await page.mouse.dblclick(box.x + 40, box.y + 40);
    await until(() => points(page), now => now.all === 1000000, 'all again');
  },

  async 'chart: the pointer shows the hit below it, a click selects it'(sight) {
    const page = await sight.open('scene');
    await page.locator('.row-button', { hasText: 'memset' }).click();
    await page.getByRole('button', { name: 'Show only this writer' }).click();
    await until(() => points(page), now => now.all === 1, 'one hit');
    await page.getByRole('button', { name: 'Everything' }).click();
    await page.locator('.plot-frame').scrollIntoViewIfNeeded();
    await page.locator('.plot-frame').focus();
    const dot = await page.locator('.dot').boundingBox();
    await page.mouse.move(dot.x + 10, dot.y + 4);
    const tip = page.locator('.tip');
    await until(() => tip.innerText(), text => /→ -1/.test(text) && /memset/.test(text), 'the tip tells of the hit');
    await page.mouse.click(dot.x + 8, dot.y + 7);
    const card = page.locator('.hit-card');
    await until(() => card.innerText(), text => /→ -1/.test(text) && /recovered/.test(text), 'the hit is selected');
    await card.getByRole('button', { name: 'Open its writer' }).click();
    assert.match(await focused(page), /row-button/);
  },

  async 'filter: one thread alone, from a hit of it'(sight) {
    const page = await sight.open('scene');
    await page.locator('.plot-frame').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show only this thread' }).click();
    const { all } = await until(() => points(page), now => now.all > 10 && now.all < 200, 'a fourth of the hits');
    await page.locator('#chart [data-name=thread]').click();
    assert.equal((await points(page)).all, all);
    assert.match(await page.locator('.chip').innerText(), /only thread .*\(413\d\)/);
    await page.locator('.chip').click();
    await until(() => points(page), now => now.all === 423, 'all hits are back');
  },

  async 'chart: enumerators, pointers, threads and CPUs have lanes'(sight) {
    const page = await sight.open('scene');
    const select = page.locator('#chart select');
    await select.selectOption({ label: 'g_state (3 hits)' });
    await until(() => points(page), now => now.all === 3, 'three changes of state');
    await select.selectOption({ label: 'g_queue.head (420 hits)' });
    await until(() => points(page), now => now.all === 420, 'a pointer');
    assert.match(await page.locator('#memory').innerText(), /Memory around g_queue\.head/);
    for (const [name, title] of [['thread', 'Threads of g_queue.head'], ['cpu', 'CPUs of g_queue.head']]) {
      await page.locator('#chart [data-name=' + name + ']').click();
      assert.match(await page.locator('.plot-frame').getAttribute('aria-label'), new RegExp('^' + title));
      assert.equal((await points(page)).all, 420);
    }
  },

  async 'keys: skip link, table, chart and flame graph'(sight) {
    const page = await sight.open('scene');
    await page.keyboard.press('Tab');
    assert.match(await focused(page), /^skip/);
    await page.keyboard.press('Enter');
    assert.match(await focused(page), / writers$/);
    await page.locator('.row-button').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.row-button').nth(1).getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('Home');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.writer), await page.locator('.row-button').first().getAttribute('data-writer'));
    await page.locator('.plot-frame').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.match(await page.locator('.tip').innerText(), /1 → 2/);
    await page.keyboard.press('+');
    await until(() => points(page), now => now.all < 423, 'zoomed in');
    await page.keyboard.press('0');
    await until(() => points(page), now => now.all === 423, 'everything');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    assert.match(await page.locator('.hit-card').innerText(), /Hit #846/i);
    await page.locator('.flame .bar').first().focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^clone3/);
    const rim = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(rim, 'solid', 'the focus can be seen');
  },

  async 'flame graph: each writer alike or by hits; a leaf opens its writer'(sight) {
    const page = await sight.open('scene');
    const width = () => page.locator('.bar.leaf', { hasText: 'memset' }).evaluate(one => one.offsetWidth);
    const alike = await width();
    assert.ok(alike > 200, alike + ' pixels');
    await page.locator('.bar.leaf', { hasText: 'memset' }).click();
    assert.equal(await page.locator('.row-button', { hasText: 'memset' }).getAttribute('aria-expanded'), 'true');
    await page.getByRole('button', { name: 'By hits' }).click();
    await until(async () => (await page.locator('.bar.leaf', { hasText: 'memset' }).count()) && width(), now => now < 20, 'one of 422 hits is thin');
  },

  async 'memory: a byte tells who changed it last'(sight) {
    const page = await sight.open('scene');
    await page.getByRole('button', { name: 'at 0x55d0c4a0b0c0' }).click();
    assert.match(await page.locator('.byte-words').innerText(), /0x55d0c4a0b0c0 of g_queue\.len: 0a, changed last by hit #846 at 14:02:15/);
    assert.match(await page.locator('#memory').innerText(), /bytes with a dot were not watched/);
  },

  async 'theme: as the system has it, and the other one by a switch'(sight) {
    const ground = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const page = await sight.open('scene', { ...phone, colorScheme: 'dark' });
    assert.equal(await ground(page), 'rgb(15, 20, 26)');
    await page.locator('#theme').click();
    assert.equal(await ground(page), 'rgb(246, 247, 249)');
    await page.locator('#theme').click();
    assert.equal(await ground(page), 'rgb(15, 20, 26)');
  },
};
