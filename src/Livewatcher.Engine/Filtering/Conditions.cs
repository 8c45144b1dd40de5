// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Filtering;

/// <summary>A watch's condition at a hit: as the source has decided it, or decided here.</summary>
internal static class Conditions
{
    /// <summary>The source decides where one slot has one watch, whole, and nothing beside it; the rest is decided here.</summary>
    internal static bool MayBeDecidedBySource(ArmedWatch watch, IEnumerable<ArmedWatch> owners) =>
        watch.Pieces.Count == 1 && !watch.IsWidened && owners.All(owner => owner == watch);

    /// <param name="watch">With a condition; it has counted this group already.</param>
    /// <param name="group">What has happened.</param>
    /// <param name="old">The watch's bytes before; null where not known.</param>
    /// <param name="now">After.</param>
    /// <param name="memory">The target's.</param>
    /// <param name="sourceCount">Hits as the source has counted them; null where it does not.</param>
    internal static Verdict Decide(
        ArmedWatch watch, AccessGroup group, ReadOnlySpan<byte> old, ReadOnlySpan<byte> now, ITargetMemory memory, long? sourceCount)
    {
        RawHit first = group.First;
        if (first.Verdict is { } decided)
            return decided;
        ConditionInput input = new(
            Number(now), Number(old), first.Thread.Value, first.Process.Value, first.Cpu, sourceCount ?? watch.Seen, first.ThreadName, memory);
        return ConditionMachine.Evaluate(watch.Watch.Condition!, input);
    }

    private static ulong? Number(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > 8)
            return null;
        Span<byte> whole = stackalloc byte[8];
        whole.Clear();
        bytes.CopyTo(whole);
        return BinaryPrimitives.ReadUInt64LittleEndian(whole);
    }
}
