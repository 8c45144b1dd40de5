// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using BenchmarkDotNet.Attributes;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.MicroBench.Benchmarks;

/// <summary>From registers and a copied stack to frames.</summary>
public class UnwindingBenchmarks : IDisposable
{
    private readonly Warnings warnings = new();
    private readonly List<PhysicalFrame> frames = [];
    private readonly List<ulong> addresses = [];
    private StagedWatch? staged;
    private ModuleMap? modules;
    private StackUnwinder? warm;

    [GlobalSetup]
    public void SetUp()
    {
        staged = new StagedWatch();
        modules = new ModuleMap(staged.Program.Target, SymbolOptions.Default, warnings);
        modules.Refresh();
        warm = new StackUnwinder(modules, _ => false, warnings);
    }

    [Benchmark(Description = "frames, rows known")]
    public int RowsKnown() => Unwind(warm!);

    [Benchmark(Description = "frames, rows read from the tables")]
    public int RowsRead() => Unwind(new StackUnwinder(modules!, _ => false, warnings));

    [Benchmark(Description = "stack with names, known")]
    public CallStack KnownStack() => staged!.Symbols.Unwind(staged.Raw);

    [GlobalCleanup]
    public void Dispose()
    {
        modules?.Dispose();
        staged?.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Unwind(StackUnwinder unwinder)
    {
        unwinder.Unwind(staged!.Raw, FrameKind.Before, frames, addresses);
        return frames.Count;
    }
}
