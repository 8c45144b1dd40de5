// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// The memory around what is watched: each byte with who changed it last, as far as values tell.
import { byId, el, fill } from './dom.js';
import { counted, writerName } from './format.js';
import { swatch } from './hitcard.js';
import { subscribe, state } from './state.js';
import { variable } from './colours.js';

const LINE = 8n;
const MOST_LINES = 64;

export function startMemory(model) {
  const chosen = el('p.byte-words', { 'aria-live': 'polite' });
  const data = model.objects.filter(one => one.access !== 'execute');

  function show() {
    const now = model.objects[state.object];
    if (!now || now.access === 'execute') {
      fill(byId('memory'), el('h2', { id: 'memory-title' }, 'Memory'), el('p.faint', {}, data.length ? 'Choose a watch of data above.' : 'Only code was watched.'));
      return;
    }
    const start = BigInt(now.address), end = start + BigInt(now.length);
    const first = (start / LINE - 1n) * LINE, last = ((end + LINE - 1n) / LINE + 1n) * LINE;
    const near = data.filter(one => one.pid === now.pid && BigInt(one.address) < last && BigInt(one.address) + BigInt(one.length) > first);
    const lines = [];
    for (let line = first; line < last && lines.length < MOST_LINES; line += LINE)
      lines.push(el('tr', {}, el('th', { scope: 'row' }, '0x' + line.toString(16)), Array.from({ length: Number(LINE) }, (_, at) => el('td', {}, cell(near, line + BigInt(at))))));
    chosen.textContent = 'Choose a byte to see who changed it last.';
    fill(
      byId('memory'),
      el('h2', { id: 'memory-title' }, 'Memory around ' + now.label),
      el('p', {}, el('span.mono', {}, now.address), ', ' + counted(now.length, 'byte') + (now.type ? ', ' + now.type : '') + ', process ' + now.pid,
        now.resolution && [el('br', {}), el('span.faint', {}, now.resolution)], now.condition && [el('br', {}), el('span.faint', {}, 'reported if ' + now.condition)]),
      el('div.table-frame', {}, el('table.bytes', {}, el('caption.hidden', {}, 'Bytes by address'),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'address'), Array.from({ length: Number(LINE) }, (_, at) => el('th', { scope: 'col' }, '+' + at)))), el('tbody', {}, lines))),
      chosen,
      el('p.faint', {}, 'A recording holds the values of what was watched, not memory: bytes with a dot were not watched, and nobody knows here what they held. '
        + 'A byte is its writer\'s whose hit changed it last; a store of the same byte again leaves no trace in a value.'
        + (now.bytes ? '' : ' The values of ' + now.label + ' do not tell its bytes (a bit-field, a type of another format, or the last value is not known).')),
      now.lastHit && el('p', {}, 'Last hit on ' + now.label + ': #' + now.lastHit[0] + ' at ' + model.clocks.clock(now.lastHit[1] / 1e7) + ', ', nameOf(now.lastHit[2]),
        now.last !== undefined && [', which left ', el('span.mono', {}, now.last)], '.')
    );
  }

  const nameOf = writer => (model.writers[writer] ? [swatch(model.writers[writer]), writerName(model.writers[writer])] : 'nobody known');

  function cell(near, address) {
    const one = near.find(other => BigInt(other.address) <= address && address < BigInt(other.address) + BigInt(other.length));
    if (!one) return el('span.byte.unwatched', { 'aria-label': 'not watched' }, '··');
    const byte = one.bytes?.[Number(address - BigInt(one.address))];
    const [value, sequence, ticks, writer] = byte ?? [];
    const hex = value === undefined ? '??' : value.toString(16).padStart(2, '0');
    const row = writer === undefined ? null : model.writers[writer];
    return el('button.byte', {
      type: 'button', 'aria-label': hex + ' at 0x' + address.toString(16),
      style: { '--colour': sequence === undefined ? 'transparent' : writer < 0 ? 'var(--escaped)' : 'var(' + variable(row) + ')' },
      onclick: () => fill(chosen, el('span.mono', {}, '0x' + address.toString(16) + ' of ' + one.label + ': ' + hex), value === undefined ? ', not known.' : sequence === undefined
        ? ', never changed by a hit on this page.' : writer === -3 ? ', changed between two hits, by somebody whom this recording does not show (filtered, lost or not seen).' : [', changed last by hit #' + sequence + ' at ' + model.clocks.clock(ticks / 1e7) + ', ', nameOf(writer), '.']),
    }, hex);
  }

  subscribe(changed => { if (changed.has('object')) show(); });
  show();
}
