// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>Numbers for things that come back again and again, from 0 in the order of their first coming. Bounded.</summary>
internal sealed class Interned<T>(int limit, IEqualityComparer<T>? comparer = null)
    where T : notnull
{
    private readonly Dictionary<T, int> numbers = new(comparer);
    private readonly List<T> items = [];

    public IReadOnlyList<T> Items => items;

    /// <summary>True where something had no room.</summary>
    public bool IsShort { get; private set; }

    /// <returns>-1 where there is no room for another one.</returns>
    public int Add(T item)
    {
        if (numbers.TryGetValue(item, out int number))
            return number;
        if (items.Count >= limit)
        {
            IsShort = true;
            return -1;
        }

        numbers.Add(item, items.Count);
        items.Add(item);
        return items.Count - 1;
    }
}
