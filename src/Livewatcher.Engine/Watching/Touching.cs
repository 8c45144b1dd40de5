// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>A watch that an access belongs to.</summary>
/// <param name="Watch">The watch.</param>
/// <param name="Slots">Of its slots those in which it was touched, as a mask.</param>
/// <param name="IsUnsure">Its register is shared, and nothing tells that it was this one of the watches.</param>
internal readonly record struct TouchedWatch(ArmedWatch Watch, uint Slots, bool IsUnsure);

/// <summary>Whose an access is. A register that is wider than its watches tells by itself only that one of its bytes was touched. What the instruction's operand
/// covers decides; the bytes that have changed only where it does not tell, for a hit sees what other threads have stored beside it in the same moment.</summary>
internal sealed class Touching(Ledger ledger)
{
    /// <returns>None where no watch is there any more, or where only bytes beside them were touched, which is booked then.</returns>
    internal List<TouchedWatch> Find(WatchedProcess process, AccessGroup group)
    {
        List<TouchedWatch> touched = process.HasWidened ? FindShared(process, group, out int beside) : FindPlain(process, group, out beside);
        int reports = 0;
        foreach (TouchedWatch one in touched)
            reports += group.StandsFor(one.Watch, one.Slots);
        if (touched.Count + beside > 0)
            ledger.Shared += reports - (group.Count - beside);
        return touched;
    }

    private static List<TouchedWatch> FindPlain(WatchedProcess process, AccessGroup group, out int beside)
    {
        beside = 0;
        List<TouchedWatch> touched = [];
        foreach (ArmedWatch watch in process.Watches)
        {
            if (group.Touches(watch))
                touched.Add(new TouchedWatch(watch, uint.MaxValue, IsUnsure: false));
        }

        return touched;
    }

    private List<TouchedWatch> FindShared(WatchedProcess process, AccessGroup group, out int beside)
    {
        beside = 0;
        Dictionary<ArmedWatch, (uint Slots, bool IsUnsure)> touched = [];
        List<(int Slot, int Hits)> nobodys = [];
        foreach (int slot in group.Values.Keys.OrderBy(slot => group.HitsOf(slot).Count == 0).ToList())
        {
            List<ArmedWatch> owners = process.Watches.FindAll(watch => watch.Occupies(slot));
            int hits = group.HitsOf(slot).Count;
            if (hits == 0 && !owners.Exists(touched.ContainsKey))
            {
                // It has changed along with another slot of the same watch, which was not touched there: its own hit is to come.
                if (group.Values[slot] is { Old: { } old, New: { } now } && !owners.Exists(watch => watch.IsWidenedIn(slot)))
                    process.TakenEarly[slot] = (old, now);
                group.Disown(slot);
                continue;
            }

            List<TouchedWatch> here = OwnersTouched(process, group, slot, owners);
            foreach (TouchedWatch one in here)
                touched[one.Watch] = touched.TryGetValue(one.Watch, out (uint Slots, bool IsUnsure) known) ? (known.Slots | one.Slots, known.IsUnsure && one.IsUnsure) : (one.Slots, one.IsUnsure);
            if (here.Count == 0 && hits > 0 && owners.Count > 0)
                nobodys.Add((slot, hits));
            if (here.Exists(one => one.IsUnsure))
                SharingOf(process, slot).Unsure += group.First.Recovered ? 1 : hits;
        }

        // A recovered access is one hit, whatever it has touched.
        if (group.First.Recovered)
            nobodys = touched.Count > 0 ? [] : [.. nobodys.Take(1)];
        foreach ((int slot, int hits) in nobodys)
        {
            SharingOf(process, slot).Beside += hits;
            beside += hits;
        }

        return [.. process.Watches.Where(touched.ContainsKey).Select(watch => new TouchedWatch(watch, touched[watch].Slots, touched[watch].IsUnsure))];
    }

    private Sharing SharingOf(WatchedProcess process, int slot)
    {
        List<ArmedWatch> owners = process.Watches.FindAll(watch => watch.Occupies(slot));
        return ledger.SharingOf(owners[0].ContentOf(slot), [.. owners.Select(watch => watch.Watch.Label)]);
    }

    /// <summary>Of the watches of a slot those whose bytes an access has touched there, or may have.</summary>
    private static List<TouchedWatch> OwnersTouched(WatchedProcess process, AccessGroup group, int slot, List<ArmedWatch> owners)
    {
        uint mask = 1u << slot;
        List<TouchedWatch> touched = [];
        List<ArmedWatch> open = [];
        bool isTold = false;
        RawHit hit = group.HitsOf(slot).First;
        foreach (ArmedWatch watch in owners)
        {
            bool isShared = watch.IsWidenedIn(slot);
            bool? told = isShared ? process.Symbols.HasTouched(hit, watch.ContentOf(slot), watch.PartIn(slot)) : true;
            isTold |= isShared && told == true;
            if (told == true)
                touched.Add(new TouchedWatch(watch, mask, IsUnsure: false));
            else if (told is null)
                open.Add(watch);
        }

        if (open.Count == 0)
            return touched;
        bool isSeen = group.Values[slot] is { Old: not null, New: not null };
        (ulong old, ulong now) = isSeen ? (group.Values[slot].Old!.Value, group.Values[slot].New!.Value) : (0, 0);
        List<ArmedWatch> changed = open.FindAll(watch => watch.Own(slot, old) != watch.Own(slot, now));
        // Of one store several watches may be changed; or another thread has stored beside it. A system call copies over what lies in its way.
        bool isUnsure = changed.Count > 1 && group.First.Origin == HitOrigin.User;
        touched.AddRange(changed.Select(watch => new TouchedWatch(watch, mask, isUnsure)));
        if (!isTold && changed.Count == 0 && old == now)
            touched.AddRange(open.Select(watch => new TouchedWatch(watch, mask, IsUnsure: true)));
        return touched;
    }
}
