// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using BenchmarkDotNet.Attributes;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.MicroBench.Benchmarks;

/// <summary>Function, file and line of an address, and the instruction at it.</summary>
public class SymbolBenchmarks : IDisposable
{
    private readonly Warnings warnings = new();
    private StagedWatch? staged;
    private ModuleMap? modules;
    private FrameNamer? warm;
    private ModuleNames? names;
    private PhysicalFrame frame;

    [GlobalSetup]
    public void SetUp()
    {
        staged = new StagedWatch();
        modules = new ModuleMap(staged.Program.Target, SymbolOptions.Default, warnings);
        modules.Refresh();
        frame = new PhysicalFrame(staged.Raw.Registers.Rip, FrameKind.Before);
        warm = new FrameNamer(modules, warnings);
        names = new ModuleNames(modules.ModuleAt(new Address(frame.Lookup))!, warnings);
    }

    /// <summary>All files opened, all of the debug information still to be read.</summary>
    [Benchmark(Description = "first stack of a process, cold")]
    public CallStack FirstStack()
    {
        using TargetSymbols fresh = new(staged!.Program.Target);
        return fresh.Unwind(staged.Raw);
    }

    [Benchmark(Description = "new place of a known module")]
    public IReadOnlyList<Frame> NewPlace() => names!.Name(new Address(frame.Pc), new Address(frame.Lookup));

    [Benchmark(Description = "known place")]
    public int KnownPlace() => warm!.Name(frame).Length;

    [Benchmark(Description = "symbol of a pointer's value")]
    public string? NameOfPointer() => staged!.Symbols.NameOf(staged.Watch.Address);

    [Benchmark(Description = "instruction of a known place")]
    public Instruction? KnownInstruction() => staged!.Symbols.FindInstruction(staged.Raw, [staged.Slot]);

    [GlobalCleanup]
    public void Dispose()
    {
        modules?.Dispose();
        staged?.Dispose();
        GC.SuppressFinalize(this);
    }
}
