// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
// Bits of a hit, as HitMarks.cs has them.
export const marks = {
  changed: 1, unchanged: 2, oldFollows: 4, kernel: 8, recovered: 16, undecided: 32, escaped: 64, detailed: 128, whole: 256, unsure: 512,
};

/** Kinds of values: ValueKind.cs, plus one; 0 is no value. */
export const kindOf = bits => bits >> 10;
export const kinds = { none: 0, integer: 1, float: 2, boolean: 3, enumerator: 4, pointer: 5, bytes: 6 };
