// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Livewatcher.Engine.Ordering;

/// <summary>Something for each slot of one access, in the order of arrival. Nearly always there is one, rarely more than four, and every hit has such maps: an
/// array that is searched from its start takes a fifth of a Dictionary's memory.</summary>
internal sealed class SlotMap<T> : IReadOnlyDictionary<int, T>
{
    private KeyValuePair<int, T>[] entries = new KeyValuePair<int, T>[1];

    public int Count { get; private set; }

    public IEnumerable<int> Keys => this.Select(entry => entry.Key);

    public IEnumerable<T> Values => this.Select(entry => entry.Value);

    /// <summary>All of them, as long as none is added or removed.</summary>
    internal ReadOnlySpan<KeyValuePair<int, T>> Entries => entries.AsSpan(0, Count);

    public T this[int key]
    {
        get => TryGetValue(key, out T? value) ? value : throw new KeyNotFoundException($"slot {key} has no part in this access");
        set
        {
            int at = IndexOf(key);
            if (at < 0)
            {
                at = Count++;
                if (at == entries.Length)
                    Array.Resize(ref entries, 4 * at);
            }

            entries[at] = new KeyValuePair<int, T>(key, value);
        }
    }

    public bool ContainsKey(int key) => IndexOf(key) >= 0;

    public bool TryGetValue(int key, [MaybeNullWhen(false)] out T value)
    {
        int at = IndexOf(key);
        value = at < 0 ? default : entries[at].Value;
        return at >= 0;
    }

    public IEnumerator<KeyValuePair<int, T>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return entries[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Remove(int key)
    {
        int at = IndexOf(key);
        if (at < 0)
            return;
        Count--;
        Array.Copy(entries, at + 1, entries, at, Count - at);
        entries[Count] = default;
    }

    private int IndexOf(int key)
    {
        for (int i = 0; i < Count; i++)
        {
            if (entries[i].Key == key)
                return i;
        }

        return -1;
    }
}
