// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Perf;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Fuzz.Targets;

/// <summary>What the kernel and the guard hand over. The first byte says which of them speaks, the rest is its record.</summary>
internal static class RecordTarget
{
    internal const byte Ring = 0;
    internal const byte Perf = 1;
    internal const byte Guard = 2;
    private const int Kinds = 3;

    private static readonly PerfSampling Sampling = new(StackBytes: 4096, ExcludeKernel: false, Watermark: 0);

    internal static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        ReadOnlySpan<byte> rest = input.AsSpan(1);
        switch (input[0] % Kinds)
        {
            case Ring:
                ReadRing(rest);
                break;
            case Perf:
                ReadPerf(rest);
                break;
            default:
                ReadGuard(rest);
                break;
        }
    }

    private static void ReadRing(ReadOnlySpan<byte> bytes)
    {
        if (RecordDecoder.TryReadHeader(bytes, out WatchRecord record))
            Check(RecordDecoder.ToHit(record, bytes[Unsafe.SizeOf<WatchRecord>()..], new ThreadNames()), bytes.Length);
    }

    /// <summary>Records of a perf ring, one behind the other, to a watched process.</summary>
    private static void ReadPerf(ReadOnlySpan<byte> bytes)
    {
        PerfAccounts accounts = new(followFork: true);
        ProcessId process = new(1);
        accounts.Add(process);
        accounts.Set(process, 1, new HardwareSlot(new Address(0x1000), 8, AccessMode.Write), 0);
        PerfSampleReader reader = new(accounts, Sampling);
        while (MemoryMarshal.TryRead(bytes, out PerfRecordHeader header) && header.Size >= Unsafe.SizeOf<PerfRecordHeader>() && header.Size <= bytes.Length)
        {
            ((IPerfRecordConsumer)reader).Consume(header, bytes[Unsafe.SizeOf<PerfRecordHeader>()..header.Size]);
            bytes = bytes[header.Size..];
        }

        Receiver receiver = new();
        reader.Drain([], receiver);
        foreach (RawHit hit in receiver.Hits)
            Check(hit, int.MaxValue);
    }

    /// <summary>What is short is filled up with zeroes: the packet may grow, and the corpus stays what it was.</summary>
    private static void ReadGuard(ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[Unsafe.SizeOf<GuardPacket>()];
        head.Clear();
        int length = Math.Min(head.Length, bytes.Length);
        bytes[..length].CopyTo(head);
        GuardPacket packet = MemoryMarshal.Read<GuardPacket>(head);
        ReadOnlySpan<byte> rest = bytes[length..];
        GuardEvents events = new(new ThreadNames());
        foreach (TracerEvent happened in events.Of(packet, rest))
        {
            if (happened is TracerEvent.Recovered recovered)
                Check(recovered.Hit, bytes.Length);
        }

        if (events.Trapped(rest) is { } hit)
            Check(hit, bytes.Length);
    }

    private static void Check(RawHit hit, int most)
    {
        Claim.Holds(hit.Slot is >= -1 and < RecordLimits.LW_SLOTS, "a hit's slot is one of the four, or unknown");
        Claim.Holds(hit.Stack.Length <= most, "a stack is not longer than what was copied");
        Claim.Holds(hit.Siblings.All(sibling => sibling.Slot is >= 0 and < RecordLimits.LW_SLOTS), "siblings are slots");
        Claim.Holds(most == int.MaxValue || hit.ThreadName.Length <= 16, "a thread's name in a record has at most 16 characters");
    }

    private sealed class Receiver : IHitReceiver
    {
        internal List<RawHit> Hits { get; } = [];

        public void OnHit(RawHit hit) => Hits.Add(hit);

        public void OnForked(ulong time, ProcessId parent, ProcessId child)
        {
        }

        public void OnExec(ulong time, ProcessId process)
        {
        }

        public void OnExit(ulong time, ProcessId process)
        {
        }
    }
}
