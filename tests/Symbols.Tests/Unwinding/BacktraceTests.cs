// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>Whole stacks of real programs: frame addresses must be gdb's, functions, lines and inlined frames
/// addr2line's.</summary>
public sealed class BacktraceTests
{
    public static TheoryData<string, string> Builds()
    {
        TheoryData<string, string> builds = [];
        foreach (var compiler in new[] { "gcc", "clang" })
        {
            foreach (var flags in new[]
            {
                "-O0 -g", "-O2 -g -fomit-frame-pointer", "-O2 -g -fomit-frame-pointer -no-pie -fno-pie", "-O2 -g -static",
                "-O1 -g -static-pie -fPIE", "-O2 -gdwarf-4", "-O3 -g -gz", "-O2 -g -fno-asynchronous-unwind-tables -fno-unwind-tables",
                "-O2 -g -mno-red-zone -mstackrealign", "-Og -g -fstack-protector-all", "-O2 -g -gsplit-dwarf",
            })
            {
                builds.Add(compiler, flags);
            }
        }

        return builds;
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void FramesAreThoseOfGdbAndAddr2Line(string compiler, string flags)
    {
        using var workshop = new Workshop();
        var source = workshop.Write("deep.c", Samples.Deep);
        var program = workshop.Build(compiler, "deep", flags.Split(' '), source);
        using var gdb = new Gdb(program);
        gdb.RunTo($"deep.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");

        var stack = StackCheck.AgreesWithTools(gdb, minimumFrames: 8, withAddr2Line: !flags.Contains("split", StringComparison.Ordinal));

        stack.Frames[0].File.Should().Be(source);
        stack.Frames[0].Line.Should().Be(Workshop.LineOf(source, "g_value = v;"));
    }

    [Theory]
    [InlineData("gcc", "-O2 -g -fomit-frame-pointer")]
    [InlineData("clang", "-O2 -g -fomit-frame-pointer")]
    [InlineData("gcc", "-O0 -g")]
    public void ACallThroughASharedLibraryAndAThreadIsWhole(string compiler, string flags)
    {
        using var workshop = new Workshop();
        var library = workshop.Write("walk.c", Samples.Library);
        var source = workshop.Write("worker.c", Samples.LibraryUser);
        workshop.Build(compiler, "libwalk.so", [.. flags.Split(' '), "-shared", "-fPIC"], library);
        var program = workshop.Build(
            compiler, "worker", [.. flags.Split(' '), $"-Wl,-rpath,{workshop.Folder}"], source,
            Path.Combine(workshop.Folder, "libwalk.so"));
        using var gdb = new Gdb(program);
        gdb.RunTo($"worker.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");

        var stack = StackCheck.AgreesWithTools(gdb, minimumFrames: 5);

        stack.Frames.Select(frame => frame.Module).Should().Contain(["libwalk.so", "worker", "libc.so.6"]);
        stack.Frames.Select(frame => frame.Function).Should().Contain(["on_item", "walk", "thread_main"]);
    }

    [Theory]
    [InlineData("g++", "-O0 -g")]
    [InlineData("g++", "-O2 -g")]
    [InlineData("clang++", "-O0 -g")]
    [InlineData("clang++", "-O2 -g")]
    public void CxxFramesHaveScopesAndParameters(string compiler, string flags)
    {
        using var workshop = new Workshop();
        var source = workshop.Write("shapes.cpp", Samples.Cxx);
        var program = workshop.Build(compiler, "shapes", flags.Split(' '), source);
        using var gdb = new Gdb(program);
        gdb.RunTo($"shapes.cpp:{Workshop.LineOf(source, "AFTER THE WRITE")}");

        var stack = StackCheck.AgreesWithTools(gdb, minimumFrames: 6, withAddr2Line: false);

        var functions = stack.Frames.Select(frame => frame.Function).ToList();
        functions.Should().Contain("geometry::(anonymous namespace)::Square::grow(int)");
        functions.Should().Contain(name => name!.Contains("geometry::apply<", StringComparison.Ordinal));
        functions.Should().Contain("main");
    }
}
