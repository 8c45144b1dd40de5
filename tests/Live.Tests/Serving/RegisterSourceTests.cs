// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Xunit;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>Where the debug registers that are shown come from.</summary>
public sealed class RegisterSourceTests : ServingTest
{
    /// <summary>A listener whose registers are ptrace's own: what PEEKUSER reads is what was armed, and the hits are counted.</summary>
    [Fact]
    public async Task PtraceReadsWhatPtraceHasArmed()
    {
        var listening = await ListenAsync("--backend", "ptrace", "--dr-source", "ptrace");
        var program = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => Hits(listening) > 5, Limit, () => program.Describe("no hits"));
        var shown = await ControlAsync("dr");
        await program.SignalAsync("TERM");
        (await program.ExitAsync(Limit)).Should().Be(0, program.Describe("it comes to no harm"));
        var report = await QuitAsync(listening);

        Honesty.CheckUserOnly(report, ("g_served", new Facts(program.Output)["written"]));
        shown.Should().Contain($"thread {program.Id} of pid {program.Id} (by ptrace)");
        // One write watch of 8 bytes, locally enabled by the kernel's ptrace code or globally: bits 0 and 1; length and kind: 1001.
        var registers = Values(shown);
        registers["dr0"].Should().Be(Convert.ToUInt64(report.Armed[0].Address, 16));
        (registers["dr7"] & 3).Should().NotBe(0);
        (registers["dr7"] >> 16 & 15).Should().Be(9);
        (registers["dr1"], registers["dr2"], registers["dr3"]).Should().Be((0, 0, 0));
    }

    /// <summary>Perf events are not ptrace's: it says so, and shows what there is.</summary>
    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task PtraceDoesNotSeePerfEvents(string guard)
    {
        var listening = await ListenAsync("--dr-source", "ptrace", "--guard", guard);
        var program = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => Hits(listening) > 5, Limit, () => program.Describe("no hits"));
        var registers = Values(await ControlAsync("dr"));
        var report = await QuitAsync(listening);

        registers.Should().HaveCount(5).And.OnlyContain(one => one.Key == "dr7" || one.Value == 0);
        report.Notes.Should().Contain(note => note.Text.Contains("perf events, which ptrace(2) does not see", StringComparison.Ordinal));
        program.HasExited.Should().BeFalse();
    }

    private static Dictionary<string, ulong> Values(string shown) =>
        Regex.Matches(shown, "(?<name>dr[0-37]) 0x(?<value>[0-9a-f]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(one => one.Groups["name"].Value, one => Convert.ToUInt64(one.Groups["value"].Value, 16));
}
