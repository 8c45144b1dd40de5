// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Watching;

/// <summary>Names in the scopes of C++, and variables of one thread.</summary>
public sealed class ScopeTests : LiveTest
{
    [Theory]
    [InlineData("gcc", "-O0", "outer::inner::depth", "write_depth(long)", "depth")]
    [InlineData("clang", "-O2", "outer::inner::depth", "write_depth(long)", "depth")]
    [InlineData("gcc", "-O2", "outer::Registry::entries", "outer::Registry::enter(long)", "entries")]
    [InlineData("clang", "-O0", "outer::Registry::entries", "outer::Registry::enter(long)", "entries")]
    [InlineData("gcc", "-O2", "outer::Cell<int>::content", "write_cell(int)", "cell")]
    [InlineData("clang", "-O2", "outer::Cell<int>::content", "write_cell(int)", "cell")]
    [InlineData("gcc", "-O2", "(anonymous namespace)::hidden", "write_hidden(long)", "hidden")]
    [InlineData("clang", "-O2", "outer::thing.inherited", "write_inherited(outer::Derived&, long)", "inherited")]
    public async Task NamesAreFoundInTheirScopes(string compiler, string optimization, string watch, string function, string marker)
    {
        var program = await Toolchain.BuildAsync(new Recipe("scopes.cpp") { Compiler = compiler, Optimization = optimization });
        var run = await RunAsync(program, ["--watch", watch]);
        if (Honesty.Check(run.Report, (watch, run.Facts["rounds"])))
        {
            Writers.CountUp(run.Report.Hits);
        }

        Writers.AreAt(run.Report.Hits, function, "scopes.cpp", marker);
        Writers.AreStores(run.Report.Hits);
    }

    [Theory]
    [InlineData("gcc", "-O0", Linking.Pie)]
    [InlineData("clang", "-O2", Linking.NoPie)]
    public async Task AThreadLocalVariableIsWatchedInTheNamedThread(string compiler, string optimization, Linking linking)
    {
        var program = await Toolchain.BuildAsync(new Recipe("local.c") { Compiler = compiler, Optimization = optimization, Linking = linking });
        var target = await StartTargetAsync(program);
        var (report, own) = await WatchAsync(target, "--watch", "t_count@worker-3", "--watch", "t_count@worker-1");
        var complete = Honesty.Check(report, ("t_count@worker-3", 3 * own["rounds"]), ("t_count@worker-1", own["rounds"]));
        report.Hits.Should().OnlyContain(hit => hit.Watch == "t_count@" + hit.Thread);
        Writers.AreAt(report.Hits, "count_up", "local.c", "count_up");
        if (complete)
        {
            Writers.CountUp(report.HitsOn("t_count@worker-3"));
            Writers.CountUp(report.HitsOn("t_count@worker-1"));
        }
    }
}
