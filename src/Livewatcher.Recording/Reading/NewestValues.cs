// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Recording.Reading;

/// <summary>Whole numbers that were read lately: what a hit finds is mostly what the one before has left, and a value is three objects.</summary>
internal sealed class NewestValues
{
    /// <summary>By the last digits of the number.</summary>
    private readonly Value?[] newest = new Value?[1024];

    /// <param name="row">Of which table it may be.</param>
    /// <param name="column">The first of its three.</param>
    /// <exception cref="Format.DamagedException">They hold what no writer has written.</exception>
    internal Value? Of(Row row, int column)
    {
        if (row.PlainNumber(column) is not (var kind, var number))
            return row.Value(column);
        ref Value? kept = ref newest[unchecked((ulong)number) % (ulong)newest.Length];
        if (kept is null || kept.Number != number || (long)kept.Kind != kind)
            kept = new StoredValue(kind, number, null).ToValue();
        return kept;
    }
}
