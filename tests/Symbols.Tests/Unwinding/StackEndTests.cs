// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>Whatever cuts a stack short is named, and what was there before it is kept.</summary>
public sealed class StackEndTests
{
    private const string Source = """
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>

        volatile int g_value;
        volatile int g_sink;

        static void store(void)
        {
            g_value = 1;
            g_sink = 1; /* AFTER THE WRITE */
        }

        __attribute__((noinline)) static int recurse(int n)
        {
            char pad[64];
            memset(pad, n, sizeof pad);
            int r = 1;
            if (n > 0)
                r = recurse(n - 1);
            else
                store();
            return r + pad[n & 63];
        }

        static const unsigned char with_frame_pointer[] = {
            0x55, 0x48, 0x89, 0xe5,       /* push %rbp; mov %rsp, %rbp */
            0xff, 0xd7, 0x5d, 0xc3        /* call *%rdi; pop %rbp; ret */
        };
        static const unsigned char without_frame_pointer[] = {
            0x48, 0x83, 0xec, 0x08, 0x31, 0xed,       /* sub $8, %rsp; xor %ebp, %ebp */
            0xff, 0xd7, 0x48, 0x83, 0xc4, 0x08, 0xc3  /* call *%rdi; add $8, %rsp; ret */
        };

        __attribute__((noinline)) static void call_generated(const unsigned char *code, size_t size)
        {
            void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            memcpy(page, code, size);
            ((void (*)(void (*)(void)))page)(store);
            g_sink = 2;
        }

        int main(int argc, char **argv)
        {
            (void)argc;
            if (!strcmp(argv[1], "deep"))
                return recurse(atoi(argv[2]));
            if (!strcmp(argv[1], "framepointer"))
                call_generated(with_frame_pointer, sizeof with_frame_pointer);
            else
                call_generated(without_frame_pointer, sizeof without_frame_pointer);
            return g_sink;
        }
        """;

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(1500)]
    public void ACopyThatIsTooSmallSaysHowToGetMore(int stackBytes)
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "deep", "60");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture(stackBytes));

        stack.CutShort.Should().Be($"copied stack ends here ({stackBytes} bytes; --stack-bytes takes more)");
        stack.Frames.Should().HaveCountGreaterThan(3);
        stack.Frames.Select(frame => frame.Address.Value)
            .Should().Equal(gdb.Frames().Take(stack.Frames.Count).Select(frame => frame.Pc));
    }

    [Fact]
    public void TheTopOfAWholeStackIsAllThatHasToBeCopied()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "deep", "20");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        var hit = gdb.Capture();
        var whole = symbols.Unwind(hit, out var reach);
        reach.GoesOn.Should().BeFalse();
        var length = (int)(reach.Top!.Value.Value - hit.Registers.Rsp);

        length.Should().BeInRange(20 * 64, hit.Stack.Length);
        symbols.Unwind(gdb.Capture(length, cut: StackCut.KnownTop), out var again).Should().BeSameAs(whole);
        again.Should().Be(reach);
        var shorter = symbols.Unwind(gdb.Capture(length - 16, cut: StackCut.KnownTop), out var beyond);
        beyond.Should().Be(new StackReach(null, GoesOn: true));
        shorter.CutShort.Should().Be($"this thread's stack was taken to begin here ({length - 16} bytes); of its later hits more is copied");
        shorter.Frames.Should().Equal(whole.Frames.Take(shorter.Frames.Count)).And.HaveCountGreaterThan(20);
    }

    [Fact]
    public void NoCopyLeavesTheInnermostFrame()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "deep", "1");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture(stackBytes: 0));

        stack.Frames.Select(frame => frame.Function).Should().Equal("store");
        stack.CutShort.Should().Be("the stack could not be read");
    }

    [Fact]
    public void EndlessStacksAreCutAtTheLimit()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "deep", "400");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture(stackBytes: 256 * 1024));

        stack.Frames.Should().HaveCount(256);
        stack.CutShort.Should().Be("more than 256 frames");
    }

    [Fact]
    public void GeneratedCodeWithAFramePointerIsPassedAndSaid()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "framepointer");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.CutShort.Should().BeNull();
        stack.Frames.Select(frame => frame.Function).Should().StartWith(["store", null, "call_generated", "main"]);
        symbols.TakeWarnings().Should().ContainSingle(warning => warning.Contains("frame pointer"));
        symbols.TakeWarnings().Should().BeEmpty();
    }

    [Fact]
    public void GeneratedCodeWithoutAFramePointerEndsTheStack()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "none");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames.Select(frame => frame.Function).Should().Equal("store", null);
        stack.CutShort.Should().Be($"no file is mapped at {stack.Frames[1].Address}");
    }

    /// <summary>Registers and stack bytes that no program has must end somewhere, quickly, without an exception.</summary>
    [Fact]
    public void NonsenseEnds()
    {
        using var workshop = new Workshop();
        using var gdb = Start(workshop, "deep", "5");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        var real = gdb.Capture();
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var stack = real.Stack.ToArray();
            for (var i = 0; i < 20; i++)
            {
                var word = BitConverter.GetBytes(Word(random, real));
                word.CopyTo(stack, random.Next(0, 200) * sizeof(ulong));
            }

            var registers = real.Registers with
            {
                Rbp = Word(random, real),
                Rip = round % 3 == 0 ? Word(random, real) : real.Registers.Rip,
                Rsp = round % 5 == 0 ? Word(random, real) : real.Registers.Rsp,
            };
            var hit = new RawHit
            {
                Time = 0, Process = real.Process, Thread = real.Thread, ThreadName = "x", Cpu = 0, Slot = 0, Address = real.Address,
                Origin = HitOrigin.User, Registers = registers, Stack = stack.AsMemory(0, random.Next(stack.Length)),
            };

            symbols.Unwind(hit).Frames.Should().HaveCountLessThanOrEqualTo(2 * 256);
        }
    }

    private static ulong Word(Random random, RawHit real) => random.Next(6) switch
    {
        0 => real.Registers.Rip + (ulong)random.Next(4096),
        1 => real.Registers.Rsp + (ulong)(random.Next(2048) * sizeof(ulong)),
        2 => real.Registers.Rsp - (ulong)random.Next(4096),
        3 => ulong.MaxValue - (ulong)random.Next(64),
        4 => (ulong)random.Next(64),
        _ => (ulong)random.NextInt64(),
    };

    private static Gdb Start(Workshop workshop, params string[] arguments)
    {
        var source = workshop.Write("ends.c", Source);
        var gdb = new Gdb(workshop.Build("gcc", "ends", ["-g", "-O1", "-fno-inline"], source), arguments);
        gdb.RunTo($"ends.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");
        return gdb;
    }
}
