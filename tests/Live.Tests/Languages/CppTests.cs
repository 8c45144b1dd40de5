// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Languages;

/// <summary>Writers that C++ hides: inlined, virtual, while an exception is under way, in a coroutine.</summary>
public sealed class CppTests : LiveTest
{
    public static TheoryData<string, string> Compilers => new()
    {
        { "gcc", "-O0" },
        { "gcc", "-O2 -fomit-frame-pointer" },
        { "clang", "-O0" },
        { "clang", "-O2 -fomit-frame-pointer" },
    };

    [Theory]
    [MemberData(nameof(Compilers))]
    public async Task InlinedWritersAreNamedAndMarked(string compiler, string optimization)
    {
        var (report, own) = await RunModeAsync(compiler, optimization, "inlined", "shop::meter");
        Honesty.Check(report, ("shop::meter", own));
        Writers.AreAt(report.Hits, "(anonymous namespace)::Meter::store(long)", "modern.cpp", "inlined");
        foreach (var hit in report.Hits)
        {
            hit.Stack.Take(3).Select(frame => (frame.Function, frame.Inlined)).Should().Equal(
                ("(anonymous namespace)::Meter::store(long)", true), ("(anonymous namespace)::Meter::step()", true), ("turn()", false));
            hit.Stack[2].Line.Should().Be(Source.Line("modern.cpp", "turn"));
        }
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public async Task VirtualCallsEndInTheRightClass(string compiler, string optimization)
    {
        var (report, own) = await RunModeAsync(compiler, optimization, "virtual", "shop::drawn");
        var complete = Honesty.Check(report, ("shop::drawn", own));
        var circles = report.Hits.Where(hit => hit.Stack[0].Function == "Circle::draw()").ToList();
        var squares = report.Hits.Where(hit => hit.Stack[0].Function == "Square::draw()").ToList();
        Writers.AreAt(circles, "Circle::draw()", "modern.cpp", "circle");
        Writers.AreAt(squares, "Square::draw()", "modern.cpp", "square");
        (circles.Count + squares.Count).Should().Be(report.Hits.Count);
        if (complete)
        {
            circles.Should().HaveCount((int)own / 2);
        }
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public async Task WritesWhileAnExceptionIsUnderWayHaveTheirStack(string compiler, string optimization)
    {
        var program = await BuildAsync(compiler, optimization);
        var run = await RunAsync(program, ["--watch", "shop::unwound", "--watch", "shop::caught"], "exception", "200");
        var own = run.Facts["hits"];
        Honesty.Check(run.Report, ("shop::unwound", own), ("shop::caught", own));
        Writers.AreAt(run.Report.HitsOn("shop::unwound"), "Cleanup::~Cleanup()", "modern.cpp", "cleanup");
        Writers.AreAt(run.Report.HitsOn("shop::caught"), "risk()", "modern.cpp", "catch");
        Writers.HaveWholeStacks(run.Report.Hits, "main");
        Writers.HaveWholeStacks(run.Report.HitsOn("shop::unwound"), "fail()");
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public async Task ACoroutineIsTheWriterEvenWhereItsStackEnds(string compiler, string optimization)
    {
        var (report, own) = await RunModeAsync(compiler, optimization, "coroutine", "shop::resumed");
        Honesty.Check(report, ("shop::resumed", own));
        var line = Source.Line("modern.cpp", "coroutine");
        foreach (var hit in report.Hits)
        {
            var frame = hit.Stack[0];
            frame.Function.Should().StartWith("count(", "compilers decorate the resumed part's name in their own way");
            frame.Line.Should().Be(line);
            (hit.StackCut is not null || hit.Stack.Any(frame => frame.Function == "main")).Should().BeTrue($"the stack ends with a reason: {hit}");
        }
    }

    private static Task<string> BuildAsync(string compiler, string optimization) =>
        Toolchain.BuildAsync(new Recipe("modern.cpp") { Compiler = compiler, Optimization = optimization });

    private async Task<(Report Report, long Own)> RunModeAsync(string compiler, string optimization, string mode, string watch)
    {
        var run = await RunAsync(await BuildAsync(compiler, optimization), ["--watch", watch], mode);
        run.Status.Should().Be(0);
        Writers.AreStores(run.Report.Hits);
        return (run.Report, run.Facts["hits"]);
    }
}
