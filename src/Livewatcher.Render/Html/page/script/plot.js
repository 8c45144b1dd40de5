// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// The chart itself: uPlot, with our points and colours.
import uPlot from 'uplot';
import { read } from './colours.js';
import { COLOURS } from './data.js';

const LANE_HEIGHT = 22;
const HEIGHT = 300;

/** Makes a plot in a box. moved(from, to) is called when another range is shown, hovered() when the pointer is elsewhere. */
export function makePlot(box, model, object, scale, range, points, { moved, hovered, selects }) {
  const font = '12px ' + getComputedStyle(document.body).fontFamily;
  const ink = read('--faint'), grid = read('--grid');
  const rows = model.writers.filter(row => row.watch === object.label && row.access === object.access);
  const isRare = index => index === COLOURS + 1 || rows.some(row => row.colour && row.colour === COLOURS + 1 - index && row.rare);
  const colourOf = index => (index === COLOURS + 1 ? read('--escaped') : read('--writer-' + (index === 0 ? 0 : COLOURS + 1 - index)));
  const paint = document.createElement('canvas').getContext('2d');
  paint.font = font;
  const wide = words => Math.ceil(paint.measureText(words).width);
  const shorten = words => { // from the middle: both ends tell
    const room = Math.min(170, box.clientWidth * 0.3);
    let text = words;
    for (let keep = words.length - 1; wide(text) > room && keep > 4; keep--) text = words.slice(0, Math.ceil(keep / 2)) + '…' + words.slice(-Math.floor(keep / 2));
    return text;
  };
  const height = scale.lanes ? Math.max(140, Math.min(620, scale.lanes.length * LANE_HEIGHT + 60)) : HEIGHT;
  return new uPlot({
    width: box.clientWidth, height,
    legend: { show: false },
    padding: [10, 32, 0, 0],
    focus: { prox: -1 },
    cursor: {
      x: true, y: false, points: { show: false }, drag: { x: true, y: false, setScale: true, dist: 4 },
      bind: { dblclick: () => () => { moved(...range); return null; } },
    },
    scales: {
      x: { time: false, range: (_, least, most) => (least === most ? [least - 0.5, most + 0.5] : [least, most]) },
      y: {
        range: (_, least, most) => {
          if (scale.lanes) return [-0.6, scale.lanes.length - 0.4];
          if (least === null) return [0, 1];
          const room = (most - least || Math.abs(most) || 1) * 0.08;
          return [least - room, most + room];
        },
      },
    },
    axes: [
      { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid }, space: 90, values: (_, splits, __, ___, step) => splits.map(one => model.clocks.axis(one, step)) },
      {
        stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, size: 4 }, gap: 4,
        splits: scale.lanes ? () => scale.lanes.map((_, lane) => lane) : undefined,
        values: (_, splits) => splits.map(one => (scale.lanes ? shorten(scale.axis(one)) : scale.axis(one))),
        size: (_, words) => 14 + Math.max(24, ...(words ?? []).map(wide)),
      },
    ],
    series: [
      {},
      { stroke: read('--line'), width: 1, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, spanGaps: true },
      ...Array.from({ length: COLOURS + 2 }, (_, index) => ({
        stroke: colourOf(index), fill: colourOf(index), paths: () => null,
        // What is rare must not drown: larger, with a rim.
        points: { show: true, size: index === 0 ? 4 : isRare(index) ? 12 : 6, width: isRare(index) ? 2 : 0, stroke: isRare(index) ? read('--card') : colourOf(index), fill: colourOf(index) },
      })),
    ],
    hooks: {
      setCursor: [hovered],
      setScale: [(plot, key) => { if (key === 'x') moved(plot.scales.x.min, plot.scales.x.max); }],
      ready: [plot => {
        plot.over.addEventListener('click', selects);
        plot.over.addEventListener('wheel', event => {
          if (!event.ctrlKey && !event.shiftKey && !event.metaKey) return; // the page scrolls
          event.preventDefault();
          const { min, max } = plot.scales.x;
          const middle = plot.posToVal(event.offsetX, 'x'), factor = event.deltaY < 0 ? 0.6 : 1 / 0.6;
          moved(middle - (middle - min) * factor, middle + (max - middle) * factor);
        }, { passive: false });
      }],
    },
  }, [points.x, ...points.ys], box);
}
