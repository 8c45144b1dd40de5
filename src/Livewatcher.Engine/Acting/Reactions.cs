// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Filtering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Acting;

/// <summary>Which watches' hits something is done about, and by whom: by the source at the hit, where it can tell for certain that the hit is
/// reported, else from here.</summary>
internal sealed class Reactions
{
    private const int Init = 1;

    private readonly IHitSource source;
    private readonly WriterCatalog catalog;
    private readonly Dictionary<WatchRequest, WatchReaction> all = new(ReferenceEqualityComparer.Instance);

    internal Reactions(IHitSource source, WriterCatalog catalog, IReadOnlyList<WatchRequest> requests)
    {
        this.source = source;
        this.catalog = catalog;
        foreach (WatchRequest request in requests.Where(request => !request.Reaction.IsNone))
            all.TryAdd(request, new WatchReaction(all.Count + 1, request));
    }

    internal WatchReaction? Of(WatchRequest request) => all.GetValueOrDefault(request);

    internal IReadOnlyList<ActionTally> Tallies => [.. all.Values.SelectMany(one => one.Close(source.ReadOrder(one.Number)))];

    /// <exception cref="UserException">This process is sent no signals.</exception>
    internal void Check(ProcessId target)
    {
        if (target.Value == Init && all.Values.FirstOrDefault(one => one.What.Signal is not null) is { } forbidden)
            throw new UserException($"--on-hit {forbidden.What.Signal!.Text}: process 1 is never stopped, killed or sent a signal; the machine would stand still");
    }

    /// <summary>Hands the order to the source, or leaves the action to us.</summary>
    /// <param name="process">Whose slots.</param>
    /// <param name="watch">With a reaction that sends a signal.</param>
    /// <param name="others">The other watches of the process, the new ones included.</param>
    /// <param name="filtersAtSource">What filters its hits, other than by their writers, the source does.</param>
    internal void Leave(ProcessId process, ArmedWatch watch, IEnumerable<ArmedWatch> others, bool filtersAtSource)
    {
        if (watch.Reaction is not { Order: { } order } reaction)
            return;
        reaction.WhyLate = WhyLate(watch, others, filtersAtSource);
        watch.HasOrder = reaction.WhyLate is null;
        foreach ((int slot, _) in watch.HasOrder ? watch.Pieces : [])
            watch.HasOrder &= source.SetOrder(process, slot, reaction.Number, order);
        if (watch.HasOrder)
            return;
        reaction.WhyLate ??= $"backend {source.Name} sends no signals in the kernel";
        Withdraw(process, watch);
    }

    /// <summary>Another watch shares a slot from now on, and the source filters its hits no more.</summary>
    internal void Withdraw(ProcessId process, ArmedWatch watch)
    {
        if (watch.Reaction is not { } reaction)
            return;
        foreach ((int slot, _) in watch.Pieces)
            source.SetOrder(process, slot, reaction.Number, null);
        watch.HasOrder = false;
    }

    private string? WhyLate(ArmedWatch watch, IEnumerable<ArmedWatch> others, bool filtersAtSource)
    {
        if (watch.Watch.Request.Filter.NamesWriters || catalog.IsOfUse)
            return "writers are known by their names, which takes that long";
        if (!filtersAtSource)
            return "what filters its hits is decided here";
        return others.Any(other => other.HasOrder && watch.Pieces.Any(piece => other.Occupies(piece.Slot)))
            ? "another watch of the same bytes has an action too"
            : null;
    }
}
