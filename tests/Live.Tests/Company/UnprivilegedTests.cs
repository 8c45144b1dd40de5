// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Company;

/// <summary>A user without privileges watches programs of their own: backend perf, chosen by itself.</summary>
public sealed class UnprivilegedTests : LiveTest
{
    private const string Nobody = "65534";

    [Fact]
    public async Task NobodyRunsAProgramOfTheirOwn()
    {
        var (livewatcher, program) = await CopyForNobodyAsync();
        var output = NewPath("jsonl");
        var child = Start("setpriv", [
            .. AsNobody, livewatcher, "run", "--format", "json", "--output", output, .. SmallStacks, "--watch", "g_counter", "--watch", "g_atomic", "--", program, "100", "4"]);
        (await child.ExitAsync(Limit)).Should().Be(0, child.Describe("run"));
        var report = Report.Read(output);
        Consistency.Check(report);
        report.Coverage.Backend.Should().Be("perf");
        report.Coverage.Scope.Should().Be("task");
        var own = new Facts(child.Output);
        if (Honesty.CheckUserOnly(report, ("g_counter", own["hits g_counter"]), ("g_atomic", own["hits g_atomic"])))
        {
            Writers.CountUp(report.HitsOn("g_counter"));
        }

        Writers.AreAt(report.HitsOn("g_counter"), "add_one", "counter.c", "add_one");
        Writers.AreAt(report.HitsOn("g_atomic"), "add_atomic", "counter.c", "add_atomic");
    }

    [Fact]
    public async Task NobodyAttachesToAProgramOfTheirOwn()
    {
        var (livewatcher, program) = await CopyForNobodyAsync();
        var gate = NewPath("gate");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["LW_GATE"] = gate };
        var target = new Target(Start("setpriv", [.. AsNobody, program, "100", "4"], environment: environment), gate);
        await target.ReadyAsync();
        var output = NewPath("jsonl");
        var attachment = new Attachment(
            Start("setpriv", [.. AsNobody, livewatcher, "attach", $"{target.Id}", "--format", "json", "--output", output, .. SmallStacks, "--watch", "g_counter"]), output);
        await attachment.ArmedAsync(1);
        target.Open();
        var own = await target.EndAsync(Limit);
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Backend.Should().Be("perf");
        Honesty.CheckUserOnly(report, ("g_counter", own["hits g_counter"]));
        Writers.AreAt(report.Hits, "add_one", "counter.c", "add_one");
    }

    [Fact]
    public async Task NobodyMayNotWatchOthersAndLearnsWhatIsMissing()
    {
        var (livewatcher, _) = await CopyForNobodyAsync();
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), "1000");
        var child = Start("setpriv", [.. AsNobody, livewatcher, "attach", $"{target.Id}", "--watch", "g_steady"]);
        (await child.ExitAsync(Limit)).Should().Be(2);
        child.Errors.Should().StartWith("livewatcher: ").And.MatchRegex("CAP_[A-Z_]+|ptrace_scope|perf_event_paranoid|root");
        child.Errors.Trim('\n').Should().NotContain("\n");
        ProcFile.TracerOf(target.Id).Should().Be(0);
        target.IsAlive.Should().BeTrue();
    }

    // What the kernel lends such a user for buffers (kernel.perf_event_mlock_kb) is soon full.
    private static string[] SmallStacks => ["--stack-bytes", "1024"];

    private static string[] AsNobody => ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--"];

    // Into a folder that everybody may read and write; the source tree may be root's own.
    private async Task<(string Livewatcher, string Program)> CopyForNobodyAsync()
    {
        var program = await Toolchain.BuildAsync(new Recipe("counter.c", "counter_main.c"));
        var installed = Path.Combine(Folder, "livewatcher");
        Directory.CreateDirectory(installed);
        await Child.RunAsync("cp", [.. Directory.EnumerateFiles(Path.GetDirectoryName(Repository.Livewatcher)!), installed], Limit);
        await Child.RunAsync("cp", [program, Folder], Limit);
        await Child.RunAsync("chmod", ["-R", "a+rwX", Folder], Limit);
        return (Path.Combine(installed, Path.GetFileName(Repository.Livewatcher)), Path.Combine(Folder, Path.GetFileName(program)));
    }
}
