// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// The writers' table: rarest first unless sorted otherwise; each row opens to what is known of its writer.
import { arrows, byId, el, fill } from './dom.js';
import { counted, number, writerName, writerPlace } from './format.js';
import { swatch } from './hitcard.js';
import { set, state, subscribe } from './state.js';
import { detail } from './writer.js';

const SHOWN = 100;

const COLUMNS = [
  { name: 'writer', words: 'Writer', key: row => writerName(row).toLowerCase() },
  { name: 'watch', words: 'Watch', key: row => row.watch, wide: true },
  { name: 'count', words: 'Hits', key: row => row.count, figure: true },
  { name: 'changes', words: 'Changes', key: row => row.changes, figure: true, wide: true },
  { name: 'values', words: 'Values', key: row => row.valueCount, wide: true },
  { name: 'threads', words: 'Threads', key: row => row.threadCount, figure: true, wide: true },
  { name: 'last', words: 'Last', key: row => row.last, figure: true, wide: true },
  { name: 'rank', words: 'Suspicion', key: row => row.rank, figure: true },
];

export function startWriters(model) {
  const opened = new Set();
  const sort = { name: 'count', down: false };
  let many = SHOWN;
  const columns = COLUMNS.filter(column => column.name !== 'watch' || new Set(model.writers.map(row => row.watch)).size > 1);
  const body = el('tbody', { onkeydown: event => arrows(event, [...body.querySelectorAll('.row-button')]) });
  const headers = columns.map(column => el('th', { scope: 'col', class: classOf(column) }, el('button.sort', { type: 'button', 'data-sort': column.name, onclick: () => sortBy(column) }, column.words)));
  const more = el('div', {}), status = el('p.faint', { 'aria-live': 'polite' });
  const words = el('input', { type: 'search', id: 'words', placeholder: 'function, file, thread, value', oninput: event => set({ words: event.currentTarget.value.trim().toLowerCase() }) });
  fill(
    byId('writers'),
    el('h2', { id: 'writers-title' }, 'Writers, rarest first'),
    el('div.chart-head', {}, el('label.choice', { for: 'words' }, el('span', {}, 'Search'), words), status),
    el('div.table-frame', {}, el('table.writers', {}, el('caption.hidden', {}, 'One row for each distinct writer: watch, instruction and stack'), el('thead', {}, el('tr', {}, headers)), body)),
    more
  );
  byId('writers').addEventListener('open-writer', event => open(event.detail));

  const texts = model.writers.map(row => [writerName(row), row.watch, ...row.threads, ...row.values, row.reason ?? '', row.instruction?.text ?? '',
    ...model.stacks[row.stack].frames.map(index => model.frames[index].function + ' ' + (model.frames[index].file ?? '') + ' ' + (model.frames[index].module ?? ''))].join('\n').toLowerCase());

  function order() {
    const { key } = COLUMNS.find(column => column.name === sort.name);
    const compare = (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.rank - b.rank);
    const rows = model.writers.map((row, index) => [row, index]).filter(([, index]) =>
      (state.writer === null || index === state.writer) && (!state.words || texts[index].includes(state.words)));
    return rows.sort(([a], [b]) => (sort.down ? compare(b, a) : compare(a, b)));
  }

  function show() {
    const rows = order();
    fill(body, rows.slice(0, many).map(([row, index]) => rowOf(row, index)));
    headers.forEach((header, at) => {
      const now = columns[at].name === sort.name;
      if (now) header.setAttribute('aria-sort', sort.down ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    });
    status.textContent = rows.length === model.writers.length ? counted(rows.length, 'writer') : number(rows.length) + ' of ' + counted(model.writers.length, 'writer');
    fill(more, rows.length > many && el('button.button', { type: 'button', onclick: () => { many *= 4; show(); } }, 'Show more'));
    if (!model.writers.length) fill(body, el('tr', {}, el('td', { colspan: columns.length }, 'No hit, so no writer. The statement above says what that proves.')));
  }

  function rowOf(row, index) {
    const isOpen = opened.has(index);
    const cells = {
      writer: [
        el('button.row-button', { type: 'button', 'aria-expanded': String(isOpen), 'aria-controls': 'writer-' + index, 'data-writer': index, onclick: () => toggle(index) },
          swatch(row), el('span.name', {}, writerName(row))),
        el('span.where.faint', {}, writerPlace(model, row), row.reason && ' · ' + row.reason),
      ],
      watch: row.watch, count: number(row.count), changes: number(row.changes),
      values: row.values.slice(0, 3).join(', ') + (row.valueCount > 3 ? ', …' : ''), threads: number(row.threadCount),
      last: model.clocks.clock(row.last / 1e7), rank: row.rank,
    };
    return [
      el('tr', { class: isOpen ? 'open' : null }, columns.map(column => el('td', { class: classOf(column) }, cells[column.name]))),
      isOpen && el('tr.detail', { id: 'writer-' + index }, el('td', { colspan: columns.length }, detail(model, row, index))),
    ];
  }

  function toggle(index) {
    if (!opened.delete(index)) opened.add(index);
    show();
    body.querySelector('[data-writer="' + index + '"]')?.focus({ preventScroll: true });
  }

  function open(index) {
    opened.add(index);
    if (state.words) { words.value = ''; state.words = ''; }
    if (state.writer !== null && state.writer !== index) set({ writer: null });
    while (order().findIndex(([, one]) => one === index) >= many) many *= 4;
    show();
    const button = body.querySelector('[data-writer="' + index + '"]');
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'start' });
  }

  function sortBy(column) {
    sort.down = sort.name === column.name ? !sort.down : false;
    sort.name = column.name;
    byId('writers-title').textContent = column.name === 'count' && !sort.down ? 'Writers, rarest first' : 'Writers';
    show();
  }

  subscribe(changed => { if (changed.has('words') || changed.has('writer')) show(); });
  show();
}

const classOf = column => [column.figure && 'figure', column.wide && 'wide'].filter(Boolean).join(' ') || null;
