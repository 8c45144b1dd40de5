// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Which colour is whose; a press shows that writer's hits alone. And what is filtered at the moment.
import { el } from './dom.js';
import { counted, number, writerName, writerPlace } from './format.js';
import { escapedSwatch, swatch } from './hitcard.js';
import { marks } from './marks.js';
import { threadName } from './scales.js';
import { set, state } from './state.js';

export function legend(model, object) {
  const rows = model.writers.map((row, index) => [row, index]).filter(([row]) => row.watch === object.label && row.access === object.access);
  const named = rows.filter(([row]) => row.colour);
  const escaped = object.list.reduce((sum, hit) => sum + (model.hits.marks[hit] & marks.escaped ? 1 : 0), 0);
  const crowd = rows.length - named.length;
  const filters = [
    state.writer !== null && chip('only ' + writerName(model.writers[state.writer]), () => set({ writer: null })),
    state.thread !== null && chip('only thread ' + threadName(model, state.thread), () => set({ thread: null })),
  ].filter(Boolean);
  return [
    el('div.legend', { role: 'group', 'aria-label': 'Writers by colour, most suspicious first' },
      named.map(([row, index]) => el('button.legend-item', {
        type: 'button', 'aria-pressed': String(state.writer === index), title: row.reason ?? '',
        onclick: () => set({ writer: state.writer === index ? null : index }),
      }, swatch(row), el('span', {}, writerName(row)), el('span.faint', {}, writerPlace(model, row) + ' · ' + number(row.count)))),
      crowd > 0 && el('span.legend-item', {}, swatch(null), counted(crowd, 'less suspicious writer')),
      escaped > 0 && el('span.legend-item', {}, escapedSwatch(), counted(escaped, 'escaped write') + ': nobody was seen')),
    filters.length > 0 && el('div.chips', {}, el('span.faint', {}, 'Shown: '), filters),
  ];
}

const chip = (words, remove) => el('button.chip', { type: 'button', onclick: remove, 'aria-label': words + ': show all again' }, words, el('span', { 'aria-hidden': 'true' }, ' ×'));
