// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Recording.Writing;

/// <summary>What is stored once and referred to by number. Forgets what a transaction has added when that is taken back.</summary>
internal sealed class Interned<TKey>(Action<long, TKey> store, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    /// <summary>Beyond it things are stored again, for memory has an end.</summary>
    private const int MaxRemembered = 1 << 18;

    private readonly Dictionary<TKey, long> known = new(comparer);
    private readonly List<TKey> fresh = [];
    private long last;
    private long committed;

    internal long IdOf(TKey key)
    {
        if (known.TryGetValue(key, out long id))
            return id;
        if (known.Count >= MaxRemembered)
        {
            known.Clear();
            fresh.Clear();
        }

        store(++last, key);
        known[key] = last;
        fresh.Add(key);
        return last;
    }

    internal void Commit()
    {
        committed = last;
        fresh.Clear();
    }

    internal void Rollback()
    {
        foreach (TKey key in fresh)
            known.Remove(key);
        fresh.Clear();
        last = committed;
    }
}
