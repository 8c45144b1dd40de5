// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What else was told while the program ran, and where.
import { byId, el, fill } from './dom.js';
import { counted } from './format.js';

const SHOWN = 50;

export function showNotes(model) {
  const { notes, clocks } = model;
  if (!notes.length) {
    byId('notes').remove();
    return;
  }
  const list = el('ul.notes', {});
  const show = many => fill(list, notes.slice(0, many).map(([ticks, level, text]) => el('li.' + level, {},
    el('time', {}, clocks.clock(ticks / 1e7)), el('span.level', {}, level), el('span', {}, text))));
  show(SHOWN);
  fill(
    byId('notes'),
    el('h2', { id: 'notes-title' }, 'Notes'),
    model.notesLeftOut > 0 && el('p.faint', {}, counted(model.notesLeftOut, 'older note') + ' are left out of this page.'),
    list,
    notes.length > SHOWN && el('button.button', { type: 'button', onclick: event => { show(notes.length); event.currentTarget.remove(); } }, 'Show all ' + notes.length)
  );
}

export function showFacts(model) {
  fill(
    byId('facts'),
    el('h2', { id: 'facts-title' }, 'The recording'),
    el('dl.facts', {}, model.facts.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    el('p.faint', {}, 'Times are those of the clock where it was recorded (' + model.clocks.zone() + '). Source lines are those of the machine on which this page was made, '
      + 'at that time. This page loads nothing and sends nothing. It holds values of the program\'s memory: treat it as you would a core file.')
  );
}
