// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Records;

/// <summary>Turns the bytes of one ring record into the model's nouns. Trusts the kernel for the layout, checks every length.</summary>
internal static class RecordDecoder
{
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, out WatchRecord record)
    {
        record = default;
        if (bytes.Length < Unsafe.SizeOf<WatchRecord>())
            return false;
        record = MemoryMarshal.Read<WatchRecord>(bytes);
        return record.Version == RecordLimits.LW_RECORD_VERSION;
    }

    /// <param name="record">The header.</param>
    /// <param name="stack">The bytes behind the header; copied.</param>
    /// <param name="names">Thread names seen, so that equal ones are one string.</param>
    internal static RawHit ToHit(in WatchRecord record, ReadOnlySpan<byte> stack, ThreadNames names)
    {
        bool kernel = record.Flags.HasFlag(RecordFlags.LW_KERNEL);
        ReadOnlySpan<byte> used = stack[..(int)Math.Min(record.StackLength, (uint)stack.Length)];
        byte[] copy = StackPool.Shared.Borrow(used.Length);
        used.CopyTo(copy);
        return new RawHit
        {
            Time = record.Time,
            Process = new ProcessId((int)record.Tgid),
            Thread = new ThreadId((int)record.Tid),
            ThreadName = names.Of(record.Comm),
            Cpu = (int)record.Cpu,
            Slot = record.Slot < RecordLimits.LW_SLOTS ? record.Slot : -1,
            Address = new Address(record.Address),
            Length = (int)record.Length,
            Origin = kernel ? HitOrigin.Kernel : HitOrigin.User,
            Recovered = record.Flags.HasFlag(RecordFlags.LW_RECOVERED),
            Stepped = record.Flags.HasFlag(RecordFlags.LW_STEPPED),
            Registers = ToRegisters(record.Registers),
            Kernel = kernel ? new KernelContext(record.KernelIp, record.KernelDi, record.KernelCx) : null,
            Old = record.Flags.HasFlag(RecordFlags.LW_OLD_VALID) ? record.OldValue : null,
            New = record.Flags.HasFlag(RecordFlags.LW_NEW_VALID) ? record.NewValue : null,
            Stack = copy.AsMemory(0, used.Length),
            StackLender = StackPool.Shared,
            StackCut = ToCut(record.Flags),
            Siblings = record.SiblingMask == 0 ? [] : ToSiblings(record),
            Verdict = record.Flags.HasFlag(RecordFlags.LW_DECIDED) ? Verdict.Holds
                : record.Flags.HasFlag(RecordFlags.LW_UNDECIDED) ? Verdict.Undecided : null,
            Order = ToResult(record),
        };
    }

    private static OrderResult? ToResult(in WatchRecord record)
    {
        if (!record.Flags.HasFlag(RecordFlags.LW_COUNTED))
            return null;
        if (record.Flags.HasFlag(RecordFlags.LW_SENT))
            return new OrderResult(OrderOutcome.Sent);
        return record.OrderError == 0 ? new OrderResult(OrderOutcome.NotDue) : new OrderResult(OrderOutcome.Failed, Errno.Describe((int)record.OrderError));
    }

    private static List<SlotChange> ToSiblings(in WatchRecord record)
    {
        List<SlotChange> changes = [];
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
        {
            if ((record.SiblingMask & (1u << slot)) != 0)
                changes.Add(new SlotChange(slot, record.SiblingOld[slot], record.SiblingNew[slot]));
        }

        return changes;
    }

    internal static UserRegisters ToRegisters(ReadOnlySpan<ulong> r) => new(
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15], r[16], r[17], r[18], r[19], r[20]);

    private static StackCut ToCut(RecordFlags flags)
    {
        if (flags.HasFlag(RecordFlags.LW_STACK_UNREAD))
            return StackCut.Unreadable;
        if (flags.HasFlag(RecordFlags.LW_STACK_END))
            return StackCut.EndOfMapping;
        return flags.HasFlag(RecordFlags.LW_STACK_KNOWN) ? StackCut.KnownTop : StackCut.None;
    }
}

/// <summary>Interns thread names: a million hits have a handful of them.</summary>
internal sealed class ThreadNames
{
    private const int Limit = 4096;
    private readonly Dictionary<(ulong, ulong), string> known = [];

    internal string Of(in CommArray comm)
    {
        ReadOnlySpan<byte> bytes = comm;
        (ulong, ulong) key = (MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<ulong>(bytes[8..]));
        if (known.TryGetValue(key, out string? name))
            return name;
        int end = bytes.IndexOf((byte)0);
        name = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        if (known.Count >= Limit)
            known.Clear();
        known[key] = name;
        return name;
    }
}
