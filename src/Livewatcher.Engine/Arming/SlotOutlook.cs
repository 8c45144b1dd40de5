// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>Whether watches would find debug registers together, said before anything runs. A program's addresses move by whole pages, so what its file tells of
/// neighbours holds for its run.</summary>
/// <param name="Pieces">Registers that they take where nobody shares one.</param>
/// <param name="Fits">There is room for all, perhaps because neighbours share.</param>
/// <param name="Sharings">Registers that would be wider than what is watched there.</param>
public sealed record SlotOutlook(int Pieces, bool Fits, IReadOnlyList<SharingTally> Sharings)
{
    /// <summary>How many there are.</summary>
    public const int Registers = SlotPlanner.SlotCount;

    /// <param name="watches">Resolved, in one program.</param>
    public static SlotOutlook Of(IEnumerable<Watch> watches)
    {
        List<WantedWatch> wanted = [.. watches.Select(WantedWatch.Of)];
        int pieces = wanted.SelectMany(one => one.Pieces).Distinct().Count();
        if (SlotMerger.Plan(new Dictionary<int, HardwareSlot>(), wanted) is not { } plan)
            return new SlotOutlook(pieces, Fits: false, []);
        List<(HardwareSlot Piece, string Label)> all = [.. wanted.SelectMany(one => one.Pieces.Select(piece => (piece, one.Watch.Label)))];
        return new SlotOutlook(pieces, Fits: true, [.. all.Select((one, i) => (Range: plan.Contents[i], one.Piece, one.Label)).GroupBy(one => one.Range)
            .Where(range => range.Any(one => one.Piece != range.Key)).Select(range => new SharingTally([.. range.Select(one => one.Label).Distinct()], range.Key, 0, 0))]);
    }
}
