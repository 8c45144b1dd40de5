// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>Stacks on which the kernel has put a signal handler.</summary>
public sealed class SignalTests
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <signal.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        volatile int g_value;
        volatile int g_sink;
        static int *volatile null;

        static void on_signal(int number)
        {
            g_value = number;
            g_sink = 1; /* AFTER THE WRITE */
            _Exit(0);
        }

        __attribute__((noinline)) static int fault(int n)
        {
            int r = *null + n; /* FAULTS */
            return r + g_sink;
        }

        __attribute__((noinline)) static int ask(int n)
        {
            int r = raise(SIGUSR1);
            return r + n + g_sink;
        }

        /* What musl has for glibc's __restore_rt: the same two instructions, no call frame information. */
        __asm__(".text\nown_restorer:\n mov $15, %rax\n syscall\n");
        void own_restorer(void);

        static void use_own_restorer(void)
        {
            struct { void (*handler)(int); unsigned long flags; void (*restorer)(void); unsigned long mask; }
                action = { on_signal, 0x04000000 /* SA_RESTORER */, own_restorer, 0 };
            syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8);
        }

        int main(int argc, char **argv)
        {
            struct sigaction action = { .sa_handler = on_signal };
            if (argc > 2) {
                static char memory[65536];
                stack_t stack = { .ss_sp = memory, .ss_size = sizeof memory };
                sigaltstack(&stack, NULL);
                action.sa_flags = SA_ONSTACK;
            }
            sigaction(SIGSEGV, &action, NULL);
            sigaction(SIGUSR1, &action, NULL);
            if (!strcmp(argv[1], "restorer"))
                use_own_restorer();
            g_sink = strcmp(argv[1], "fault") ? ask(argc) : fault(argc);
            return 0;
        }
        """;

    [Theory]
    [InlineData("gcc", "-O0", "fault")]
    [InlineData("gcc", "-O2", "fault")]
    [InlineData("clang", "-O2", "fault")]
    [InlineData("gcc", "-O2", "raise")]
    [InlineData("clang", "-O0", "raise")]
    public void AHandlerOnTheSameStackHasTheInterruptedFramesBelow(string compiler, string optimisation, string how)
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, compiler, optimisation, out var source, how);

        var stack = StackCheck.AgreesWithTools(gdb, minimumFrames: 5);

        stack.Frames[0].Function.Should().Be("on_signal");
        stack.Frames[1].Function.Should().Be("<signal handler called>");
        if (how == "fault")
        {
            stack.Frames[2].Function.Should().Be("fault");
            stack.Frames[2].Line.Should().Be(Workshop.LineOf(source, "FAULTS"));
        }
    }

    /// <summary>gdb takes the function before the trampoline for it, so the expectation is the source's.</summary>
    [Fact]
    public void ATrampolineWithoutCallFrameInformationIsKnownByItsCode()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "gcc", "-O2", out var source, "restorer");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.CutShort.Should().BeNull();
        stack.Frames.Select(frame => frame.Function).Should().StartWith(["on_signal", "<signal handler called>"])
            .And.ContainInConsecutiveOrder("ask", "main").And.EndWith("_start");
        stack.Frames.Single(frame => frame.Function == "ask").Line.Should().Be(Workshop.LineOf(source, "raise(SIGUSR1)"));
    }

    [Fact]
    public void AHandlerOnItsOwnStackSaysThatTheOtherWasNotCopied()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "gcc", "-O2", out _, "fault", "altstack");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames.Select(frame => frame.Function).Should().Equal("on_signal", "<signal handler called>", "fault");
        stack.CutShort.Should().Be("the next frame is on another stack, which was not copied");
    }

    private static Gdb Start(
        Workshop workshop, string compiler, string optimisation, out string source, params string[] arguments)
    {
        source = workshop.Write("signals.c", Source);
        var program = workshop.Build(compiler, "signals", ["-g", optimisation], source);
        var gdb = new Gdb(program, arguments);
        gdb.Ask("handle SIGSEGV SIGUSR1 nostop noprint pass");
        gdb.RunTo($"signals.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");
        return gdb;
    }
}
