// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Guard;

/// <summary>From the guard's messages to events. A message that is shorter than it says is none.</summary>
/// <param name="names">Thread names seen, so that equal ones are one string.</param>
internal sealed unsafe class GuardEvents(ThreadNames names)
{
    private long detailLost;

    /// <summary>What a message says has happened; empty for answers to commands, and for what has its hit elsewhere.</summary>
    /// <param name="packet">The message's head.</param>
    /// <param name="rest">What follows it.</param>
    internal IReadOnlyList<TracerEvent> Of(in GuardPacket packet, ReadOnlySpan<byte> rest)
    {
        ProcessId process = new(packet.Tgid);
        return (GuardMessage)packet.Kind switch
        {
            GuardMessage.LW_MESSAGE_EXEC => [new TracerEvent.Executed(process)],
            GuardMessage.LW_MESSAGE_LOADER => [new TracerEvent.LibrariesChanged(process, new ThreadId(packet.Tid))],
            GuardMessage.LW_MESSAGE_EXIT => [new TracerEvent.Exited(process, packet.Status)],
            GuardMessage.LW_MESSAGE_FORKED => [new TracerEvent.Forked(process, new ProcessId(packet.Tid))],
            GuardMessage.LW_MESSAGE_HIT => Recovered(rest),
            GuardMessage.LW_MESSAGE_EXITING => [new TracerEvent.Exiting(process, Values(packet.Mask, packet.Value))],
            GuardMessage.LW_MESSAGE_ARMED when packet.Error != 0 && packet.Mask == 0 =>
                [new TracerEvent.ThreadNotArmed(process, new ThreadId(packet.Tid), (int)packet.Slot, Errno.Describe(packet.Error))],
            _ => [],
        };
    }

    /// <summary>The hit of backend ptrace that follows a LW_MESSAGE_TRAPPED; null where it is none.</summary>
    internal RawHit? Trapped(ReadOnlySpan<byte> rest) =>
        RecordDecoder.TryReadHeader(rest, out WatchRecord record) ? RecordDecoder.ToHit(record, rest[sizeof(WatchRecord)..], names) : null;

    private List<TracerEvent> Recovered(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < sizeof(GuardHit))
            return [];
        GuardHit hit = MemoryMarshal.Read<GuardHit>(rest);
        Dictionary<int, (ulong Old, ulong New)> values = [];
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
        {
            if ((hit.ValidMask & (1u << slot)) != 0)
                values[slot] = (hit.OldValue[slot], hit.NewValue[slot]);
        }

        List<TracerEvent> events = [new TracerEvent.Recovered(RecordDecoder.ToHit(hit.Record, rest[sizeof(GuardHit)..], names), values)];
        if (hit.LostBefore != detailLost)
        {
            detailLost = hit.LostBefore;
            events.Add(new TracerEvent.DetailLost(detailLost));
        }

        return events;
    }

    private static Dictionary<int, ulong> Values(uint mask, in GuardValues values)
    {
        Dictionary<int, ulong> found = [];
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
        {
            if ((mask & (1u << slot)) != 0)
                found[slot] = values[slot];
        }

        return found;
    }
}
