// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Xunit;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>Each setting's effect, before and while a program runs.</summary>
public sealed class SettingTests : ServingTest
{
    [Fact]
    public async Task AProgramThatShallNoticeReceivesSigtrapAtEachAccess()
    {
        var listening = await ListenAsync("--set", "ignore_hwbp_sigtrap=0");
        var own = await ServeAsync(Serve, "trap", "25");
        var report = await QuitAsync(listening);
        if (Honesty.Check(report, ("g_served", 25)))
        {
            own["traps"].Should().Be(25);
        }
    }

    [Fact]
    public async Task OtherwiseItNoticesNothing()
    {
        var listening = await ListenAsync();
        var own = await ServeAsync(Serve, "trap", "25");
        own["traps"].Should().Be(0);
        Honesty.Check(await QuitAsync(listening), ("g_served", 25));
    }

    [Fact]
    public async Task WhereAWatchWasSetIsShownWhileThatIsAskedFor()
    {
        var listening = await ListenAsync();
        var program = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => Hits(listening) > 5, Limit, () => program.Describe("no hits"));
        await ControlAsync("set", "record_watcher", "3");
        int before = Hits(listening);
        await Patience.UntilAsync(() => Hits(listening) > before + 20, Limit, () => program.Describe("no hits any more"));
        await program.SignalAsync("TERM");
        (await program.ExitAsync(Limit)).Should().Be(0);
        var report = await QuitAsync(listening);

        Honesty.Check(report, ("g_served", new Facts(program.Output)["written"]));
        report.Hits[0].SetAt.Should().BeNull();
        report.Hits[^1].SetAt!.Stack.Select(frame => frame.Function).Take(2).Should().Equal("set_it", "main");
        report.Hits[^1].SetAt!.Stack.Should().HaveCountLessThanOrEqualTo(3);
        report.Hits[^1].SetAt!.Stack[0].FileName.Should().Be("serve.c");
    }

    [Fact]
    public async Task StatusShowsWhatIsArmed()
    {
        var listening = await ListenAsync();
        var program = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => Hits(listening) > 5, Limit, () => program.Describe("no hits"));
        var status = await ControlAsync("status");
        status.Should().MatchRegex($@"pid {program.Id}  serve  1 thread, 1 watch set so far, [\d,]+ hits?\n  0  g_served  write, 8 bytes at 0x[0-9a-f]+ in DR0: [\d,]+ hits?");
        (await ControlAsync("watches")).Should().MatchRegex($"pid {program.Id} serve: 0 write g_served");
        (await ControlAsync("dr")).Should().Contain($"pid {program.Id}, every thread (by engine)");
        (await RefusedControlAsync("set", "record_watcher", "x")).Should().Be("livewatcher: 'x' is no number\n");
        (await RefusedControlAsync("nonsense")).Should().Be("livewatcher: 'nonsense' is no command here; help lists them\n");
        await QuitAsync(listening);
        program.HasExited.Should().BeFalse("it goes on when the listener ends");
    }
}
