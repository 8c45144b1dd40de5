// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Flooding;

/// <summary>A debug register that is unloaded behind our back: what is written then is found by the audit, and the register is loaded again.</summary>
public sealed class UnarmedTests : LiveTest
{
    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "off")]
    [InlineData("bpf", "task", "on")]
    public async Task TheAuditFindsTheWriteAndArmsAgain(string backend, string scope, string guard)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), $"{20_000 * Emulation.Slowness}", "600");
        var attachment = await AttachAsync(target.Id, ["--watch", "g_steady", "--backend", backend, "--scope", scope, "--guard", guard]);
        await HitsAsync(attachment, 3);
        var holder = ProcFile.TracerOf(target.Id) is var tracer and > 0 ? tracer : attachment.Process.Id;
        var off = Start(await Toolchain.BuildAsync(new Recipe("unarm.c")), [$"{holder}"]);
        (await off.ExitAsync(Limit)).Should().Be(0, off.Describe("events were switched off"));
        await HitsAsync(attachment, 5);
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Hits.Escaped.Should().BePositive();
        report.Coverage.Complete.Should().BeFalse();
        // Between them hits and escaped writes tell the whole story: each begins where the one before has ended.
        report.AllHits.Zip(report.AllHits.Skip(1)).Should().OnlyContain(pair => pair.First.NewNumber == pair.Second.OldNumber);
        var escape = report.AllHits.First(hit => hit.Escaped);
        report.AllHits.SkipWhile(hit => hit != escape).Count(hit => !hit.Escaped).Should().BeGreaterThanOrEqualTo(3, "it is armed again");
        await target.Process.SignalAsync("TERM");
        await target.EndAsync(Limit);
    }

    /// <summary>So many lines more that are hits.</summary>
    private static async Task HitsAsync(Attachment attachment, int more)
    {
        var before = Count();
        await Patience.UntilAsync(() => Count() >= before + more, Limit, () => "no hits");
        int Count() => File.ReadLines(attachment.OutputPath).Count(line => line.StartsWith("{\"type\":\"hit\"", StringComparison.Ordinal) && line.Contains("\"escaped\":false", StringComparison.Ordinal));
    }
}
