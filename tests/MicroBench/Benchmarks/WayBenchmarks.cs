// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Watching;
using Livewatcher.Linux.Records;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;
using Livewatcher.Render;

namespace Livewatcher.MicroBench.Benchmarks;

/// <summary>A hit's whole way through this process, from the ring's bytes to a line of JSON, its stack known: what bounds the rate that can be followed.</summary>
public class WayBenchmarks : IDisposable
{
    /// <summary>Hits between two drains.</summary>
    public const int Batch = 100;

    private readonly ThreadNames names = new();
    private readonly CountingStream output = new();
    private readonly HitOrderer orderer = new();
    private readonly WriterTable writers = new();
    private StagedWatch? staged;
    private WatchedProcess? process;
    private HitNamer? namer;
    private JsonRenderer? json;
    private byte[] record = [];
    private RawHit[] raw = [];
    private ulong time = 1_000_000_000;

    /// <summary>Hits that have come out.</summary>
    public long Shown { get; private set; }

    /// <summary>The last of them.</summary>
    public Hit? Last { get; private set; }

    /// <summary>Bytes of JSON.</summary>
    public long Written => output.Written;

    /// <summary>By writer.</summary>
    public WriterTable Writers => writers;

    [GlobalSetup]
    public void SetUp()
    {
        staged = new StagedWatch();
        process = new WatchedProcess(staged.Program.Target, staged.Symbols);
        process.Slots[0] = staged.Slot;
        process.Watches.Add(new ArmedWatch(staged.Watch, [(0, staged.Slot)], BitConverter.GetBytes((uint)StageProgram.Old)));
        namer = new HitNamer(StillPlatform.For(staged.Program.Target, staged.Symbols), new Ledger());
        json = new JsonRenderer(output);
        record = staged.Program.RecordOf(staged.Slot, 16384);
        raw = [.. Enumerable.Range(0, Batch).Select(_ => staged.Raw)];
    }

    /// <summary>Groups that are one access each, in the order of time.</summary>
    [Benchmark(Description = "ordering", OperationsPerInvoke = Batch)]
    public int Order()
    {
        foreach (RawHit hit in raw)
            orderer.Add(new SessionItem.RawHitItem(hit));
        return orderer.Release(ulong.MaxValue).Count();
    }

    [Benchmark(Description = "naming", OperationsPerInvoke = Batch)]
    public long Name()
    {
        foreach (RawHit hit in raw)
            Shown += namer!.Name(process!, new AccessGroup(hit)).Count();
        return Shown;
    }

    [Benchmark(Description = "table of writers")]
    public void Tabulate() => writers.Add(staged!.Named);

    [Benchmark(Description = "the whole way, 16 KiB of stack, JSON", OperationsPerInvoke = Batch)]
    public long Whole()
    {
        for (int i = 0; i < Batch; i++)
        {
            if (!RecordDecoder.TryReadHeader(record, out WatchRecord header))
                throw new InvalidOperationException("the record is none");
            header.Time = time += 1000;
            orderer.Add(new SessionItem.RawHitItem(RecordDecoder.ToHit(header, record.AsSpan(Unsafe.SizeOf<WatchRecord>()), names)));
        }

        foreach (AccessGroup group in orderer.Release(time + (2 * HitOrderer.Window)).Cast<AccessGroup>())
        {
            foreach (NamedHit named in namer!.Name(process!, group))
            {
                Last = named.Hit!;
                writers.Add(Last);
                json!.Publish(Last);
                Shown++;
            }

            group.EndReport();
        }

        return Shown;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        json?.Dispose();
        output.Dispose();
        staged?.Dispose();
        GC.SuppressFinalize(this);
    }
}
