// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Watched memory by watch, address and process: what two processes hold at one address are two things.</summary>
internal sealed class WatchedObjects
{
    private const int Most = 256;

    private readonly Dictionary<Key, short> numbers = [];
    private readonly List<WatchedObject> items = [];

    public IReadOnlyList<WatchedObject> Items => items;

    /// <summary>True where the last one stands for several.</summary>
    public bool IsShort { get; private set; }

    public (short Number, WatchedObject Object) Find(Watch watch, Address address, ProcessId process)
    {
        Key key = new(watch.Label, watch.Mode, address, process);
        if (!numbers.TryGetValue(key, out short number))
        {
            IsShort |= items.Count == Most;
            if (items.Count < Most)
                items.Add(new WatchedObject(watch, address, process));
            number = (short)(items.Count - 1);
            if (numbers.Count < 1 << 16)
                numbers.Add(key, number);
        }

        return (number, items[number]);
    }

    private readonly record struct Key(string Watch, AccessMode Mode, Address Address, ProcessId Process);
}
