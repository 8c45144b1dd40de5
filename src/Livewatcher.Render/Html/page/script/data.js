// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// The recording as the page has it: what PageJson.cs and HitColumns.cs have written, with what follows from it.
import { byId } from './dom.js';
import { decode } from './decode.js';
import { kindOf, kinds, marks } from './marks.js';

/** Writers with a colour of their own, for each watch. */
export const COLOURS = 8;

export async function load() {
  const model = JSON.parse(byId('data').textContent);
  model.hits = { total: model.hits, ...await decode(byId('hits').textContent, model.single) };
  byId('hits').remove();
  byId('data').remove();
  model.details = new Map(model.details.map(one => [one.at, one]));
  nameWriters(model);
  sortOut(model);
  return model;
}

/** From now on a writer is its row's index, -1 where it has none. The first of each watch have a colour. */
function nameWriters(model) {
  const rowOf = new Map(model.writers.map((row, index) => [row.id, index]));
  const { writer, count } = model.hits;
  for (let i = 0; i < count; i++) writer[i] = rowOf.get(writer[i]) ?? -1;
  for (const sum of model.sums) sum[2] = rowOf.get(sum[2]) ?? -1;
  for (const object of model.objects) {
    for (const byte of object.bytes ?? []) if (byte[3] >= 0) byte[3] = rowOf.get(byte[3]) ?? -1;
    if (object.lastHit) object.lastHit[2] = rowOf.get(object.lastHit[2]) ?? -1;
  }
  const taken = new Map(), sizes = new Map();
  for (const row of model.writers) sizes.set(row.watch + row.access, (sizes.get(row.watch + row.access) ?? 0) + row.count);
  for (const row of model.writers) {
    const watch = row.watch + row.access;
    const number = (taken.get(watch) ?? 0) + 1;
    taken.set(watch, number);
    row.colour = number <= COLOURS ? number : 0;
    row.rare = row.count * 50 <= sizes.get(watch);
    row.top = model.frames[model.stacks[row.stack].frames[0]] ?? null;
  }
}

/** The hits of each watched object, in order of time; what shape their values have. */
function sortOut(model) {
  const { object, time, count, marks: bits } = model.hits;
  const sizes = new Uint32Array(model.objects.length);
  for (let i = 0; i < count; i++) sizes[object[i]]++;
  const lists = model.objects.map((_, index) => new Uint32Array(sizes[index]));
  sizes.fill(0);
  for (let i = 0; i < count; i++) lists[object[i]][sizes[object[i]]++] = i;
  model.objects.forEach((one, index) => {
    const list = one.list = lists[index];
    one.index = index;
    let seen = 0, inOrder = true;
    for (let k = 0; k < list.length; k++) {
      seen |= 1 << kindOf(bits[list[k]]);
      if (k > 0 && time[list[k]] < time[list[k - 1]]) inOrder = false;
    }
    if (!inOrder) list.sort((a, b) => time[a] - time[b] || a - b); // an escaped write is told at the end of its time
    const words = seen & (1 << kinds.enumerator | 1 << kinds.pointer | 1 << kinds.bytes);
    one.shape = words ? 'lanes' : seen >> 1 ? 'number' : 'none';
    one.sums = model.sums.filter(sum => sum[1] === index);
  });
}

/** The value after a hit, in words; null where it is not known. */
export function valueOf(model, hit) {
  const { hits } = model;
  if (!kindOf(hits.marks[hit])) return null;
  if (hits.text[hit] >= 0) return model.texts[hits.text[hit]];
  return Number.isNaN(hits.number[hit]) ? 'a value whose words are not on this page' : String(hits.number[hit]);
}

/** The value before a hit, in words; null where it is not known. */
export function oldOf(model, hit) {
  const { hits } = model;
  const detail = model.details.get(hit);
  if (detail?.old !== undefined) return detail.old;
  if (!(hits.marks[hit] & marks.oldFollows)) return null;
  const one = model.objects[hits.object[hit]];
  for (let before = hit - 1; before >= 0; before--) if (hits.object[before] === one.index) return valueOf(model, before);
  return hits.total === hits.count ? one.initial ?? null : null;
}
