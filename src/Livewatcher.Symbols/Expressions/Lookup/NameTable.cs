// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Entries by their last name.</summary>
internal sealed class NameTable(int mostPerName)
{
    private readonly Dictionary<string, List<IndexEntry>> _entries = new(StringComparer.Ordinal);

    internal IEnumerable<string> Names => _entries.Keys;

    internal IEnumerable<IndexEntry> All => _entries.Values.SelectMany(e => e);

    internal void Add(IndexEntry entry)
    {
        string key = CxxName.Normalise(entry.Name);
        if (!_entries.TryGetValue(key, out List<IndexEntry>? same))
        {
            _entries[key] = same = [];
        }

        if (same.Count < mostPerName)
        {
            same.Add(entry);
        }
    }

    /// <summary>The entries of a name; a template may be named without the arguments that have defaults.</summary>
    internal IReadOnlyList<IndexEntry> Find(string name)
    {
        string key = CxxName.Normalise(name);
        if (_entries.TryGetValue(key, out List<IndexEntry>? found))
        {
            return found;
        }

        return key.EndsWith('>') ? [.. _entries.Where(e => CxxName.Same(e.Key, key)).SelectMany(e => e.Value)] : [];
    }
}
