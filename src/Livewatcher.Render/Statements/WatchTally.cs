// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>One expression as the user gave it, over all processes it was armed in.</summary>
internal sealed class TalliedWatch(string label, AccessMode mode, DateTimeOffset armed)
{
    public string Label { get; } = label;

    public AccessMode Mode { get; } = mode;

    /// <summary>When it was armed first.</summary>
    public DateTimeOffset Armed { get; } = armed;

    /// <summary>Hits and escaped writes shown.</summary>
    public long Hits { get; set; }
}

/// <summary>Counts what was shown of each watch, so that the closing statement can name those that nobody touched.</summary>
internal sealed class WatchTally
{
    private readonly List<TalliedWatch> _watches = [];

    public IReadOnlyList<TalliedWatch> Watches => _watches;

    public void Add(ArmedEvent armed) => Find(armed.Watch, armed.Time);

    public void Add(Hit hit) => Find(hit.Watch, hit.Time).Hits++;

    // At most a handful of expressions fit into the debug registers, so a list is the quickest dictionary.
    private TalliedWatch Find(Watch watch, DateTimeOffset time)
    {
        foreach (var known in _watches)
        {
            if (known.Mode == watch.Mode && known.Label == watch.Label)
            {
                return known;
            }
        }

        var added = new TalliedWatch(watch.Label, watch.Mode, time);
        _watches.Add(added);
        return added;
    }
}
