// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;

namespace Livewatcher.Live.Tests.Running;

/// <summary>A "livewatcher attach" under way.</summary>
internal sealed class Attachment(Child process, string output)
{
    public Child Process => process;

    public string OutputPath => output;

    /// <summary>Until so many watches are armed.</summary>
    public async Task ArmedAsync(int watches)
    {
        await Patience.UntilAsync(
            () => process.HasExited || Report.IsArmed(output, watches),
            TimeSpan.FromSeconds(20 * Emulation.Slowness),
            () => process.Describe($"not armed; {output}: {(File.Exists(output) ? File.ReadAllText(output) : "no file")}"));
        Report.IsArmed(output, watches).Should().BeTrue(process.Describe("it ended before it was armed"));
    }

    /// <summary>Until it has said something.</summary>
    public async Task SaysAsync(string what, TimeSpan limit)
    {
        bool Said() => File.Exists(output) && File.ReadAllText(output).Contains(what, StringComparison.Ordinal);
        await Patience.UntilAsync(() => process.HasExited || Said(), limit, () => process.Describe($"it did not say \"{what}\""));
        Said().Should().BeTrue(process.Describe($"it ended before it said \"{what}\""));
    }

    /// <summary>Ends it as Ctrl-C does.</summary>
    public Task InterruptAsync() => process.SignalAsync("INT");

    /// <summary>Its report; its exit status must be 0.</summary>
    public async Task<Report> EndAsync(TimeSpan limit)
    {
        var status = await process.ExitAsync(limit);
        status.Should().Be(0, process.Describe("attach ends with status 0"));
        var report = Report.Read(output);
        Consistency.Check(report);
        return report;
    }
}
