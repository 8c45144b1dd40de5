// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols;

/// <summary>How far the reading of a large module's debug information has come: it is done on one thread, and asked for on another.</summary>
public sealed class ReadingProgress
{
    private double _part = double.NaN;

    /// <summary>Of the module that is being read now, 0 to 1; null where none is, or nobody knows.</summary>
    public double? Part => Volatile.Read(ref _part) is var part && double.IsNaN(part) ? null : part;

    /// <summary>The same, and how many of them have been taken is the part that is done.</summary>
    internal static IEnumerable<T> Over<T>(IReadOnlyList<T> units, ReadingProgress? progress)
    {
        for (int i = 0; i < units.Count; i++)
        {
            progress?.Set((double)i / units.Count);
            yield return units[i];
        }

        progress?.Set(double.NaN);
    }

    private void Set(double part) => Volatile.Write(ref _part, part);
}
