// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>Which instruction the innermost frame is about, where the byte before RIP would be the wrong one.</summary>
public sealed class FirstFrameTests
{
    private const string Source = """
        #include <stdlib.h>
        #include <time.h>

        volatile int g_sink;
        struct timespec g_time;

        __attribute__((noinline, aligned(16))) void before(void) { abort(); }
        __attribute__((noinline, aligned(1))) int callee(int n) /* CALLEE */
        {
            return n + g_sink;
        }

        int main(int argc, char **argv)
        {
            (void)argv;
            g_sink = callee(argc);
            clock_gettime(CLOCK_MONOTONIC, &g_time); /* CALLS THE VDSO */
            return g_sink == 1000;
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AtAFunctionsFirstInstructionTheFunctionIsNamed(bool execute)
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, out var source);
        gdb.RunTo("*callee");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture(execute: execute));

        stack.CutShort.Should().BeNull();
        stack.Frames[0].Function.Should().Be("callee");
        stack.Frames[0].Offset.Should().Be(0);
        stack.Frames[1].Function.Should().Be("main");
        stack.Frames[1].Line.Should().Be(Workshop.LineOf(source, "callee(argc)"));
    }

    [Fact]
    public void InsideTheVdsoTheStackIsWhole()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, out var source);
        gdb.RunTo("main");
        gdb.Ask("break __vdso_clock_gettime");
        gdb.Ask("continue");
        gdb.Ask("stepi 12");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        StackCheck.AgreesWithGdb(stack, gdb, minimumFrames: 3);
        stack.CutShort.Should().BeNull();
        stack.Frames[0].Module.Should().Be("[vdso]");
        stack.Frames[0].Function.Should().EndWith("clock_gettime");
        stack.Frames.Should().Contain(frame => frame.Line == Workshop.LineOf(source, "CALLS THE VDSO"));
    }

    [Fact]
    public void InsideAPltStubTheStackIsWhole()
    {
        using var workshop = new Workshop();
        var source = workshop.Write("first.c", Source);
        var program = workshop.Build("gcc", "first", ["-g", "-O1", "-no-pie", "-fno-pie", "-Wl,-z,lazy"], source);
        var stub = Shell.Run("objdump", "-d", "-j", ".plt", program).Split('\n')
            .First(line => line.EndsWith("<clock_gettime@plt>:", StringComparison.Ordinal)).Split(' ')[0];
        using var gdb = new Gdb(program);
        gdb.RunTo($"*0x{stub}");

        // The first call goes on in the stub: jump, push, jump, and another push; the rules change on the way.
        for (var step = 0; step < 4; step++)
        {
            using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
            var stack = symbols.Unwind(gdb.Capture());

            stack.CutShort.Should().BeNull();
            stack.Frames[0].Module.Should().Be("first");
            stack.Frames[1].Function.Should().Be("main");
            stack.Frames[1].Line.Should().Be(Workshop.LineOf(source, "CALLS THE VDSO"));
            gdb.Ask("stepi");
        }
    }

    private static Gdb Start(Workshop workshop, out string source)
    {
        source = workshop.Write("first.c", Source);
        return new Gdb(workshop.Build("gcc", "first", ["-g", "-O1"], source));
    }
}
