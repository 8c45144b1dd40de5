// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// livewatcher report --format html: the page's script. One module for each section; they know each other by state.js only.
import { byId, el, fill } from './dom.js';
import { load } from './data.js';
import { clocks } from './format.js';
import { startTheme } from './theme.js';
import { showHead, showCoverage } from './coverage.js';
import { startChart } from './chart.js';
import { startWriters } from './writers.js';
import { startFlame } from './flame.js';
import { startMemory } from './memory.js';
import { showFacts, showNotes } from './notes.js';
import { state } from './state.js';

async function start() {
  const model = await load();
  model.clocks = clocks(model);
  state.object = Math.max(0, model.objects.findIndex(one => one.hits > 0 && one.shape !== 'none'));
  if (model.objects[state.object]?.shape === 'none') state.view = 'thread';
  showHead(model);
  showCoverage(model);
  const redraw = startChart(model);
  startTheme(redraw);
  startWriters(model);
  startFlame(model);
  startMemory(model);
  showNotes(model);
  showFacts(model);
  document.documentElement.dataset.ready = Math.round(performance.now());
}

start().catch(error => {
  fill(byId('coverage'), el('p.alarm', {}, 'This page could not show its recording: ' + error.message
    + '. It needs a browser of 2023 or later. "livewatcher report FILE" shows the same as text.'));
  throw error;
});
