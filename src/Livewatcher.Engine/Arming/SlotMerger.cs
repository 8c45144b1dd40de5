// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>Puts neighbouring pieces into one debug register where there are more pieces than registers: what lies in one aligned range of 2, 4
/// or 8 bytes and is watched in the same way, writes with writes, accesses with accesses. As few registers as will do are shared, by as few
/// pieces, over as few bytes. Only pieces that are not armed yet: what is armed stays as it is.</summary>
internal static class SlotMerger
{
    private const int Widest = sizeof(ulong);

    /// <summary>All pieces that lie in four ranges of eight bytes, each byte being of a piece of each length.</summary>
    private const int MostPieces = SlotPlanner.SlotCount * ((2 * Widest) - 1);

    /// <param name="held">What the process's slots hold now.</param>
    /// <param name="wanted">The new watches.</param>
    /// <param name="available">Slots we may use at most.</param>
    /// <returns>Pieces as they are, where there is room for all; null where there is not even for what is put together.</returns>
    internal static SlotPlan? Plan(IReadOnlyDictionary<int, HardwareSlot> held, IReadOnlyList<WantedWatch> wanted, int available = SlotPlanner.SlotCount)
    {
        List<HardwareSlot> pieces = [.. wanted.SelectMany(one => one.Pieces)];
        if (SlotPlanner.Place(held, pieces, available) is { } exact)
            return new SlotPlan(pieces, exact);
        List<HardwareSlot> fresh = [.. pieces.Except(held.Values)];
        if (fresh.Count > MostPieces)
            return null;
        HashSet<HardwareSlot> alone = [.. wanted.Where(one => one.WhyAlone is not null).SelectMany(one => one.Pieces)];
        if (Fewest(fresh, range => !fresh.Exists(piece => Covers(range, piece) && alone.Contains(piece)) && !held.Values.Any(other => Overlaps(range, other)), held.Count + fresh.Count - available) is not { } merging)
            return null;
        List<HardwareSlot> contents = [.. pieces.Select(piece => held.Values.Contains(piece) ? piece : merging.Ranges.Where(range => Covers(range, piece)).DefaultIfEmpty(piece).First())];
        return SlotPlanner.Place(held, contents, available) is { } places ? new SlotPlan(contents, places) : null;
    }

    /// <param name="fresh">Different pieces.</param>
    /// <param name="mayShare">Whether all pieces of a range may be put into one register.</param>
    /// <param name="excess">So many registers fewer than pieces.</param>
    /// <returns>Null where there is no way.</returns>
    private static Merging? Fewest(List<HardwareSlot> fresh, Func<HardwareSlot, bool> mayShare, int excess)
    {
        // The best way to save so many, or more where it is the last, with the blocks looked at so far.
        Merging?[] best = new Merging?[excess + 1];
        best[0] = Merging.None;
        foreach (IGrouping<HardwareSlot, HardwareSlot> block in fresh.Where(piece => piece.Mode != AccessMode.Execute)
            .GroupBy(piece => new HardwareSlot(new Address(piece.Address.Value & ~(Widest - 1UL)), Widest, piece.Mode)).OrderBy(block => block.Key.Address.Value))
        {
            List<Merging> ways = Ways(block.Key, [.. block], mayShare);
            Merging?[] next = new Merging?[excess + 1];
            for (int saved = excess; saved >= 0; saved--) // of ways that are as good, that of the lower addresses
            {
                foreach (Merging way in best[saved] is null ? [] : ways)
                {
                    Merging both = best[saved]! + way;
                    int all = Math.Min(excess, saved + way.Saved);
                    if (next[all] is not { } known || both.IsBetterThan(known))
                        next[all] = both;
                }
            }

            best = next;
        }

        return best[excess];
    }

    /// <summary>Every way to put pieces of a range together, to do nothing included.</summary>
    private static List<Merging> Ways(HardwareSlot range, List<HardwareSlot> pieces, Func<HardwareSlot, bool> mayShare)
    {
        List<HardwareSlot> inside = pieces.FindAll(piece => Covers(range, piece));
        if (inside.Count < 2)
            return [Merging.None];
        int half = range.Length / 2;
        List<Merging> ways = [.. Ways(range with { Length = half }, inside, mayShare)
            .SelectMany(_ => Ways(range with { Address = range.Address + (ulong)half, Length = half }, inside, mayShare), (low, high) => low + high)];
        if (mayShare(range))
            ways.Add(new Merging([range], inside.Count));
        return ways;
    }

    private static bool Covers(HardwareSlot range, HardwareSlot piece) =>
        range.Mode == piece.Mode && range.Address.Value <= piece.Address.Value && piece.Address.Value + (ulong)piece.Length <= range.Address.Value + (ulong)range.Length;

    private static bool Overlaps(HardwareSlot range, HardwareSlot other) =>
        range.Mode == other.Mode && range.Address.Value < other.Address.Value + (ulong)other.Length && other.Address.Value < range.Address.Value + (ulong)range.Length;

    /// <summary>Ranges of which each takes one register.</summary>
    private sealed record Merging(IReadOnlyList<HardwareSlot> Ranges, int Pieces)
    {
        internal static readonly Merging None = new([], 0);

        internal int Saved => Pieces - Ranges.Count;

        public static Merging operator +(Merging one, Merging other) =>
            other.Ranges.Count == 0 ? one : new Merging([.. one.Ranges, .. other.Ranges], one.Pieces + other.Pieces);

        internal bool IsBetterThan(Merging other) => Cost.CompareTo(other.Cost) < 0;

        private (int Registers, int Pieces, int Bytes) Cost => (Ranges.Count, Pieces, Ranges.Sum(range => range.Length));
    }
}
