// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// A writer's colour, from the style sheet: --writer-1 to --writer-8 by suspicion, --writer-0 for the crowd, --escaped where nobody was seen.
export const variable = row => (row ? '--writer-' + row.colour : '--writer-0');

export const read = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
