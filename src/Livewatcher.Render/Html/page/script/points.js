// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// From hits to points: all of them where they are few, else of each two pixels of width and each colour the lowest and the highest, which are hits
// too. So a million hits look as they are, and zooming in shows each.
import { COLOURS } from './data.js';
import { marks } from './marks.js';
import { placeOf, selected, selectedSums } from './selection.js';

const FEW = 3000;

/** Series of a chart: the line, then the crowd, then writers from the least to the most suspicious, then the escaped; later ones are drawn over earlier. */
export const SERIES = COLOURS + 2;
const ESCAPED = COLOURS + 1;

export function seriesOf(model, hit) {
  if (model.hits.marks[hit] & marks.escaped) return ESCAPED;
  return seriesOfRow(model.writers[model.hits.writer[hit]]);
}

const seriesOfRow = row => (row?.colour ? COLOURS + 1 - row.colour : 0);

/** {x, ys: [line, ...SERIES], hits (an index, or -1 - a sum's), many: how many hits each point stands for, all} */
export function pointsOf(model, object, scale, from, to, width) {
  const { time } = model.hits;
  const list = selected(model, object);
  const low = placeOf(list, time, from), high = placeOf(list, time, to + 1e-9);
  // One on each side, so that the line goes on.
  const rows = high - low <= FEW
    ? Array.from(list.subarray(Math.max(low - 1, 0), Math.min(high + 1, list.length)), hit => [hit, 1])
    : thinned(model, list, low, high, scale, from, to, Math.max(50, Math.floor(width / 2)));
  const sums = sumRows(object, scale, from, to);
  const count = sums.length + rows.length;
  const points = { x: new Array(count), ys: Array.from({ length: SERIES + 1 }, () => new Array(count).fill(null)), hits: new Array(count), many: new Array(count), all: high - low };
  let at = 0;
  const put = (x, y, series, hit, many) => {
    const known = Number.isFinite(y) ? y : null;
    points.x[at] = x;
    if (scale.stepped) points.ys[0][at] = known;
    points.ys[series + 1][at] = known;
    points.hits[at] = hit;
    points.many[at++] = many;
  };
  for (const [x, y, sum, index] of sums) {
    put(x, y, seriesOfRow(model.writers[sum[2]]), -1 - index, sum[4]);
    points.all += sum[4] / 2;
  }
  for (const [hit, many] of rows) put(time[hit], scale.of(hit), seriesOf(model, hit), hit, many);
  return points;
}

function thinned(model, list, low, high, scale, from, to, columns) {
  const { time } = model.hits;
  const size = (columns + 1) * SERIES; // typed arrays: this runs over a million hits at each step of a zoom
  const least = new Int32Array(size).fill(-1), most = new Int32Array(size).fill(-1), many = new Int32Array(size);
  const leastY = new Float64Array(size), mostY = new Float64Array(size);
  const perSecond = columns / Math.max(to - from, 1e-9);
  for (let k = low; k < high; k++) {
    const hit = list[k], y = scale.of(hit);
    const cell = Math.min(columns, Math.floor((time[hit] - from) * perSecond)) * SERIES + seriesOf(model, hit);
    if (many[cell]++ === 0) {
      least[cell] = most[cell] = hit;
      leastY[cell] = mostY[cell] = y;
    } else if (y < leastY[cell]) {
      least[cell] = hit;
      leastY[cell] = y;
    } else if (y > mostY[cell]) {
      most[cell] = hit;
      mostY[cell] = y;
    }
  }
  const rows = [];
  for (let cell = 0; cell < size; cell++) {
    if (many[cell] === 0) continue;
    rows.push([least[cell], many[cell]]);
    if (most[cell] !== least[cell]) rows.push([most[cell], many[cell]]);
  }
  return rows.sort((a, b) => time[a[0]] - time[b[0]] || a[0] - b[0]);
}

function sumRows(object, scale, from, to) {
  const rows = [];
  selectedSums(object).forEach((sum, index) => {
    const x = sum[0] / 1e7;
    if (x < from || x > to) return;
    rows.push([x, scale.ofSum(sum, sum[5] ?? NaN), sum, index], [x, scale.ofSum(sum, sum[6] ?? NaN), sum, index]);
  });
  return rows;
}
