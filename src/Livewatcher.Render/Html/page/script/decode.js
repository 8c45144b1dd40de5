// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// The hits: Base64 of gzip of blocks of columns of varints (HitColumns.cs).
import { kindOf, marks } from './marks.js';

const COLUMNS = 10;

export async function decode(base64, count) {
  const hits = {
    count,
    sequence: new Float64Array(count), time: new Float64Array(count), object: new Uint16Array(count), writer: new Int32Array(count),
    thread: new Int32Array(count), cpu: new Int16Array(count), marks: new Uint16Array(count), number: new Float64Array(count), text: new Int32Array(count),
  };
  if (count > 0) readBlocks(await inflate(bytesOf(base64)), hits);
  return hits;
}

function bytesOf(base64) {
  const text = atob(base64.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readBlocks(bytes, hits) {
  const view = new DataView(bytes.buffer);
  const numbers = [];
  let place = 0, done = 0, sequence = 0, ticks = 0;
  const next = () => {
    let number = 0, scale = 1, byte;
    do {
      byte = bytes[place++];
      number += (byte & 0x7f) * scale; // shifts would cut at 32 bits
      scale *= 128;
    } while (byte & 0x80);
    return number;
  };
  const signed = number => (number % 2 ? -(number + 1) / 2 : number / 2);
  while (place < bytes.length) {
    const many = next();
    const lengths = Array.from({ length: COLUMNS }, next);
    const begins = [place];
    for (const length of lengths) begins.push(begins.at(-1) + length);
    const column = (index, take) => {
      place = begins[index];
      for (let i = done; i < done + many; i++) take(i);
    };
    column(0, i => { hits.sequence[i] = sequence += signed(next()); });
    column(1, i => { hits.time[i] = (ticks += signed(next())) / 1e7; });
    column(2, i => { hits.object[i] = next(); });
    column(3, i => { hits.writer[i] = next() - 1; });
    column(4, i => { hits.thread[i] = next() - 1; });
    column(5, i => { hits.cpu[i] = next() - 1; });
    column(6, i => { hits.marks[i] = next(); });
    column(7, i => {
      if (!(hits.marks[i] & marks.whole)) return;
      hits.number[i] = numbers[hits.object[i]] = (numbers[hits.object[i]] ?? 0) + signed(next());
    });
    column(8, i => {
      if (hits.marks[i] & marks.whole) return;
      hits.number[i] = kindOf(hits.marks[i]) ? view.getFloat64(place, true) : NaN;
      if (kindOf(hits.marks[i])) place += 8;
    });
    column(9, i => { hits.text[i] = next() - 1; });
    place = begins[COLUMNS];
    done += many;
  }
}
