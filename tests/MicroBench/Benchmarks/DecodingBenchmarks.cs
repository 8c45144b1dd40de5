// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using Livewatcher.Linux.Records;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;

namespace Livewatcher.MicroBench.Benchmarks;

/// <summary>A record of the BPF ring, and what the session gets of it.</summary>
public class DecodingBenchmarks : IDisposable
{
    private readonly ThreadNames names = new();
    private StagedWatch? staged;
    private byte[] bare = [], short4 = [], whole = [];

    [GlobalSetup]
    public void SetUp()
    {
        staged = new StagedWatch();
        bare = staged.Program.RecordOf(staged.Slot, 0);
        short4 = staged.Program.RecordOf(staged.Slot, 4096);
        whole = staged.Program.RecordOf(staged.Slot, 16384);
    }

    [Benchmark(Description = "record without stack")]
    public RawHit WithoutStack() => Decode(bare);

    [Benchmark(Description = "record with 4 KiB of stack")]
    public RawHit With4KibOfStack() => Decode(short4);

    [Benchmark(Description = "record with 16 KiB of stack")]
    public RawHit With16KibOfStack() => Decode(whole);

    [GlobalCleanup]
    public void Dispose()
    {
        staged?.Dispose();
        GC.SuppressFinalize(this);
    }

    private RawHit Decode(ReadOnlySpan<byte> bytes) => RecordDecoder.TryReadHeader(bytes, out WatchRecord record)
        ? RecordDecoder.ToHit(record, bytes[Unsafe.SizeOf<WatchRecord>()..], names)
        : throw new InvalidOperationException("the record is none");
}
