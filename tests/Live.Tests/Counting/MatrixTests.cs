// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Counting;

/// <summary>Threads change a counter under a mutex and another one atomically, in every way a program is commonly built: as many
/// hits as the program itself counts, and the right function, line, values, instruction and thread in each.</summary>
public sealed class MatrixTests : LiveTest
{
    private static readonly long Rounds = Emulation.Choose(500, 100);
    private const long Threads = 4;

    public static TheoryData<string, string, Linking> Variants()
    {
        var variants = new TheoryData<string, string, Linking>();
        foreach (var compiler in new[] { "gcc", "clang" })
        {
            foreach (var optimization in new[] { "-O0", "-O2 -fomit-frame-pointer" })
            {
                foreach (var linking in Enum.GetValues<Linking>())
                {
                    variants.Add(compiler, optimization, linking);
                }
            }
        }

        return variants;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EveryWriteOfCIsReportedWithItsWriter(string compiler, string optimization, Linking linking)
    {
        var program = await Toolchain.BuildAsync(Variant("counter", ".c", compiler, optimization, linking));
        var run = await RunAsync(program, ["--watch", "g_counter", "--watch", "g_atomic"], $"{Rounds}", $"{Threads}");
        Check(run, "g_counter", "g_atomic");
        Writers.AreAt(run.Report.HitsOn("g_counter"), "add_one", "counter.c", "add_one");
        Writers.AreAt(run.Report.HitsOn("g_atomic"), "add_atomic", "counter.c", "add_atomic");
        Writers.HaveWholeStacks(run.Report.Hits, "work");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EveryWriteOfCppIsReportedWithItsWriter(string compiler, string optimization, Linking linking)
    {
        var program = await Toolchain.BuildAsync(Variant("bank", ".cpp", compiler, optimization, linking));
        var run = await RunAsync(program, ["--watch", "bank::vault.balance", "--watch", "bank::visits"], $"{Rounds}", $"{Threads}");
        Check(run, "bank::vault.balance", "bank::visits");
        Writers.AreAt(run.Report.HitsOn("bank::vault.balance"), "bank::Account<long>::deposit(long)", "bank.cpp", "deposit");
        Writers.AreBelow(run.Report.HitsOn("bank::visits"), "bank::visit()", "bank.cpp", "visit");
    }

    private static Recipe Variant(string name, string extension, string compiler, string optimization, Linking linking)
    {
        var library = linking == Linking.SharedLibrary;
        var part = new Recipe(name + extension) { Compiler = compiler, Optimization = optimization, Linking = linking };
        var main = part with { Sources = [name + extension, $"{name}_main{extension}"] };
        return library ? main with { Sources = [$"{name}_main{extension}"], Name = name, Linking = Linking.Pie, Library = part } : main;
    }

    private static void Check(Run run, string locked, string atomic)
    {
        run.Status.Should().Be(0);
        var own = run.Facts;
        own["hits " + locked].Should().Be(Rounds * Threads, "the program did what it was written for");
        var complete = Honesty.Check(run.Report, (locked, own["hits " + locked]), (atomic, own["hits " + atomic]));
        Writers.AreStores(run.Report.Hits);
        run.Report.Hits.Select(hit => hit.Pid).Distinct().Should().HaveCount(1);
        if (complete)
        {
            Writers.CountUp(run.Report.HitsOn(locked));
            run.Report.Hits.CountBy(hit => hit.Thread!).ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal)
                .Should().Equal(own.All("thread "), "each thread has counted its own writes");
            run.Report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount((int)Threads);
        }
    }
}
