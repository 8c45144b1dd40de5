// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What this page can and cannot prove: the closing statement, before anything else.
import { byId, el, fill } from './dom.js';
import { counted, number } from './format.js';

const FIGURES = [
  ['recorded', 'delivered to livewatcher'], ['filtered', 'set aside on purpose'], ['dropped', 'lost: a buffer was full'],
  ['skipped', 'beyond the flood limit: counted only'], ['recovered', 'taken from stray traps by the guard'], ['escaped', 'changes that no hit explains'],
];

export function showHead(model) {
  const labels = [...new Set(model.objects.map(one => one.label))];
  const title = labels.length === 0 ? 'Who touched this memory?' : 'Who touched ' + labels.slice(0, 3).join(', ') + (labels.length > 3 ? ', ...' : '') + '?';
  byId('title').textContent = title;
  document.title = title + ' - livewatcher';
  const facts = new Map(model.facts);
  byId('subtitle').textContent = [model.name, model.clocks.date(0), facts.get('host'), counted(model.hits.total, 'hit')].filter(Boolean).join(' · ');
}

export function showCoverage(model) {
  const { coverage, statement = [] } = model;
  const of = (...kinds) => statement.filter(([kind]) => kinds.includes(kind)).map(([, text]) => text);
  const complete = coverage?.complete;
  fill(
    byId('coverage'),
    el('h2', { id: 'coverage-title' }, 'What this page can prove'),
    el(complete ? 'p.verdict.good' : 'p.verdict.bad', {},
      el('strong', {}, complete ? 'Complete' : 'Not complete'),
      el('span', {}, complete
        ? 'Every access in the time of the recording is in it or in these figures. ' + (coverage.hits.filtered > 0 || model.writersLeftOut > 0
          ? 'Who is not in the table did not do it, or was filtered out.' : 'Who is not in the table did not do it.')
        : 'Something can have been missed: who is not in the table can have done it all the same.')),
    el('ul.gaps', {}, of('gap').map(text => el('li', {}, text))),
    el('ul.findings', {}, of('finding').map(text => el('li', {}, text))),
    coverage && el('dl.figures', {}, FIGURES.map(([name, meaning]) => el('div', {
      class: ['dropped', 'skipped', 'escaped'].includes(name) && coverage.hits[name] > 0 ? 'figure loss' : 'figure',
    },
    el('dt', {}, name), el('dd', {}, coverage.closed ? number(coverage.hits[name]) : '?'), el('dd.meaning', {}, meaning)))),
    limits(model),
    el('details', {}, el('summary', {}, 'The whole statement'),
      el('ul.statement', {}, of('fact', 'remark').map(text => el('li', {}, text))))
  );
}

/** Where this page shows less than the recording. */
function limits(model) {
  const { hits } = model;
  const lines = [...model.shortened];
  if (hits.count < hits.total)
    lines.push('The newest ' + counted(hits.count, 'hit') + ' are here one by one. The ' + number(hits.total - hits.count) + ' before them are in sums of '
      + (model.sumWidth / 1e4) + ' ms by writer: least and greatest value, without threads and CPUs.');
  if (model.writersLeftOut > 0) lines.push(counted(model.writersLeftOut, 'further writer') + ', less suspicious than those in the table, are left out; their hits are drawn in grey.');
  return lines.length ? el('div.limits', {}, el('h3', {}, 'Left out of this page, not of the recording'), el('ul', {}, lines.map(text => el('li', {}, text)))) : null;
}
