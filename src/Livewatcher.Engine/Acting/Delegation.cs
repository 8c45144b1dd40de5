// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Filtering;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Acting;

/// <summary>What the source can decide by itself it need not hand over; and what is to be done at a hit, it does where it can decide
/// that.</summary>
internal sealed class Delegation(SessionPlatform platform, Reactions reactions, Action<WatchEvent> publish)
{
    /// <summary>Watches of which the user has been told that they are acted on late.</summary>
    private readonly HashSet<string> late = new(StringComparer.Ordinal);

    /// <param name="process">Whose slots.</param>
    /// <param name="armed">Watches that are about to be armed.</param>
    internal void Leave(WatchedProcess process, IReadOnlyList<ArmedWatch> armed)
    {
        List<ArmedWatch> all = [.. process.Watches, .. armed];
        foreach (ArmedWatch watch in armed)
        {
            bool decides = watch.Plan is not { Kind: ArisingKind.Frame }; // whether its frame is still there is seen from here
            foreach ((int slot, _) in watch.Pieces)
                decides &= LeaveFilters(process, watch, slot, [.. all.Where(other => other.Occupies(slot))]);
            reactions.Leave(process.Id, watch, all.Where(other => other != watch), decides);
            if (watch.Reaction is not { What.Signal: { } action, WhyLate: { } why } || !late.Add(watch.Watch.Label))
                continue;
            publish(new NoteEvent(
                platform.Clock.ToWallClock(platform.Clock.Now), NoteLevel.Warning,
                $"{watch.Watch.Label}: '{action.Text}' is done from here, some milliseconds after the hit: {why}"));
        }
    }

    /// <returns>Whether the source filters by itself what of the watch's hits is filtered, but for its writers.</returns>
    private bool LeaveFilters(WatchedProcess process, ArmedWatch watch, int slot, List<ArmedWatch> owners)
    {
        bool isOwn = Conditions.MayBeDecidedBySource(watch, owners);
        bool seesChanges = isOwn && platform.Source.Handlings.HasFlag(SlotHandling.ChangesOnly);
        platform.Source.SetHandling(process.Id, slot, isOwn && watch.ChangesOnly ? SlotHandling.ChangesOnly : SlotHandling.None);
        if (!isOwn)
        {
            platform.Source.SetCondition(process.Id, slot, null);
            foreach (ArmedWatch other in owners.Where(other => other.HasOrder && (other.ChangesOnly || other.Watch.Condition is not null)))
                reactions.Withdraw(process.Id, other);
            return !watch.ChangesOnly && watch.Watch.Condition is null;
        }

        if (watch.Watch.Condition is { } condition && !platform.Source.SetCondition(process.Id, slot, condition))
        {
            process.ConditionMemory.Learn(condition);
            return false;
        }

        return !watch.ChangesOnly || seesChanges;
    }
}
