// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Livewatcher.Live.Tests.Serving;
using Xunit;

namespace Livewatcher.Live.Tests.Reaching;

/// <summary>Each method of reaching threads on other CPUs: which threads it has reached how, and that all of them are armed when
/// set_watcher returns.</summary>
public sealed class MethodTests : ServingTest
{
    private const int Cycles = 3;

    /// <summary>Six threads, of which one blocks every signal, and one of a chain of threads, at each of the settings.</summary>
    [Theory]
    [InlineData("direct", "gcc", "-O2 -fomit-frame-pointer", Linking.Pie)]
    [InlineData("sigall", "gcc", "-O2 -fomit-frame-pointer", Linking.Pie)]
    [InlineData("lockrq", "clang", "-O0", Linking.Pie)]
    [InlineData("sigrun", "gcc", "-O0", Linking.NoPie)]
    [InlineData("singlestep", "clang", "-O2 -fomit-frame-pointer", Linking.Pie)]
    public async Task EveryThreadIsArmedWhenTheCallReturns(string method, string compiler, string optimization, Linking linking)
    {
        var listening = await ListenAsync("--sync", method);
        var own = await ServeAsync(Reach with { Compiler = compiler, Optimization = optimization, Linking = linking }, $"{Cycles}", "5");
        var status = await ControlAsync("status");
        var report = await QuitAsync(listening);

        own["active"].Should().Be(1);
        own["handled"].Should().Be(0, "the program's own handlers see no signal of ours");
        Honesty.Check(report, ("g_reached", own["watched"]));
        report.Hits.Should().OnlyContain(hit => hit.Stack[0].Function == "write_reached");
        status.Should().Contain($"sync {method}");
        Ways.Of(status).ShouldBeThoseOf(method, Cycles);
    }

    /// <summary>docs/sync.md has the times.</summary>
    [Theory]
    [Trait(Slow.Category, Slow.Name)]
    [InlineData("direct")]
    [InlineData("sigall")]
    [InlineData("lockrq")]
    [InlineData("sigrun")]
    [InlineData("singlestep")]
    public async Task AThousandThreadsAreArmedToo(string method)
    {
        foreach (var threads in Slow.IsAsked ? new[] { 10, 100, 1000 } : [100])
        {
            var listening = await ListenAsync("--sync", method, "--stack-bytes", "1024");
            var own = await ServeAsync(Serve, "crowd", $"{threads}", "5");
            TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {threads} threads: {own["shortest"]} us at best, {own["median"]} us in the middle");
            Honesty.Check(await QuitAsync(listening), ("g_served", own["watched"]));
        }
    }
}
