// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Reflection;
using AwesomeAssertions;
using BenchmarkDotNet.Attributes;
using Livewatcher.MicroBench.Benchmarks;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;
using Livewatcher.Recording;
using Xunit;

namespace Livewatcher.Bench.Tests;

/// <summary>Every method that <c>make microbench</c> takes the time of does what it is said to do: a benchmark of something else is a figure about nothing.</summary>
public sealed class MicroTests
{
    private static readonly string[] Inner = ["store", "retain", "touch", "descend"];

    /// <summary>What each must give, by class and method.</summary>
    private static readonly Dictionary<string, Action<object, object?>> Expected = new(StringComparer.Ordinal)
    {
        ["DecodingBenchmarks.WithoutStack"] = (_, given) => HitWithStack(given, 0),
        ["DecodingBenchmarks.With4KibOfStack"] = (_, given) => HitWithStack(given, 4096),
        ["DecodingBenchmarks.With16KibOfStack"] = (_, given) => HitWithStack(given, 16384),
        ["UnwindingBenchmarks.RowsKnown"] = (_, given) => given.Should().Be(StageProgram.PhysicalFrames),
        ["UnwindingBenchmarks.RowsRead"] = (_, given) => given.Should().Be(StageProgram.PhysicalFrames),
        ["UnwindingBenchmarks.KnownStack"] = (_, given) => WholeStack(given),
        ["SymbolBenchmarks.FirstStack"] = (_, given) => WholeStack(given),
        ["SymbolBenchmarks.NewPlace"] = (_, given) => ((IReadOnlyList<Frame>)given!).Select(frame => frame.Function).Should().Equal("store", "retain", "touch"),
        ["SymbolBenchmarks.KnownPlace"] = (_, given) => given.Should().Be(3),
        ["SymbolBenchmarks.NameOfPointer"] = (_, given) => ((string?)given).Should().MatchRegex("^g_table[+][0-9]+$"),
        ["SymbolBenchmarks.KnownInstruction"] = (_, given) =>
            (((Instruction?)given)!.Text, ((Instruction?)given)!.Proven).Should().Match<(string Text, bool Proven)>(found => found.Text.StartsWith("mov dword ptr") && found.Proven),
        ["ExpressionBenchmarks.Parse"] = (_, given) => ((string?)given).Should().Contain("struct connection").And.EndWith("refcnt"),
        ["ExpressionBenchmarks.Resolve"] = (_, given) => ((Address)given!).Value.Should().BeGreaterThan(0x1000),
        ["ExpressionBenchmarks.Decide"] = (_, given) => given.Should().Be(Verdict.Holds),
        ["ExpressionBenchmarks.Show"] = (_, given) => given.Should().Be("42"),
        ["WritingBenchmarks.Json"] = (_, given) => ((long)given!).Should().BeInRange(1000, 10_000),
        ["WritingBenchmarks.Text"] = (_, given) => ((long)given!).Should().BeInRange(500, 10_000),
        ["WritingBenchmarks.Record"] = (benchmarks, _) => BatchIn(((WritingBenchmarks)benchmarks).RecordingFile),
        ["WayBenchmarks.Order"] = (_, given) => given.Should().Be(WayBenchmarks.Batch),
        ["WayBenchmarks.Name"] = (_, given) => given.Should().Be((long)WayBenchmarks.Batch),
        ["WayBenchmarks.Tabulate"] = (benchmarks, _) =>
            ((WayBenchmarks)benchmarks).Writers.Rank().Should().ContainSingle().Which.Stack.Frames[0].Function.Should().Be("store"),
        ["WayBenchmarks.Whole"] = (benchmarks, given) => WholeWay((WayBenchmarks)benchmarks, given),
    };

    public static TheoryData<string> Benchmarks => [.. All().Select(one => NameOf(one.Type, one.Method))];

    [Fact]
    public void EveryBenchmarkIsExpectedToGiveSomething() =>
        All().Select(one => NameOf(one.Type, one.Method)).Should().BeEquivalentTo(Expected.Keys);

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void ABenchmarkGivesWhatItIsSaidTo(string name)
    {
        (Type type, MethodInfo method) = All().Single(one => NameOf(one.Type, one.Method) == name);
        using IDisposable benchmarks = (IDisposable)Activator.CreateInstance(type)!;
        type.GetMethod("SetUp")!.Invoke(benchmarks, []);
        Expected[name](benchmarks, method.Invoke(benchmarks, []));
    }

    private static IEnumerable<(Type Type, MethodInfo Method)> All() =>
        typeof(WayBenchmarks).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null).Select(method => (type, method)));

    private static string NameOf(Type type, MethodInfo method) => $"{type.Name}.{method.Name}";

    private static void HitWithStack(object? given, int bytes)
    {
        RawHit hit = (RawHit)given!;
        (hit.Old, hit.New, hit.ThreadName, hit.Stack.Length).Should().Be((StageProgram.Old, StageProgram.New, "stage", bytes));
    }

    private static void WholeStack(object? given)
    {
        CallStack stack = (CallStack)given!;
        stack.CutShort.Should().BeNull();
        stack.Frames.Take(4).Select(frame => frame.Function!.Split('(')[0]).Should().Equal(Inner);
        stack.Frames.Select(frame => frame.Function).Should().Contain("main");
        stack.Frames.Should().HaveCountGreaterThan(StageProgram.PhysicalFrames);
    }

    private static void WholeWay(WayBenchmarks benchmarks, object? given)
    {
        given.Should().Be((long)WayBenchmarks.Batch);
        Hit last = benchmarks.Last!;
        (last.Old!.Text, last.New!.Text, last.Changed).Should().Be(("41", "42", true));
        last.Instruction!.Proven.Should().BeTrue();
        WholeStack(last.Stack);
        benchmarks.Written.Should().BeGreaterThan(1000 * WayBenchmarks.Batch);
    }

    private static void BatchIn(string path)
    {
        using RecordingFile file = RecordingFile.Open(path);
        file.Events().OfType<Hit>().Should().HaveCount(WritingBenchmarks.Batch).And.OnlyContain(hit => hit.New!.Number == (Int128)StageProgram.New);
    }
}
