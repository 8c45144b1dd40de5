// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Elements. Whatever comes from the recording goes in as a text node or an attribute: nothing here takes HTML.

/** el('a.b', {href: '#'}, 'text', child): properties that begin with "on" are listeners, null and false children are left out. */
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'style') for (const [rule, text] of Object.entries(value)) made.style.setProperty(rule, text);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = id => document.getElementById(id);

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
}

/** Moves the focus among items with arrow keys, Home and End. */
export function arrows(event, items, [back, forth] = ['ArrowUp', 'ArrowDown']) {
  const at = items.indexOf(document.activeElement);
  const to = { [back]: at - 1, [forth]: at + 1, Home: 0, End: items.length - 1 }[event.key];
  if (at < 0 || to === undefined || !items[to]) return false;
  event.preventDefault();
  items[to].focus();
  return true;
}
