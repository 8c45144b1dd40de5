// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Flame graph of the stacks of writers, outermost on top: wide by hits, or by writers, so that rare ones can be seen.
import { arrows, byId, el, fill } from './dom.js';
import { counted, number, place } from './format.js';
import { state, subscribe } from './state.js';

const ROW = 24;
const DEEPEST = 60;
const THINNEST = 0.002;

export function startFlame(model) {
  const graph = el('div.flame', { role: 'tree', 'aria-label': 'Flame graph of writers', onkeydown: onKey });
  const head = el('div.chart-head', {}), status = el('p.faint', { 'aria-live': 'polite' });
  let weight = 'writers', root = null, zoomed = null;
  fill(byId('flame'), el('h2', { id: 'flame-title' }, 'Stacks of writers'), head, status, graph);

  function showHead() {
    fill(head, el('div.buttons', { role: 'group', 'aria-label': 'What makes a frame wide' }, [['writers', 'Each writer alike'], ['hits', 'By hits']].map(([name, words]) =>
      el('button.button', { type: 'button', 'aria-pressed': String(weight === name), 'data-name': name, onclick: () => { weight = name; showHead(); build(); } }, words))),
    zoomed !== root && el('button.button', { type: 'button', onclick: () => zoom(root) }, 'Show all'));
  }

  function build() {
    const object = model.objects[state.object];
    root = { name: object ? object.label : 'all', frame: null, size: 0, hits: 0, children: new Map(), writers: [], parent: null };
    model.writers.forEach((row, index) => {
      if (object && (row.watch !== object.label || row.access !== object.access)) return;
      if (state.writer !== null && state.writer !== index) return;
      add(row, index);
    });
    zoomed = root;
    show();
  }

  function add(row, index) {
    const size = weight === 'hits' ? row.count : 1;
    let node = root;
    const grow = () => { node.size += size; node.hits += row.count; node.writers.push(index); };
    grow();
    const frames = model.stacks[row.stack].frames;
    for (let depth = frames.length - 1; depth >= 0; depth--) {
      const frame = model.frames[frames[depth]];
      node = child(node, frame.function + (depth === 0 ? ' ' + (frame.line ?? frame.address) : ''), frame);
      grow();
    }
    if (!frames.length) { node = child(node, 'no stack', null); grow(); }
    if (row.call) { node = child(node, row.call + '()', null); grow(); }
  }

  function child(node, name, frame) {
    if (!node.children.has(name)) node.children.set(name, { name, frame, size: 0, hits: 0, children: new Map(), writers: [], parent: node });
    return node.children.get(name);
  }

  function show() {
    const buttons = [];
    let deepest = 0;
    const draw = (node, left, width, depth) => {
      if (width < THINNEST || depth > DEEPEST) return;
      deepest = Math.max(deepest, depth);
      buttons.push(bar(node, left, width, depth));
      let at = left;
      for (const one of [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const part = width * one.size / node.size;
        draw(one, at, part, depth + 1);
        at += part;
      }
    };
    if (zoomed.size) draw(zoomed, 0, 1, 0);
    graph.style.height = (deepest + 1) * ROW + 'px';
    fill(graph, buttons);
    if (buttons[0]) buttons[0].tabIndex = 0;
    status.textContent = zoomed.size ? counted(zoomed.writers.length, 'writer') + ', ' + counted(zoomed.hits, 'hit') + (zoomed === root ? '.' : ' below ' + zoomed.name + '.') : 'No writer.';
    showHead();
  }

  function bar(node, left, width, depth) {
    const leaf = node.children.size === 0;
    const row = leaf ? model.writers[node.writers[0]] : null;
    const words = node.name + ', ' + counted(node.hits, 'hit') + ', ' + counted(node.writers.length, 'writer') + (node.frame ? ', ' + place(node.frame) : '');
    const made = el(leaf ? 'button.bar.leaf' : 'button.bar', {
      type: 'button', role: 'treeitem', tabindex: -1, title: words, 'aria-label': words, 'aria-level': depth + 1,
      style: {
        left: left * 100 + '%', width: 'calc(' + width * 100 + '% - 1px)', top: depth * ROW + 'px',
        '--colour': row ? 'var(--writer-' + row.colour + ')' : 'var(--bar-' + (depth % 2) + ')',
      },
      onclick: () => (leaf ? byId('writers').dispatchEvent(new CustomEvent('open-writer', { detail: node.writers[0] })) : zoom(node === zoomed && node.parent ? node.parent : node)),
    }, el('span', {}, node.name), leaf && el('span.bar-count', {}, number(node.hits)));
    return made;
  }

  function zoom(node) {
    zoomed = node;
    show();
    graph.firstElementChild?.focus({ preventScroll: true });
  }

  function onKey(event) {
    const bars = [...graph.children];
    const at = bars.indexOf(document.activeElement);
    const level = at < 0 ? 0 : Number(bars[at].getAttribute('aria-level'));
    const up = () => bars.slice(0, at).reverse().find(one => Number(one.getAttribute('aria-level')) === level - 1);
    const goal = event.key === 'ArrowUp' ? up() : event.key === 'ArrowDown' ? bars[at + 1] : null;
    if (goal) { event.preventDefault(); goal.focus(); } else arrows(event, bars.filter(one => Number(one.getAttribute('aria-level')) === level), ['ArrowLeft', 'ArrowRight']);
    if (event.key === 'Escape' && zoomed !== root) zoom(root);
  }

  subscribe(changed => { if (changed.has('object') || changed.has('writer')) build(); });
  build();
}
