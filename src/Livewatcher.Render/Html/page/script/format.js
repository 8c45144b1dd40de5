// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Numbers and times in words.
const GROUPS = new Intl.NumberFormat('en-US');

export const number = value => GROUPS.format(value);
export const counted = (value, one, many = one + 's') => (value === 1 ? '1 ' + one : number(value) + ' ' + many);

/** A number at an axis: short, and all of it where it is small. */
export function axisNumber(value) {
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2);
  for (const [unit, letter] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
    if (size >= unit) return parseFloat((value / (unit === 1e4 ? 1e3 : unit)).toPrecision(6)) + letter;
  }
  return String(parseFloat(value.toPrecision(8)));
}

/** Clocks of one recording: the wall clock where it was made. Seconds count from its first event. */
export function clocks(model) {
  const base = model.began + model.offset * 60000;
  const parts = seconds => {
    const ticks = Math.round(seconds * 1e7) + model.beganTicks;
    const milliseconds = Math.floor(ticks / 1e4);
    return [new Date(base + milliseconds).toISOString(), String(Math.floor((ticks - milliseconds * 1e4) / 10)).padStart(3, '0')];
  };
  return {
    /** 14:02:11.482913 */
    clock: seconds => { const [iso, micro] = parts(seconds); return iso.slice(11, 23) + micro; },
    date: seconds => parts(seconds)[0].slice(0, 10),
    /** As fine as the distance of two marks at an axis asks for. */
    axis: (seconds, step) => {
      const [iso, micro] = parts(seconds);
      if (step >= 86400) return iso.slice(5, 10);
      if (step >= 60) return iso.slice(11, 16);
      if (step >= 1) return iso.slice(11, 19);
      if (step >= 0.001) return iso.slice(17, 23).replace(/^0(?=\d)/, '') + ' s';
      return iso.slice(17, 23) + micro;
    },
    zone: () => {
      const size = Math.abs(model.offset);
      return 'UTC' + (model.offset < 0 ? '-' : '+') + [Math.floor(size / 60), size % 60].map(one => String(one).padStart(2, '0')).join(':');
    },
  };
}

/** 1.2 ms, 3.4 s, 1 h 02 min. */
export function span(seconds) {
  if (seconds < 1e-3) return (seconds * 1e6).toFixed(1) + ' us';
  if (seconds < 1) return (seconds * 1e3).toFixed(1) + ' ms';
  if (seconds < 120) return seconds.toFixed(seconds < 10 ? 2 : 1) + ' s';
  if (seconds < 7200) return Math.floor(seconds / 60) + ' min ' + String(Math.floor(seconds % 60)).padStart(2, '0') + ' s';
  return Math.floor(seconds / 3600) + ' h ' + String(Math.floor(seconds / 60) % 60).padStart(2, '0') + ' min';
}

export const fileName = path => path.slice(path.lastIndexOf('/') + 1);

/** server.c:88; the module or the address where lines are not known. */
export const place = frame => (frame?.file ? fileName(frame.file) + ':' + (frame.line ?? '?') : frame?.module ?? frame?.address ?? '');

/** Where a writer is, in few words: its line; where that has none (a library's memset), the first caller that has. */
export function writerPlace(model, row) {
  const frames = model.stacks[row.stack].frames.map(index => model.frames[index]);
  const known = frames.find(frame => frame.source !== undefined) ?? frames.find(frame => frame.line && frame.module === row.top.module);
  return !known || known === row.top ? place(row.top) : 'from ' + known.function.replace(/\(.*/, '') + ' ' + place(known);
}

/** Who a writer is, in few words. */
export function writerName(row) {
  const name = row.top?.function ?? (row.instruction ? row.instruction.address : 'unknown');
  if (!row.call) return name;
  return name === row.call ? name + '()' : name + ', ' + row.call + '()';
}
