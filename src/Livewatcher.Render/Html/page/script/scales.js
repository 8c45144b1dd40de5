// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What is upwards in the chart: numbers, or lanes with a name each (enumerators, pointers, threads, CPUs).
import { valueOf } from './data.js';
import { axisNumber } from './format.js';

const MOST_LANES = 24;
const OTHERS = 'other';

/** {lanes: names or null, of(hit) -> y, ofSum(sum, y) -> y, axis(y) -> words, stepped} */
export function scaleOf(model, object, view) {
  const { hits } = model;
  if (view === 'value' && object.shape === 'number')
    return { lanes: null, of: hit => hits.number[hit], ofSum: (_, y) => y, axis: axisNumber, stepped: true };
  if (view === 'value') return laneScale(object, hit => hits.text[hit] < 0 ? 'n' + hits.number[hit] : hits.text[hit], hit => valueOf(model, hit) ?? 'unknown', true, sum => sum[3]);
  if (view === 'cpu') return laneScale(object, hit => hits.cpu[hit], hit => (hits.cpu[hit] < 0 ? 'unknown' : 'CPU ' + hits.cpu[hit]), false);
  return laneScale(object, hit => hits.thread[hit], hit => threadName(model, hits.thread[hit]), false);
}

export const threadName = (model, index) => (index < 0 ? 'unknown' : model.threads[index][2] + ' (' + model.threads[index][1] + ')');

function laneScale(object, keyOf, nameOf, stepped, keyOfSum = null) {
  const sizes = new Map(), examples = new Map();
  for (const hit of object.list) {
    const key = keyOf(hit);
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
    if (!examples.has(key)) examples.set(key, hit);
  }
  const shown = [...sizes.keys()].sort((a, b) => sizes.get(b) - sizes.get(a)).slice(0, MOST_LANES)
    .sort((a, b) => (nameOf(examples.get(b)) < nameOf(examples.get(a)) ? -1 : 1));
  const lanes = shown.map(key => nameOf(examples.get(key)));
  const laneOf = new Map(shown.map((key, lane) => [key, lane]));
  if (shown.length < sizes.size) lanes.unshift(OTHERS + ' (' + (sizes.size - shown.length) + ')');
  const shift = shown.length < sizes.size ? 1 : 0;
  const lane = key => (laneOf.has(key) ? laneOf.get(key) + shift : 0);
  return {
    lanes, stepped, axis: y => lanes[y] ?? '',
    of: hit => lane(keyOf(hit)),
    ofSum: sum => (keyOfSum ? lane(keyOfSum(sum)) : NaN),
  };
}
