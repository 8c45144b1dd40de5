// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Recording.Reading;

/// <summary>Three columns of a row.</summary>
/// <param name="Plain">Kind and number, where they hold a whole number that is shown as it is.</param>
/// <param name="Value">Otherwise the value, if there is one.</param>
internal readonly record struct RowValue((long Kind, long Number)? Plain, Value? Value)
{
    /// <param name="row">Of which table it may be.</param>
    /// <param name="column">The first of the three.</param>
    /// <exception cref="Format.DamagedException">They hold what no writer has written.</exception>
    internal static RowValue Of(Row row, int column) => row.PlainNumber(column) is { } plain ? new(plain, null) : new(null, row.Value(column));
}

/// <summary>Whole numbers that were read lately: what a hit finds is mostly what the one before has left, and a value is three objects.</summary>
internal sealed class NewestValues
{
    /// <summary>By the last digits of the number.</summary>
    private readonly Value?[] newest = new Value?[1024];

    /// <exception cref="Format.DamagedException">It holds what no writer has written.</exception>
    internal Value? Of(in RowValue read)
    {
        if (read.Plain is not (var kind, var number))
            return read.Value;
        ref Value? kept = ref newest[unchecked((ulong)number) % (ulong)newest.Length];
        if (kept is null || kept.Number != number || (long)kept.Kind != kind)
            kept = new StoredValue(kind, number, null).ToValue();
        return kept;
    }
}
