// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Loading;

/// <summary>"run" arms before any code of the program or of a library runs.</summary>
public sealed class LoadingTests : LiveTest
{
    [Theory]
    [InlineData("gcc", Linking.Pie)]
    [InlineData("gcc", Linking.NoPie)]
    [InlineData("clang", Linking.Pie)]
    [InlineData("clang", Linking.NoPie)]
    public async Task AConstructorOfTheProgramIsSeen(string compiler, Linking linking)
    {
        var recipe = new Recipe("early.c", "early_main.c") { Compiler = compiler, Linking = linking };
        CheckEarly(await RunAsync(await Toolchain.BuildAsync(recipe), ["--watch", "g_early"]));
    }

    [Theory]
    [InlineData("gcc", Linking.Pie)]
    [InlineData("clang", Linking.NoPie)]
    public async Task AConstructorOfALinkedLibraryIsSeen(string compiler, Linking linking)
    {
        var library = new Recipe("early.c") { Compiler = compiler, Linking = Linking.SharedLibrary };
        var recipe = new Recipe("early_main.c") { Compiler = compiler, Linking = linking, Library = library };
        CheckEarly(await RunAsync(await Toolchain.BuildAsync(recipe), ["--watch", "g_early"]));
    }

    [Fact]
    public async Task AnOpenedLibraryIsArmedBeforeItsConstructor()
    {
        var run = await RunPluginAsync(times: 1);
        var own = run.Facts["hits g_plugin"];
        if (Honesty.Check(run.Report, ("g_plugin", own)))
        {
            Writers.AreAt(run.Report.Hits.Take(1), "opened", "plugin.c", "constructor");
            Writers.AreAt(run.Report.Hits.Skip(1), "plugin_work", "plugin.c", "plugin_work");
            Writers.CountUp(run.Report.Hits);
        }

        run.Report.Types[0].Should().NotBe("armed", "there was nothing to arm at first");
    }

    [Fact]
    public async Task ALibraryThatIsOpenedAgainIsWatchedAgain()
    {
        var run = await RunPluginAsync(times: 3);
        CheckWithLoader(run, "g_plugin");
    }

    [Fact]
    public async Task ACopiedGlobalIsWatchedWhereTheProgramHasIt()
    {
        var library = new Recipe("copied.c") { Linking = Linking.SharedLibrary };
        var program = await Toolchain.BuildAsync(new Recipe("copied_main.c") { Linking = Linking.NoPie, Library = library });
        var run = await RunAsync(program, ["--watch", "g_copied"]);
        var own = CheckWithLoader(run, "g_copied");
        Writers.AreAt(own, "change_copied", "copied.c", "change_copied");
    }

    [Fact]
    public async Task AWatchThatNeverResolvesSaysSoAtTheEnd()
    {
        var library = await Toolchain.BuildAsync(new Recipe("plugin.c") { Linking = Linking.SharedLibrary });
        var program = await Toolchain.BuildAsync(new Recipe("plugin_main.c"));
        var run = await RunAsync(program, ["--watch", "no_such_thing"], library);
        run.Status.Should().Be(0, "the program is not to blame");
        run.Report.Hits.Should().BeEmpty();
        run.Report.Coverage.Complete.Should().BeFalse();
        run.Report.Coverage.Gaps.Should().ContainMatch("*no_such_thing*");
    }

    [Fact]
    public async Task AProgramThatNeverLoadsALibraryIsRefusedAnUnknownName()
    {
        var program = await Toolchain.BuildAsync(new Recipe("early.c", "early_main.c"));
        var line = await RefusedAsync("run", "--watch", "g_earlyy", "--", program);
        line.Should().Contain("g_earlyy").And.Contain("g_early");
    }

    private static void CheckEarly(Run run)
    {
        run.Status.Should().Be(0);
        if (Honesty.Check(run.Report, ("g_early", run.Facts["hits g_early"])))
        {
            Writers.AreAt(run.Report.Hits.Take(1), "first_of_all", "early.c", "constructor");
            Writers.AreAt(run.Report.Hits.Skip(1), "write_early", "early.c", "later");
            Writers.FormChain(run.Report.Hits, 5);
            run.Report.Hits.Select(hit => hit.NewNumber).Should().Equal(6, 7);
        }
    }

    // What the dynamic loader writes (copy relocations, the rest of a page of .bss) are writes like any other; the program
    // does not know how many. Returns the program's own.
    private static IEnumerable<HitLine> CheckWithLoader(Run run, string watch)
    {
        var loaders = run.Report.Hits.Where(hit => hit.Stack[0].Module?.StartsWith("ld-linux", StringComparison.Ordinal) == true).ToList();
        Honesty.Check(run.Report, (watch, loaders.Count + run.Facts["hits " + watch]));
        return run.Report.Hits.Except(loaders);
    }

    private async Task<Run> RunPluginAsync(int times)
    {
        var library = await Toolchain.BuildAsync(new Recipe("plugin.c") { Linking = Linking.SharedLibrary });
        var program = await Toolchain.BuildAsync(new Recipe("plugin_main.c"));
        var run = await RunAsync(program, ["--watch", "g_plugin"], library, $"{times}", "100");
        run.Status.Should().Be(0);
        return run;
    }
}
