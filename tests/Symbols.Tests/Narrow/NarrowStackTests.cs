// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Livewatcher.Symbols.Tests.Unwinding;
using Xunit;

namespace Livewatcher.Symbols.Tests.Narrow;

/// <summary>Whole stacks of 32-bit programs, in qemu-i386: frame addresses must be gdb's, functions, lines and inlined frames
/// addr2line's.</summary>
public sealed class NarrowStackTests
{
    public static TheoryData<string, string> Builds()
    {
        TheoryData<string, string> builds = [];
        foreach (var compiler in new[] { "gcc", "clang" })
        {
            foreach (var flags in new[]
            {
                "-O0 -g", "-O2 -g -fomit-frame-pointer", "-O2 -g -fomit-frame-pointer -no-pie -fno-pie", "-O2 -g -static",
                "-O2 -gdwarf-4 -mstackrealign", "-Og -g -fstack-protector-all",
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
        var program = workshop.Build(compiler, "deep", ["-m32", .. flags.Split(' ')], source);
        using var gdb = new Gdb(program);
        gdb.RunTo($"deep.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");

        var stack = StackCheck.AgreesWithTools(gdb, minimumFrames: 8);

        stack.Frames[0].File.Should().Be(source);
        stack.Frames[0].Line.Should().Be(Workshop.LineOf(source, "g_value = v;"));
    }

    [Theory]
    [InlineData("gcc", "-O2 -g -fomit-frame-pointer")]
    [InlineData("clang", "-O0 -g")]
    public void ACallThroughASharedLibraryAndAThreadIsWhole(string compiler, string flags)
    {
        using var workshop = new Workshop();
        var library = workshop.Write("walk.c", Samples.Library);
        var source = workshop.Write("worker.c", Samples.LibraryUser);
        string[] all = ["-m32", .. flags.Split(' ')];
        workshop.Build(compiler, "libwalk.so", [.. all, "-shared", "-fPIC"], library);
        var program = workshop.Build(
            compiler, "worker", [.. all, $"-Wl,-rpath,{workshop.Folder}"], source, Path.Combine(workshop.Folder, "libwalk.so"));
        using var gdb = new Gdb(program);
        gdb.RunTo($"worker.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");

        var stack = StackCheck.AgreesWithTools(gdb, minimumFrames: 5);

        stack.Frames.Select(frame => frame.Module).Should().Contain(["libwalk.so", "worker", "libc.so.6"]);
        stack.Frames.Select(frame => frame.Function).Should().Contain(["on_item", "walk", "thread_main"]);
    }
}
