// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// One hit in words: beside the pointer, and below the chart once it is selected.
import { oldOf, valueOf } from './data.js';
import { el } from './dom.js';
import { counted, writerName, writerPlace } from './format.js';
import { marks } from './marks.js';
import { threadName } from './scales.js';
import { set } from './state.js';
import { selectedSums } from './selection.js';
import { variable } from './colours.js';

export const swatch = row => el('span.swatch', { 'aria-hidden': 'true', style: { '--colour': 'var(' + variable(row) + ')' } }, row?.colour ? String(row.colour) : '');

export const escapedSwatch = () => el('span.swatch', { 'aria-hidden': 'true', style: { '--colour': 'var(--escaped)' } }, '!');

/** Who made a hit. */
export function who(model, hit) {
  if (model.hits.marks[hit] & marks.escaped) return [escapedSwatch(), 'nobody was seen: the value changed without a hit (escaped)'];
  const row = model.writers[model.hits.writer[hit]];
  return row ? [swatch(row), writerName(row), el('span.faint', {}, ' ' + writerPlace(model, row))] : [swatch(null), 'a writer that is not in the table'];
}

export function change(model, hit) {
  const now = valueOf(model, hit), old = oldOf(model, hit);
  if (now === null && old === null) return model.objects[model.hits.object[hit]].access === 'execute' ? 'executed' : 'value not known';
  return (old ?? '?') + ' → ' + (now ?? '?');
}

export function summary(model, hit, many) {
  const { hits } = model;
  return [
    el('div.hit-change', {}, change(model, hit)),
    el('div.hit-who', {}, who(model, hit)),
    el('div.faint', {}, '#' + hits.sequence[hit] + ' · ' + model.clocks.clock(hits.time[hit]) + ' · ' + threadName(model, hits.thread[hit])
      + (hits.cpu[hit] >= 0 ? ' · CPU ' + hits.cpu[hit] : '')),
    many > 1 && el('div.faint', {}, 'One of ' + counted(many, 'hit') + ' of this colour here: zoom in to see each.'),
  ];
}

/** A sum of older hits. */
export function sumSummary(model, object, index) {
  const [ticks, , writer, , many, least, most] = selectedSums(object)[index];
  const row = model.writers[writer];
  return [
    el('div.hit-change', {}, least === null ? counted(many, 'hit') : least === most ? String(least) : least + ' … ' + most),
    el('div.hit-who', {}, swatch(row), row ? writerName(row) : 'writers that are not in the table'),
    el('div.faint', {}, counted(many, 'hit') + ' in ' + model.sumWidth / 1e4 + ' ms from ' + model.clocks.clock(ticks / 1e7)),
  ];
}

/** Everything that the recording says of a hit. */
export function card(model, hit, openWriter) {
  const { hits, details, clocks } = model;
  const detail = details.get(hit) ?? {}, bits = hits.marks[hit];
  const row = model.writers[hits.writer[hit]];
  const lines = [
    ['value', change(model, hit)],
    ['who', who(model, hit)],
    ['time', (detail.since === undefined ? '' : 'between ' + clocks.clock(detail.since / 1e7) + ' and ') + clocks.clock(hits.time[hit])],
    ['thread', threadName(model, hits.thread[hit]) + (hits.cpu[hit] >= 0 ? ', CPU ' + hits.cpu[hit] : '')],
    detail.call && ['system call', detail.call],
    row?.instruction && ['instruction', el('code', {}, row.instruction.address + ' ' + row.instruction.text)],
    detail.merged > 1 && ['stands for', detail.merged + ' hits of the processor'],
    bits & marks.recovered && ['recovered', 'from a stray trap, by the guard'],
    bits & marks.undecided && ['condition', 'could not be decided'],
    bits & marks.unsure && ['whose', 'perhaps a neighbour\'s, which shares the debug register'],
    bits & marks.unchanged && ['change', 'none: the value was the same before'],
  ];
  return el('div.hit-card', { role: 'region', 'aria-label': 'Selected hit' },
    el('h3', {}, 'Hit #' + hits.sequence[hit]),
    el('dl.facts', {}, lines.filter(Boolean).map(([name, words]) => [el('dt', {}, name), el('dd', {}, words)])),
    el('div.buttons', {},
      row && el('button.button', { type: 'button', onclick: () => openWriter(hits.writer[hit]) }, 'Open its writer'),
      hits.thread[hit] >= 0 && el('button.button', { type: 'button', onclick: () => set({ thread: hits.thread[hit] }) }, 'Show only this thread')));
}
