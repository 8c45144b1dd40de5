// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Counting;

/// <summary>Threads change a counter under a mutex and another one atomically, in every way a program is commonly built: as many
/// hits as the program itself counts, and the right function, line, values, instruction and thread in each.</summary>
public sealed class MatrixTests : LiveTest
{
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
        var program = await Toolchain.BuildAsync(Counters.Variant("counter", ".c", compiler, optimization, linking));
        var run = await RunAsync(program, ["--watch", "g_counter", "--watch", "g_atomic"], $"{Counters.Rounds}", $"{Counters.Threads}");
        Counters.Check(run, "g_counter", "g_atomic");
        Writers.AreAt(run.Report.HitsOn("g_counter"), "add_one", "counter.c", "add_one");
        Writers.AreAt(run.Report.HitsOn("g_atomic"), "add_atomic", "counter.c", "add_atomic");
        Writers.HaveWholeStacks(run.Report.Hits, "work");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EveryWriteOfCppIsReportedWithItsWriter(string compiler, string optimization, Linking linking)
    {
        var program = await Toolchain.BuildAsync(Counters.Variant("bank", ".cpp", compiler, optimization, linking));
        var run = await RunAsync(program, ["--watch", "bank::vault.balance", "--watch", "bank::visits"], $"{Counters.Rounds}", $"{Counters.Threads}");
        Counters.Check(run, "bank::vault.balance", "bank::visits");
        Writers.AreAt(run.Report.HitsOn("bank::vault.balance"), "bank::Account<long>::deposit(long)", "bank.cpp", "deposit");
        Writers.AreBelow(run.Report.HitsOn("bank::visits"), "bank::visit()", "bank.cpp", "visit");
    }
}
