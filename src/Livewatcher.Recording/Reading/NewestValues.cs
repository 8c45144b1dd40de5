// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>Whole numbers that were read lately: what a hit finds is mostly what the one before has left, and a value is three objects.</summary>
internal sealed class NewestValues
{
    /// <summary>By the last digits of the number.</summary>
    private readonly Value?[] newest = new Value?[1024];

    /// <summary>Three columns of a row, from this one on.</summary>
    /// <exception cref="DamagedException">They hold what no writer has written.</exception>
    internal Value? Of(Row row, int column)
    {
        if (row.PlainNumber(column) is not (var kind, var number))
            return row.Value(column);
        ref Value? kept = ref newest[unchecked((ulong)number) % (ulong)newest.Length];
        if (kept is null || kept.Number != number || (long)kept.Kind != kind)
            kept = row.Value(column);
        return kept;
    }
}
