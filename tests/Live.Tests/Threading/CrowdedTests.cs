// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Threading;

/// <summary>A machine on which many threads want each CPU: livewatcher has its turn there, and the program keeps its own.</summary>
public sealed class CrowdedTests : LiveTest
{
    private static readonly int Threads = Emulation.Choose(32, 8) * Environment.ProcessorCount;

    /// <summary>An emulated machine takes half a minute for each: without LW_SLOW=1 it has the first only.</summary>
    public static TheoryData<string, string, Linking, string, string, string> Cases
    {
        get
        {
            TheoryData<string, string, Linking, string, string, string> cases = new() { { "gcc", "-O2", Linking.Pie, "bpf", "task", "on" } };
            if (Emulation.IsOn && !Slow.IsAsked)
                return cases;
            cases.Add("clang", "-O2", Linking.Pie, "bpf", "cpu", "off");
            cases.Add("gcc", "-O0", Linking.NoPie, "perf", "task", "on");
            cases.Add("clang", "-O0", Linking.NoPie, "bpf", "task", "off");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task EachIsArmedAndCounted(string compiler, string optimization, Linking linking, string backend, string scope, string guard)
    {
        var recipe = new Recipe("crowded.c") { Compiler = compiler, Optimization = optimization, Linking = linking, Extra = "-pthread" };
        var target = await StartTargetAsync(await Toolchain.BuildAsync(recipe), $"{Threads}", "3");
        var attachment = await AttachAsync(target.Id, "--watch", "g_beat", "--watch", "g_crowd", "--backend", backend, "--scope", scope, "--guard", guard);
        // Looks once a second whether it is crowded.
        await Patience.UntilAsync(() => ProcFile.NicenessOf(attachment.Process.Id).All(nice => nice < 0), Limit, () => $"nice: {string.Join(' ', ProcFile.NicenessOf(attachment.Process.Id))}");
        ProcFile.NicenessOf(target.Id).Should().AllBeEquivalentTo(0, "the program is as nice as it was");
        target.Open();
        var own = await target.EndAsync(Limit);
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Threads.Should().Be(Threads + 1);
        Honesty.Check(report, ("g_beat", own["beats"]), ("g_crowd", own["crowd"]));
    }
}
