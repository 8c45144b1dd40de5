// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Light, dark, or as the system is. Not remembered: a page of its own has no storage that would be its own.
import { byId } from './dom.js';

const WORDS = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
const ORDER = ['auto', 'light', 'dark'];

/** changed() is called when colours are different ones. */
export function startTheme(changed) {
  const button = byId('theme');
  const show = theme => {
    if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', theme);
    button.textContent = WORDS[theme];
    button.dataset.now = theme;
    changed();
  };
  button.addEventListener('click', () => show(ORDER[(ORDER.indexOf(button.dataset.now) + 1) % ORDER.length]));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  button.textContent = WORDS.auto;
  button.dataset.now = 'auto';
}
