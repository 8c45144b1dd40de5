// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>Either side ends in the middle.</summary>
public sealed class EndTests : ServingTest
{
    [Fact]
    public async Task AProgramRunsOnWhenTheListenerIsKilledAndIsArmedAgainByTheNext()
    {
        var first = await ListenAsync();
        var program = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => IsWatched(first), Limit, () => program.Describe("no hits"));
        await first.Process.SignalAsync("KILL");
        await first.Process.ExitAsync(Limit);

        var second = await ListenAsync();
        program.HasExited.Should().BeFalse();
        await Patience.PauseAsync(1500); // the library tries once a second, at its next call; this program makes none
        await program.SignalAsync("TERM");
        (await program.ExitAsync(Limit)).Should().Be(0, program.Describe("it comes to no harm"));
        var report = await QuitAsync(second);
        report.Coverage.Hits.Counted.Should().Be(0, "a program that calls nothing is not armed by who comes later");
    }

    [Fact]
    public async Task AKilledProgramLeavesNothingArmedAndTheOthersAreServed()
    {
        var listening = await ListenAsync();
        var victim = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => IsWatched(listening), Limit, () => victim.Describe("no hits"));
        await victim.SignalAsync("KILL");
        await victim.ExitAsync(Limit);
        var own = await ServeAsync(Serve, "cycles", "2", "3", "5");
        await Patience.UntilAsync(() => ControlAsync("status").Result.Contains("0 programs are connected", StringComparison.Ordinal), Limit, () => "it still counts as connected");
        (await ControlAsync("dr")).Should().Be("no program is connected\n");
        var report = await QuitAsync(listening);
        report.Hits.Count(hit => hit.Pid != victim.Id).Should().Be((int)own["watched"]);
    }

    [Fact]
    public async Task OnlyTheProgramsThatAreMeantAreServed()
    {
        var listening = await ListenAsync("-p", await Toolchain.BuildAsync(Serve));
        await ServeAsync(Serve, "cycles", "1", "1", "1");
        var stranger = await ServeAsync(Serve with { Name = "stranger" }, "cycles", "1", "1", "1");
        stranger["watched"].Should().Be(1, "it runs as if nobody listened");
        var report = await QuitAsync(listening);
        report.Hits.Should().ContainSingle();
    }

    [Fact]
    public async Task AUserOfANumberedPipeHasPromptAndLog()
    {
        var child = Start(
            Repository.Livewatcher, ["listen", "--socket", Socket, "--log", Path.Combine(Folder, "log"), .. Emulation.Options([])], "help\nset record_watcher 2\nset nothing 1\n"u8.ToArray());
        await Patience.UntilAsync(() => child.HasExited || child.Output.Contains("there is no setting 'nothing'", StringComparison.Ordinal), Limit, () => child.Describe("no answers"));
        var own = await ServeAsync(Serve, "cycles", "1", "1", "3");
        await ControlAsync("quit");
        (await child.ExitAsync(Limit)).Should().Be(0);
        child.Output.Should().Contain("set record_watcher N").And.Contain("#3").And.Contain("this watch was set at").And.NotContain(">> ");
        var log = Directory.GetFiles(Path.Combine(Folder, "log")).Should().ContainSingle().Subject;
        Path.GetFileName(log).Should().MatchRegex(@"^livewatcher_\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.log$");
        (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).Should().Be(child.Output, "everything shown is in the log");
        own["watched"].Should().Be(3);
    }

    private static bool IsWatched(Attachment listening) =>
        File.ReadLines(listening.OutputPath).Count(line => line.StartsWith("{\"type\":\"hit\"", StringComparison.Ordinal)) > 5;
}
