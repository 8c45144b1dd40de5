// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Which hits of a watched object are shown: all of them, or those of a writer or a thread.
import { state } from './state.js';

const memory = { key: null, list: null };

/** Indexes of hits, in order of time. */
export function selected(model, object) {
  if (state.writer === null && state.thread === null) return object.list;
  const key = [object.index, state.writer, state.thread].join();
  if (memory.key !== key) {
    const { writer, thread } = model.hits;
    memory.key = key;
    memory.list = object.list.filter(hit => (state.writer === null || writer[hit] === state.writer) && (state.thread === null || thread[hit] === state.thread));
  }
  return memory.list;
}

/** Sums of older hits; nobody knows their threads. */
export function selectedSums(object) {
  if (state.thread !== null || state.view !== 'value') return [];
  return state.writer === null ? object.sums : object.sums.filter(sum => sum[2] === state.writer);
}

/** First place in list whose time is not below: list[place - 1] is. */
export function placeOf(list, time, wanted) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[list[middle]] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
