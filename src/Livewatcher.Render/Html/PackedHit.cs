// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>One hit as the page has it: 48 bytes while the page is made.</summary>
/// <param name="Sequence">Its number in the run.</param>
/// <param name="Ticks">Of 100 ns, from the first event on.</param>
/// <param name="Number">The new value, where it is a number that a double holds.</param>
/// <param name="Text">The new value's words, where they say more than the number (<see cref="Interned{T}"/>); -1 for none.</param>
/// <param name="Writer">-1: nobody saw who it was, or there are too many.</param>
/// <param name="Thread">-1: not known.</param>
/// <param name="Object">Which watched memory.</param>
/// <param name="Cpu">-1: not known.</param>
/// <param name="Marks">See there.</param>
internal readonly record struct PackedHit(
    long Sequence, long Ticks, double Number, int Text, int Writer, int Thread, short Object, short Cpu, HitMarks Marks);
