// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Refusals;

/// <summary>Programs that are not as they should be: corrupt, 32-bit, gone too soon.</summary>
public sealed class BrokenProgramTests : LiveTest
{
    [Fact]
    public async Task ACorruptElfFileCannotBeRun()
    {
        var program = await CopyAsync();
        var bytes = File.ReadAllBytes(program);
        bytes.AsSpan(16, 48).Fill(0xff);
        File.WriteAllBytes(program, bytes);
        await RefusedAsync("run", "--watch", "g_watched", "--", program);
    }

    [Theory]
    [InlineData(".debug_info")]
    [InlineData(".debug_abbrev")]
    [InlineData(".debug_line")]
    [InlineData(".eh_frame")]
    public async Task CorruptSectionsAreSurvived(string section)
    {
        var program = await CopyAsync();
        var content = NewPath("section");
        await Child.RunAsync("objcopy", ["-O", "binary", "--only-section", section, "--set-section-flags", $"{section}=alloc", program, content], Limit);
        var noise = new byte[new FileInfo(content).Length];
        new Random(7).NextBytes(noise);
        noise.Should().NotBeEmpty();
        File.WriteAllBytes(content, noise);
        await Child.RunAsync("objcopy", ["--update-section", $"{section}={content}", program], Limit);

        // The symbol table is whole, so the count is as good as ever; names of lines and stacks may be missing.
        var run = await RunAsync(program, ["--watch", "g_watched"], "50");
        run.Status.Should().Be(0);
        Honesty.Check(run.Report, ("g_watched", run.Facts["hits g_watched"]));
    }

    /// <summary>Whether it can be watched is the kernel's matter, not ours.</summary>
    [Fact]
    public async Task AThirtyTwoBitProgramIsWatchedWhereTheKernelRunsItAndElseRefused()
    {
        var program = await Toolchain.BuildAsync(ThirtyTwoBit.Bare);
        if (!await ThirtyTwoBit.RunsHereAsync())
        {
            (await RefusedAsync("run", "--watch", "g_small", "--", program)).Should().Contain(program).And.Contain("ENOEXEC");
            return;
        }

        var run = await RunAsync(program, ["--watch", "g_small"]);
        run.Status.Should().Be(0);
        if (Honesty.Check(run.Report, ("g_small", run.Facts["hits g_small"])))
        {
            Writers.CountUp(run.Report.Hits);
        }

        Writers.AreAt(run.Report.Hits, "write_small", "thirtytwo.c", "write_small");
    }

    [Fact]
    public async Task AProgramThatEndsWhileItIsArmedIsNoCatastrophe()
    {
        var program = await Toolchain.BuildAsync(new Recipe("brief.c"));
        for (var microseconds = 0; microseconds < 200_000; microseconds += 10_000)
        {
            var target = await StartTargetAsync(program, $"{microseconds}");
            var attachment = StartAttach($"{target.Id}", "--watch", "g_brief");
            var status = await attachment.Process.ExitAsync(Limit);
            status.Should().BeOneOf([0, 2], attachment.Process.Describe("too late, or just in time"));
            if (status == 2)
            {
                attachment.Process.Errors.Trim('\n').Should().StartWith("livewatcher: ").And.NotContain("\n");
            }
            else
            {
                var report = Report.Read(attachment.OutputPath);
                Consistency.Check(report);
                report.Hits.Count.Should().BeLessThanOrEqualTo(1);
            }

            await target.EndAsync(Limit);
        }
    }

    // A program whose sections may be spoiled.
    private async Task<string> CopyAsync()
    {
        var copy = NewPath("program");
        File.Copy(await Toolchain.BuildAsync(new Recipe("traps.c")), copy);
        return copy;
    }
}
