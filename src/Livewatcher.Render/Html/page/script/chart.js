// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Value over time, or threads or CPUs over time; each point in its writer's colour.
import { byId, el, fill } from './dom.js';
import { card, sumSummary, summary } from './hitcard.js';
import { legend } from './legend.js';
import { counted } from './format.js';
import { makePlot } from './plot.js';
import { pointsOf } from './points.js';
import { scaleOf } from './scales.js';
import { selected, selectedSums } from './selection.js';
import { set, state, subscribe } from './state.js';

const VIEWS = { value: 'Value', thread: 'Threads', cpu: 'CPUs' };
const NEAR = 24; // pixels

export function startChart(model) {
  if (!model.objects.length) {
    fill(byId('chart'), el('h2', { id: 'chart-title' }, 'Over time'), el('p', {}, 'Nothing was armed, so there is nothing to draw.'));
    return () => {};
  }
  const box = el('div.plot', {}), tip = el('div.tip', { hidden: true }), dot = el('div.dot', { hidden: true });
  const frame = el('div.plot-frame', {
    tabindex: 0, role: 'group', 'aria-describedby': 'chart-help', onkeydown: onKey,
    onfocus: () => { if (shown < 0) point(0); }, onblur: hide, onpointerleave: hide,
  }, box, dot, tip);
  const head = el('div.chart-head', {}), status = el('p.faint', { 'aria-live': 'polite', id: 'chart-status' }), colours = el('div', {}), chosen = el('div', {});
  fill(
    byId('chart'), el('h2', { id: 'chart-title' }, 'Over time'), head, frame,
    el('p.faint.help', { id: 'chart-help' }, 'Drag to zoom in, double click for everything, Ctrl and wheel to zoom. Keys: arrows from hit to hit, + and -, 0 for everything, Enter to select.'),
    status, colours, chosen
  );
  let plot = null, points = null, scale = null, whole = [0, 1], range = whole, shown = -1, pending = 0, building = false;
  const object = () => model.objects[state.object];

  /** Everything anew: another object, view or theme. */
  function build(keepRange) {
    plot?.destroy();
    hide();
    frame.setAttribute('aria-label', VIEWS[state.view] + ' of ' + object().label + ' over time');
    showHead();
    whole = wholeOf();
    if (!keepRange) range = whole;
    scale = scaleOf(model, object(), state.view);
    points = pointsOf(model, object(), scale, ...range, box.clientWidth);
    building = true; // a new plot shows the range of its data at first
    plot = makePlot(box, model, object(), scale, whole, points, { moved, hovered, selects: () => { if (shown >= 0) choose(); } });
    plot.setScale('x', { min: range[0], max: range[1] });
    queueMicrotask(() => { building = false; }); // uPlot commits in a microtask of its own, before this one
    tell();
  }

  function wholeOf() {
    const list = object().list, { time } = model.hits;
    const first = object().sums.length ? object().sums[0][0] / 1e7 : list.length ? time[list[0]] : 0;
    const last = list.length ? time[list.at(-1)] : first + 1;
    const room = Math.max((last - first) * 0.02, 1e-6);
    return [first - room, last + room];
  }

  function moved(from, to) {
    if (building) return;
    const least = 2e-6;
    let low = Math.max(Math.min(from, to - least), whole[0]), high = Math.min(Math.max(to, from + least), whole[1]);
    if (!(high > low)) [low, high] = whole;
    if (low === range[0] && high === range[1] && plot?.scales.x.min === low && plot.scales.x.max === high) return;
    range = [low, high];
    if (pending) return;
    pending = requestAnimationFrame(() => {
      pending = 0;
      refill();
    });
  }

  function refill() {
    points = pointsOf(model, object(), scale, ...range, box.clientWidth);
    hide();
    plot.batch(() => {
      plot.setData([points.x, ...points.ys], false);
      plot.setScale('x', { min: range[0], max: range[1] });
    });
    tell();
  }

  function tell() {
    const drawn = points.hits.length, all = Math.round(points.all);
    const older = object().sums.length && !selectedSums(object()).length ? ' Older hits are known in sums only and are not in this view.' : '';
    status.textContent = counted(all, 'hit') + ' from ' + model.clocks.clock(Math.max(range[0], 0)) + ' to ' + model.clocks.clock(range[1])
      + (drawn < all ? ': lowest and highest of each moment and writer are drawn; zoom in to see each.' : '.') + older;
    frame.dataset.points = drawn;
    frame.dataset.all = all;
  }

  function showHead() {
    const press = (name, pressed, words, action) => el('button.button', { type: 'button', 'aria-pressed': String(pressed), 'data-name': name, onclick: action }, words);
    const zoom = (words, name, action) => el('button.button.small', { type: 'button', 'aria-label': name, title: name, onclick: action }, words);
    const views = Object.keys(VIEWS).filter(view => view !== 'value' || object().shape !== 'none');
    fill(
      head,
      model.objects.length > 1
        ? el('label.choice', {}, el('span', {}, 'Watch'), el('select', { onchange: event => setObject(Number(event.currentTarget.value)) },
          model.objects.map((one, index) => el('option', { value: index, selected: index === state.object },
            one.label + ' (' + (model.objects.some(other => other !== one && other.label === one.label) ? 'process ' + one.pid + ', ' : '') + counted(one.hits, 'hit') + ')'))))
        : el('span.choice.mono', {}, object().label),
      el('div.buttons', { role: 'group', 'aria-label': 'What is upwards' }, views.map(view => press(view, view === state.view, VIEWS[view], () => set({ view })))),
      el('div.buttons', { role: 'group', 'aria-label': 'Zoom' },
        zoom('−', 'Zoom out', () => scaleBy(2)), zoom('+', 'Zoom in', () => scaleBy(0.5)),
        zoom('←', 'Earlier', () => shift(-0.5)), zoom('→', 'Later', () => shift(0.5)), zoom('All', 'Everything', () => moved(...whole)))
    );
  }

  function setObject(index) {
    const shape = model.objects[index].shape;
    set({ object: index, view: shape === 'none' && state.view === 'value' ? 'thread' : state.view, writer: null });
  }

  const middle = () => (shown >= 0 ? points.x[shown] : (range[0] + range[1]) / 2);
  const scaleBy = factor => moved(middle() - (middle() - range[0]) * factor, middle() + (range[1] - middle()) * factor);
  const shift = share => {
    const size = range[1] - range[0];
    const by = Math.max(whole[0] - range[0], Math.min(whole[1] - range[1], size * share));
    moved(range[0] + by, range[1] + by);
  };

  const yOf = at => points.ys.slice(1).map(ys => ys[at]).find(y => y !== null) ?? null;

  /** The nearest point to the pointer. */
  function hovered(of) {
    const { left, top, idx } = of.cursor;
    if (left < 0 || idx === null || idx === undefined || !points) return;
    let best = -1, least = NEAR * NEAR * 4;
    const look = at => {
      const y = yOf(at), dx = of.valToPos(points.x[at], 'x') - left;
      if (y !== null) {
        const dy = of.valToPos(y, 'y') - top, far = dx * dx + dy * dy;
        if (far < least) { least = far; best = at; }
      }
      return Math.abs(dx) < NEAR;
    };
    for (let at = idx; at < points.x.length && look(at); at++);
    for (let at = idx - 1; at >= 0 && look(at); at--);
    if (best >= 0) point(best);
    else hide();
  }

  function point(at) {
    if (!points?.hits.length) return;
    shown = Math.max(0, Math.min(points.hits.length - 1, at));
    const hit = points.hits[shown], y = yOf(shown);
    fill(tip, hit < 0 ? sumSummary(model, object(), -1 - hit) : summary(model, hit, points.many[shown]));
    tip.hidden = false;
    const left = plot.over.offsetLeft + plot.valToPos(points.x[shown], 'x');
    const top = plot.over.offsetTop + (y === null ? 0 : plot.valToPos(y, 'y'));
    dot.hidden = y === null;
    dot.style.left = left + 'px';
    dot.style.top = top + 'px';
    tip.style.left = Math.max(0, Math.min(frame.clientWidth - tip.offsetWidth, left - tip.offsetWidth / 2)) + 'px';
    tip.style.top = (top > tip.offsetHeight + 20 ? top - tip.offsetHeight - 14 : top + 16) + 'px';
  }

  function hide() {
    shown = -1;
    tip.hidden = dot.hidden = true;
  }

  function choose() {
    const hit = points.hits[shown];
    if (hit >= 0) set({ hit });
  }

  function onKey(event) {
    if (event.target !== frame) return;
    const act = {
      ArrowLeft: () => step(-1), ArrowRight: () => step(1), Home: () => point(0), End: () => point(points.hits.length - 1),
      '+': () => scaleBy(0.5), '=': () => scaleBy(0.5), '-': () => scaleBy(2), 0: () => moved(...whole), Enter: () => { if (shown >= 0) choose(); }, Escape: hide,
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
    if (shown >= 0) status.textContent = [...tip.children].map(line => [...line.childNodes].filter(node => !node.classList?.contains('swatch')).map(node => node.textContent).join('')).join(', ');
  }

  function step(by) {
    let at = shown < 0 ? (by > 0 ? 0 : points.hits.length - 1) : shown + by;
    while (points.hits[at] !== undefined && (points.x[at] < range[0] || points.x[at] > range[1])) at += by;
    if (points.hits[at] !== undefined) point(at);
  }

  function showHit() {
    fill(chosen, state.hit === null ? [] : card(model, state.hit, writer => byId('writers').dispatchEvent(new CustomEvent('open-writer', { detail: writer }))));
  }

  const showLegend = () => fill(colours, legend(model, object(), selected(model, object())));

  subscribe(changed => {
    if (changed.has('object') || changed.has('view')) build(changed.has('view') && !changed.has('object'));
    else if (changed.has('writer') || changed.has('thread')) refill();
    if (changed.has('object') || changed.has('writer') || changed.has('thread')) showLegend();
    if (changed.has('hit')) showHit();
  });
  new ResizeObserver(() => { if (plot && plot.width !== box.clientWidth && box.clientWidth > 0) build(true); }).observe(box);
  build(false);
  showLegend();
  return () => build(true);
}
