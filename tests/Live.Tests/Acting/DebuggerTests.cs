// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Acting;

/// <summary>Core files, and gdb in our place.</summary>
public sealed class DebuggerTests : ActingTest
{
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ACoreFileIsWrittenAndTheProgramGoesOn(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var prefix = NewPath("core");
        var program = await Toolchain.BuildAsync(new Recipe("steady.c") { Compiler = compiler, Optimization = optimization, Linking = linking });
        var target = await StartTargetAsync(program, $"{10_000 * Emulation.Slowness}", "600");
        var attachment = await AttachAsync(target.Id, ["--watch", "g_steady", "--on-hit", $"core {prefix}", "--after", "3", "--once", .. Backend(backend, scope)]);
        var core = $"{prefix}.{target.Id}.3";
        await Patience.UntilAsync(() => attachment.Process.HasExited || HitsBehind(attachment.OutputPath, core) >= 3, Limit, () => attachment.Process.Describe("the program does not go on, or there is no core file"));
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        report.Hits[2].Actions.Should().ContainSingle().Which.File.Should().Be(core);
        var tally = report.Coverage.Actions.Should().ContainSingle().Subject;
        tally.Failure.Should().BeNull();
        tally.Should().BeEquivalentTo(new { Afterwards = 1L, Failed = 0L, Skipped = 0L });
        var values = report.Hits.Select(hit => hit.New!.Value.GetInt64()).ToList();
        (values[^1] - values[0] + 1).Should().Be(values.Count, "it counts up, and nothing is lost while gdb has it");
        var value = await Child.RunAsync("gdb", ["-nx", "-batch", program, core, "-ex", "print g_steady"], Limit);
        long.Parse(value[(value.LastIndexOf('=') + 1)..]).Should().BeInRange(values[2], values[^1], "it is the program some time after the third hit");
        await target.Process.SignalAsync("TERM");
        (await target.EndAsync(Limit))["written"].Should().BeGreaterThanOrEqualTo(values[^1]);
    }

    /// <summary>Hits that were written to the report after the note that a core file is there.</summary>
    private static int HitsBehind(string report, string core)
    {
        var lines = File.Exists(report) ? File.ReadAllLines(report) : [];
        var note = Array.FindIndex(lines, line => line.Contains("\"note\"", StringComparison.Ordinal) && line.Contains(core, StringComparison.Ordinal));
        return note < 0 ? 0 : lines.Skip(note).Count(line => line.StartsWith("{\"type\":\"hit\"", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task GdbTakesOverAtTheInstruction(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        string own = NewPath("page"), commands = NewPath("commands"), said = NewPath("said");
        var target = await StartTargetAsync(await BuildAsync(compiler, optimization, linking), "30", own);
        await File.WriteAllTextAsync(commands, "p/x $rip\ndetach\nquit\n", TestContext.Current.CancellationToken);
        var output = NewPath("report");
        var watcher = Start("sh",
        [
            "-c", $"exec \"$@\" <{commands} >{said} 2>&1", "sh", Repository.Livewatcher, "attach", $"{target.Id}", "--format", "json", "--output", output,
            "--watch", Field, "--on-hit", "gdb", "--after", "5", .. Backend(backend, scope),
        ]);
        await Patience.UntilAsync(() => Report.IsArmed(output, 1) || watcher.HasExited, Limit, () => watcher.Describe("not armed"));
        target.Open();
        await watcher.ExitAsync(Limit);
        var page = SharedPage.Read(own);
        File.ReadAllText(said).Should().Contain($"0x{page.Next:x}\n", "the thread stands behind the write");
        page.Before.Should().Be(5, "gdb is there before the sixth");
        Report.Read(output).Coverage.Why.Should().Be($"process {target.Id} is handed over to gdb");
        await target.Process.SignalAsync("CONT");
        (await target.EndAsync(Limit))["writes"].Should().Be(30);
    }
}
