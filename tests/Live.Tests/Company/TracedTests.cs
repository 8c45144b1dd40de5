// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Company;

/// <summary>A program that a debugger already traces is watched without the guard, with a warning.</summary>
public sealed class TracedTests : LiveTest
{
    [Fact]
    public async Task ATracedProgramIsWatchedWithAWarning()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("kinds.c", "other.c")), "300");
        var tracer = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("tracer.c")), $"{target.Id}");
        var (report, own) = await WatchAsync(target, "--watch", "g_table[3]");
        await tracer.EndAsync(Limit);
        report.Notes.Should().Contain(note => note.Level == "warning" && note.Text.Contains($"{tracer.Id}", StringComparison.Ordinal));
        report.Coverage.Guard.Should().BeFalse();
        Honesty.Check(report, ("g_table[3]", own["rounds"]));
        Writers.AreAt(report.Hits, "write_table", "kinds.c", "table");
    }
}
