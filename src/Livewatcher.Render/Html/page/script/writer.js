// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What is known of one writer: source and instruction, stack, values, threads, times, newest hits.
import { el } from './dom.js';
import { valueOf } from './data.js';
import { counted, fileName, number, span } from './format.js';
import { change } from './hitcard.js';
import { threadName } from './scales.js';
import { set, state } from './state.js';

const LISTED = 12;
const NEWEST = 20;

export function detail(model, row, index) {
  const stack = model.stacks[row.stack];
  const seen = look(model, index);
  const { clock } = model.clocks;
  const only = state.writer === index;
  return el('div.writer', {},
    el('div.buttons', {}, el('button.button', {
      type: 'button', 'aria-pressed': String(only), 'data-only': index,
      onclick: () => set(only ? { writer: null } : { writer: index, ...objectOf(model, row) }),
    }, only ? 'Show all writers again' : 'Show only this writer')),
    el('div.writer-columns', {},
      el('div', {},
        el('h3', {}, 'Stack, innermost first'), stackList(model, stack, row)),
      el('div', {},
        el('h3', {}, 'Hits'),
        el('dl.facts', {},
          el('dt', {}, 'count'), el('dd', {}, number(row.count) + (row.changes === row.count ? ', each changed the value' : ', ' + number(row.changes) + ' changed the value')),
          el('dt', {}, 'first'), el('dd', {}, clock(row.first / 1e7)), el('dt', {}, 'last'), el('dd', {}, clock(row.last / 1e7) + (row.last > row.first ? ', ' + span((row.last - row.first) / 1e7) + ' later' : '')),
          row.reason && [el('dt', {}, 'why here'), el('dd', {}, row.reason)]),
        tally('Values', seen.values, row.values, row.valueCount), tally('Threads', seen.threads, row.threads, row.threadCount), tally('CPUs', seen.cpus, [], 0),
        seen.count < row.count && el('p.faint', {}, seen.count === 0
          ? 'None of its hits is on this page one by one.'
          : 'These are of its newest ' + counted(seen.count, 'hit') + ', the ones that this page has one by one.'),
        newest(model, seen.newest))));
}

const objectOf = (model, row) => {
  const at = model.objects.findIndex(one => one.label === row.watch && one.access === row.access && one.hits > 0);
  const now = model.objects[state.object];
  if (at < 0 || (now.label === row.watch && now.access === row.access)) return {};
  return { object: at, view: model.objects[at].shape === 'none' ? 'thread' : 'value' };
};

/** Its hits on this page: how often which value, thread and CPU. */
function look(model, index) {
  const { hits } = model;
  const values = new Map(), threads = new Map(), cpus = new Map();
  const newest = [];
  const add = (map, key, hit) => { const known = map.get(key); if (known) known[1]++; else map.set(key, [hit, 1]); };
  let count = 0;
  for (let i = hits.count - 1; i >= 0; i--) {
    if (hits.writer[i] !== index) continue;
    count++;
    if (newest.length < NEWEST) newest.push(i);
    add(values, hits.text[i] >= 0 ? 't' + hits.text[i] : hits.number[i], i);
    add(threads, hits.thread[i], i);
    add(cpus, hits.cpu[i], i);
  }
  const ranked = (map, name) => [...map.values()].sort((a, b) => a[1] - b[1]).map(([hit, many]) => [name(hit), many]);
  return {
    count, newest,
    values: ranked(values, hit => valueOf(model, hit) ?? 'not known'), threads: ranked(threads, hit => threadName(model, hits.thread[hit])),
    cpus: ranked(cpus, hit => (hits.cpu[hit] < 0 ? 'unknown' : 'CPU ' + hits.cpu[hit])),
  };
}

/** Rarest first; where none is here one by one, what the closing table says. */
function tally(name, seen, listed, count) {
  if (!seen.length && !listed.length) return null;
  const rows = seen.length ? seen : listed.map(words => [words, null]);
  const all = Math.max(rows.length, count);
  return [
    el('h4', {}, name + (all > 1 ? ', ' + number(all) : '')),
    el('ul.tally', {}, rows.slice(0, LISTED).map(([words, many]) => el('li', {}, el('span', {}, words), many !== null && el('span.faint', {}, number(many) + '×'))),
      all > LISTED && el('li.faint', {}, '… ' + number(all - LISTED) + ' more')),
  ];
}

function newest(model, list) {
  if (!list.length) return null;
  return el('details', {}, el('summary', {}, 'Newest ' + counted(list.length, 'hit')),
    el('ul.tally.hits', {}, list.map(hit => el('li', {},
      el('button.link', { type: 'button', onclick: () => { set({ hit: null }); set({ hit }); } }, '#' + model.hits.sequence[hit]),
      el('span', {}, model.clocks.clock(model.hits.time[hit])), el('span', {}, change(model, hit)), el('span.faint', {}, threadName(model, model.hits.thread[hit]))))));
}

function stackList(model, stack, row) {
  const frames = stack.frames.map(index => model.frames[index]);
  let first = true;
  return el('ol.stack', { start: 0 }, frames.map((frame, depth) => {
    const open = first && frame.source !== undefined;
    if (open) first = false;
    return el('li', {},
      el('div.frame', {}, el('span.name', {}, frame.function), frame.inlined && el('span.tag', {}, 'inlined'),
        el('span.faint', { title: frame.file ?? '' }, frame.file ? fileName(frame.file) + ':' + (frame.line ?? '?') : frame.address), el('span.faint', {}, frame.module ?? '')),
      depth === 0 && row.instruction && el('div.instruction', {}, el('code', {}, row.instruction.address + '  ' + row.instruction.text),
        el('span.tag', { title: row.instruction.proven ? 'The address that it computes covers the watched bytes' : 'The registers do not prove that it was this instruction' },
          row.instruction.proven ? 'proven' : 'not proven')),
      frame.source !== undefined && source(model.sources[frame.source], frame, open));
  }), stack.cut && el('li.cut', {}, frames.length ? 'The stack is cut short here: ' + stack.cut : 'No stack: ' + stack.cut));
}

function source(snippet, frame, open) {
  return el('details.source', { open }, el('summary', {}, 'Source of ' + fileName(frame.file) + ':' + frame.line),
    el('div.code', { tabindex: 0, role: 'region', 'aria-label': 'Source around line ' + frame.line }, snippet.lines.map((text, at) => {
      const line = snippet.first + at;
      return el(line === frame.line ? 'div.line.marked' : 'div.line', {}, el('span.line-number', {}, (line === frame.line ? '▸ ' : '  ') + line), el('code', {}, text || ' '));
    })));
}
