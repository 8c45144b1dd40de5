// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Guard;

/// <summary>The program has all signals that are its own, and none that is not.</summary>
public sealed class GuardSignalTests
{
    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void Breakpoint_instructions_and_sent_traps_are_delivered(string backend)
    {
        using Target target = Target.Start(Tools.Compile("signals"));
        using Guarded guarded = new(backend);
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        target.Say("trap");
        target.Read("traps").Should().Be(20, "ten int3, ten raise(3)");
        Tools.Run("kill", "-TRAP", target.Id.ToString());
        Tools.Run("kill", "-CONT", target.Id.ToString());
        Thread.Sleep(50);
        target.Say("report");
        target.Read("continued").Should().Be(1);
        target.Read("killed").Should().Be(21);
        target.Read("stray").Should().Be(0);
        long writes = target.Read("writes");
        (_, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

        (hits.Length + recovered).Should().Be((int)writes);
    }

    [Fact]
    public void A_stray_trap_is_swallowed_and_becomes_its_hit()
    {
        const int count = 50;
        using Target target = Target.Start(Tools.Compile("stray"), count);
        using Guarded guarded = new();
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        target.Say("go");
        long icebps = target.Read("icebps");
        target.Read("own").Should().Be(icebps, "icebp is the program's own");
        target.Read("writes");
        (_, RawHit[] hits, _) = guarded.Finish(target.Id);

        // Those of the machine's own that there may be have the odd values, which the program stores.
        TracerEvent.Recovered[] recovered = [.. guarded.Recovered.Where(one => one.Values[0].New % 10 == 0)];
        recovered.Select(one => one.Values[0]).Should().Equal(
            Enumerable.Range(1, count).Select(i => (Old: i == 1 ? 0UL : ((ulong)i * 10) - 9, New: (ulong)i * 10)));
        recovered.Should().OnlyContain(one => one.Hit.Recovered && one.Hit.Slot == -1 && one.Hit.Process == target.Id && one.Hit.ThreadName.Length > 0);
        recovered.Should().OnlyContain(one => one.Hit.Registers.Rip != 0 && one.Hit.Stack.Length == 256);
        hits.Where(hit => hit.New % 10 == 1).Should().OnlyContain(hit => hit.Old == hit.New - 1, "the recovered hit has corrected the last value seen");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Job_control_works_as_without_a_tracer(bool attachWhileStopped)
    {
        using Target target = Target.Start(Tools.Compile("stopped"));
        ProcessId child = new((int)target.Read("child"));
        using Guarded guarded = new();
        if (!attachWhileStopped)
            AttachAndArm(guarded, child, target.Watched);
        target.Say("go");
        foreach (int signal in (int[])[19, 20])
        {
            target.Read("stopped").Should().Be(signal, "the parent's waitpid(2) sees it");
            if (attachWhileStopped && signal == 19)
                AttachAndArm(guarded, child, target.Watched);
            long before = Value(child, target.Watched);
            Thread.Sleep(100);
            Value(child, target.Watched).Should().Be(before, "a stopped process writes nothing");
            target.Say("on");
            target.Read("continued").Should().Be(1);
            Thread.Sleep(100);
            Value(child, target.Watched).Should().BeGreaterThan(before);
            target.Say("on");
        }

        target.Read("ended").Should().Be(15);
        guarded.Await<TracerEvent.Exited>().Status.Should().Be(15);
        RawHit[] hits = guarded.Finish(child).Hits;
        hits.Select(hit => hit.Thread).Distinct().Should().HaveCount(2);
    }

    private static void AttachAndArm(Guarded guarded, ProcessId process, Address address)
    {
        guarded.Tracer.Attach(process).Should().Be(2);
        guarded.Arm(process, address).Should().Be(2);
    }

    private static long Value(ProcessId process, Address address)
    {
        using FileStream memory = File.OpenRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/mem"));
        memory.Position = (long)address.Value;
        byte[] bytes = new byte[sizeof(long)];
        memory.ReadExactly(bytes);
        return BitConverter.ToInt64(bytes);
    }
}
