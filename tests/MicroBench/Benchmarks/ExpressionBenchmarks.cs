// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using BenchmarkDotNet.Attributes;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Syntax;

namespace Livewatcher.MicroBench.Benchmarks;

/// <summary>What is watched, and what is asked at each hit.</summary>
public class ExpressionBenchmarks : IDisposable
{
    private readonly byte[] bytes = BitConverter.GetBytes((uint)StageProgram.New);
    private StagedWatch? staged;
    private Condition? condition;

    [GlobalSetup]
    public void SetUp()
    {
        staged = new StagedWatch();
        WatchRequest request = new(StageProgram.Expression, AccessMode.Write) { Filter = new HitFilter { Conditions = ["new > old && new < g_table[3].refcnt + 100"] } };
        condition = ((WatchResolution.Resolved)staged.Symbols.Resolve(request)).Watch.Condition;
    }

    [Benchmark(Description = "parse an expression")]
    public string? Parse() => ExpressionParser.Parse("((struct connection *)&g_table[2])[1].refcnt", out _)?.ToString();

    /// <summary>Its module's names are read already.</summary>
    [Benchmark(Description = "resolve an expression")]
    public Address Resolve() => ((WatchResolution.Resolved)staged!.Symbols.Resolve(staged.Watch.Request)).Watch.Address;

    [Benchmark(Description = "decide a condition")]
    public Verdict Decide() => ConditionMachine.Evaluate(
        condition!, new ConditionInput(StageProgram.New, StageProgram.Old, 1, 1, 0, 1, "stage", staged!.Program.Target.Memory));

    [Benchmark(Description = "show a value")]
    public string Show() => staged!.Watch.Format.Format(bytes, staged.Symbols.NameOf).Text;

    [GlobalCleanup]
    public void Dispose()
    {
        staged?.Dispose();
        GC.SuppressFinalize(this);
    }
}
