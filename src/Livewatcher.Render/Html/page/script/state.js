// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// What is shown at the moment. Whoever shows something subscribes; nobody draws for somebody else.
const listeners = [];

export const state = {
  object: 0, // index of the watched object
  view: 'value', // value, thread, cpu
  writer: null, // a writer's row: only its hits
  thread: null, // a thread's index: only its hits
  words: '', // in writers' functions, files, threads, values
  hit: null, // the selected hit
};

/** listener(changed): names of what has changed. */
export const subscribe = listener => listeners.push(listener);

export function set(changes) {
  const changed = new Set(Object.keys(changes).filter(key => state[key] !== changes[key]));
  if (!changed.size) return;
  Object.assign(state, changes);
  for (const listener of listeners) listener(changed);
}
