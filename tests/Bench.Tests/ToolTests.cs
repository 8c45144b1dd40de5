// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using AwesomeAssertions;
using Livewatcher.Bench.Measuring;
using Livewatcher.Bench.Reporting;
using Xunit;

namespace Livewatcher.Bench.Tests;

/// <summary>A tool that is not there or fails is a reason, never a figure; and one small contest of real programs, from their source to the table.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("lw-bench-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void WhatIsNotThereIsAReason()
    {
        Action run = () => Tool.Run(Path.Combine(folder, "no-such-tool"));
        run.Should().Throw<MeasuringException>().WithMessage("*no-such-tool*No such file or directory*");
    }

    [Fact]
    public void WhatFailsSaysItsStatusAndItsLastLine()
    {
        Action run = () => Tool.Run("sh", "-c", "echo first >&2; echo last >&2; exit 7");
        run.Should().Throw<MeasuringException>().WithMessage("sh: exit status 7: last");
        Tool.Try("sh", ["-c", "exit 7"]).Status.Should().Be(7);
    }

    /// <summary>An old result is never taken for a new one.</summary>
    [Fact]
    public void AResultIsTakenOnce()
    {
        string result = Path.Combine(folder, "result");
        File.WriteAllText(result, "12 3456\n");
        Tool.ResultIn(result).Should().Be((12, 3456));
        Action again = () => Tool.ResultIn(result);
        again.Should().Throw<MeasuringException>();
    }

    [Fact]
    public void ASmallContestGivesWholeRows()
    {
        string hot = Path.Combine(folder, "hot"), result = Path.Combine(folder, "result");
        Tool.Run("gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-pthread", Path.Combine(Path.GetDirectoryName(Here())!, "..", "Bench", "programs", "hot.c"), "-o", hot);
        IReadOnlyList<Row> rows = Contest.Hold("small", 3, [new("one thread", () => Run("3000", "1")), new("three threads", () => Run("1000", "3"))]);
        rows.Select(row => (row.Costs.Count, row.Own, row.Failure)).Should().AllBeEquivalentTo((3, 9000L, (string?)null));
        rows.Should().OnlyContain(row => row.Costs.Median > 0);
        Markdown text = new();
        text.Table(rows, "one thread", "ns a write");
        text.ToString().Should().MatchRegex("\n[|] three threads [|] [0-9.,]+ [|] [0-9.,]+ [|] [0-9.,]+ to [0-9.,]+ [|] 3 [|]\n").And.NotContain("not measured");

        Outcome Run(string writes, string threads)
        {
            Tool.Run(hot, result, writes, threads);
            (long done, double ns) = Tool.ResultIn(result);
            return new Outcome(ns / done, done);
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
