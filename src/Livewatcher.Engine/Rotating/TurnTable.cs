// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Engine.Rotating;

/// <summary>Slots that are armed together, being one watch's, and disarmed together.</summary>
internal sealed class TurnGroup
{
    internal HashSet<int> Slots { get; } = [];

    /// <summary>Turns that it was given.</summary>
    internal int Given { get; set; }

    /// <summary>The number of the last of these.</summary>
    internal long LastGiven { get; set; }
}

/// <summary>Who is next, of groups that need more debug registers than there are. Who has waited longest comes first, so that nobody waits for more turns than
/// there are others; then those that had the fewest, as many as find room. So shares are equal, unless wide ones leave room that others fill.</summary>
internal sealed class TurnTable
{
    private readonly List<TurnGroup> groups = [];
    private long number;

    internal IReadOnlyList<TurnGroup> Groups => groups;

    /// <summary>Takes slots in, with those that are of the same watch. They come next.</summary>
    /// <param name="slots">All of one watch.</param>
    internal TurnGroup Add(IReadOnlyCollection<int> slots)
    {
        List<TurnGroup> same = [.. groups.Where(group => group.Slots.Overlaps(slots))];
        TurnGroup all = same.FirstOrDefault() ?? new TurnGroup { Given = groups.Select(group => group.Given).DefaultIfEmpty().Min() };
        groups.RemoveAll(same.Contains);
        foreach (TurnGroup group in same)
            all.Slots.UnionWith(group.Slots);
        all.Slots.UnionWith(slots);
        groups.Add(all);
        return all;
    }

    internal void Remove(int slot)
    {
        groups.ForEach(group => group.Slots.Remove(slot));
        groups.RemoveAll(group => group.Slots.Count == 0);
    }

    /// <summary>Whose turn is next.</summary>
    /// <param name="registers">Debug registers.</param>
    internal IReadOnlyList<TurnGroup> Choose(int registers)
    {
        TurnGroup? first = groups.MinBy(group => group.LastGiven);
        List<TurnGroup> chosen = [];
        foreach (TurnGroup group in groups.OrderBy(group => group != first).ThenBy(group => group.Given).ThenBy(group => group.LastGiven))
        {
            if (group.Slots.Count > registers)
                continue;
            registers -= group.Slots.Count;
            chosen.Add(group);
        }

        return chosen;
    }

    /// <summary>They have a turn.</summary>
    internal void Give(IReadOnlyCollection<TurnGroup> to)
    {
        number++;
        foreach (TurnGroup group in to)
        {
            group.Given++;
            group.LastGiven = number;
        }
    }
}
