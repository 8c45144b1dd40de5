// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Livewatcher.Fuzz.Targets;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Perf;
using Livewatcher.Linux.Records;

namespace Livewatcher.Fuzz.Seeds;

/// <summary>Records as the BPF program, perf and the guard write them.</summary>
internal static class RecordSeeds
{
    private static readonly byte[] Stack = new byte[24];

    internal static IEnumerable<(string Name, byte[] Bytes)> All()
    {
        WatchRecord record = Record();
        yield return ("ring-hit", [RecordTarget.Ring, .. Bytes(record), .. Stack]);
        record.StackLength = uint.MaxValue;
        record.SiblingMask = uint.MaxValue;
        record.Flags = (RecordFlags)ushort.MaxValue;
        yield return ("ring-lengths-lie", [RecordTarget.Ring, .. Bytes(record)]);
        foreach (bool hasRegisters in new[] { true, false })
            yield return (hasRegisters ? "perf-sample" : "perf-sample-without-registers", [RecordTarget.Perf, .. Sample(hasRegisters, 4104, 16)]);
        yield return ("perf-stack-lies", [RecordTarget.Perf, .. Sample(true, ulong.MaxValue - 7, 16)]);
        yield return ("perf-copied-lies", [RecordTarget.Perf, .. Sample(false, 16, ulong.MaxValue)]);
        yield return ("perf-notices", [RecordTarget.Perf, .. Perf(PerfRecordType.PERF_RECORD_LOST, 77, 5), .. Perf(PerfRecordType.PERF_RECORD_FORK, 1, 1),
            .. Perf(PerfRecordType.PERF_RECORD_THROTTLE), .. Perf(PerfRecordType.PERF_RECORD_LOST_SAMPLES, 9)]);
        foreach (GuardMessage kind in Enum.GetValues<GuardMessage>())
            yield return ($"guard-{kind.ToString()["LW_MESSAGE_".Length..].ToLowerInvariant()}", Message(kind));
    }

    private static WatchRecord Record()
    {
        WatchRecord record = new()
        {
            Kind = RecordKind.LW_RECORD_HIT, Version = RecordLimits.LW_RECORD_VERSION, Slot = 2, Flags = RecordFlags.LW_OLD_VALID | RecordFlags.LW_NEW_VALID,
            Time = 1_234_567_890, Tgid = 100, Tid = 101, Cpu = 5, StackLength = (uint)Stack.Length, Address = 0x7f00_1234_5678, SiblingMask = 9, Length = 8,
        };
        "worker/3"u8.CopyTo(record.Comm);
        return record;
    }

    /// <summary>A message of 64 bits of everything, and behind it what a hit's message has.</summary>
    private static byte[] Message(GuardMessage kind)
    {
        GuardPacket packet = new() { Kind = (uint)kind, Tgid = 100, Tid = 101, Status = 9, Mask = kind == GuardMessage.LW_MESSAGE_EXITING ? 5u : 0, Error = 28 };
        byte[] rest = kind switch
        {
            GuardMessage.LW_MESSAGE_HIT => Bytes(new GuardHit { ValidMask = 3, LostBefore = 1, Record = Record() }),
            GuardMessage.LW_MESSAGE_TRAPPED => Bytes(Record()),
            _ => [],
        };
        return [RecordTarget.Guard, .. Bytes(packet), .. rest, .. Stack];
    }

    /// <summary>perf_event_open(2), "MMAP layout", with the bits of PerfSampling.SampleType.</summary>
    private static byte[] Sample(bool hasRegisters, ulong asked, ulong copied)
    {
        List<ulong> words = [77, 0x401000, 1 | (1UL << 32), 123_456, 0x1000, 3, hasRegisters ? 2UL : 0];
        if (hasRegisters)
            words.AddRange(Enumerable.Range(100, 20).Select(register => (ulong)register));
        words.Add(asked);
        words.AddRange(new ulong[asked <= 4104 ? (int)asked / 8 : 2]);
        words.AddRange([copied, 0]);
        return Perf(PerfRecordType.PERF_RECORD_SAMPLE, [.. words]);
    }

    private static byte[] Perf(PerfRecordType type, params ulong[] words)
    {
        byte[] record = new byte[8 + (words.Length * 8)];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)type);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(6), (ushort)record.Length);
        MemoryMarshal.AsBytes<ulong>(words).CopyTo(record.AsSpan(8));
        return record;
    }

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
