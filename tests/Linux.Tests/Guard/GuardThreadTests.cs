// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Guard;

/// <summary>Under the guard every write of every thread is counted: recorded, or recovered from a stray SIGTRAP. The
/// programs count their own writes and have no handler of their own: one stray that gets through kills them.</summary>
public sealed class GuardThreadTests
{
    /// <summary>Nanoseconds; HitOrderer.Window of the engine.</summary>
    private const ulong OrderingWindow = 5_000_000;

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void Threads_that_are_there_are_covered(string backend)
    {
        using Target target = Target.Start(Tools.Compile("writers"), 8, 500);
        using Guarded guarded = new(backend);

        guarded.Tracer.Attach(target.Id).Should().Be(9);
        guarded.Arm(target.Id, target.Watched).Should().Be(9);
        target.Say("go");
        long writes = target.Read("writes");
        (long counted, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

        (hits.Length + recovered).Should().Be((int)writes);
        counted.Should().Be(hits.Length, "the kernel's own count has them too");
        hits.Select(hit => hit.Thread).Distinct().Should().HaveCount(8);
        hits.Should().OnlyContain(hit => hit.Slot == 0 && hit.Address == target.Watched && hit.Process == target.Id);
        hits.GroupBy(hit => hit.Thread).Should().AllSatisfy(one => one.Select(hit => hit.Time).Should().BeInAscendingOrder());
        ulong latest = 0;
        foreach (RawHit hit in hits)
        {
            latest = Math.Max(latest, hit.Time);
            (latest - hit.Time).Should().BeLessThan(OrderingWindow, "the engine's window puts two CPUs' hits in order");
        }
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void A_chain_of_short_lived_threads_is_caught(string backend)
    {
        // Attaching is what may fail, so it is done often.
        for (int i = 0; i < 15; i++)
        {
            using Target target = Target.Start(Tools.Compile("chain"), 300, 0);
            using Guarded guarded = new(backend);
            guarded.Tracer.Attach(target.Id);
            guarded.Arm(target.Id, target.Watched);
            target.Say("go");
            long writes = target.Read("writes");
            (_, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

            (hits.Length + recovered).Should().Be((int)writes, $"attempt {i}");
        }
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void A_thousand_threads_created_before_during_and_after_attach_are_covered(string backend)
    {
        using Target target = Target.Start(Tools.Compile("crowd"), 300, 400, 300);
        using Guarded guarded = new(backend);
        target.Say("start");
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        target.Say("go");
        long writes = target.Read("writes");
        (_, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

        writes.Should().Be(1000);
        (hits.Length + recovered).Should().Be(1000);
    }

    [Fact]
    public void A_program_whose_first_thread_has_ended_is_watched_to_its_end()
    {
        using Target target = Target.Start(Tools.Compile("leaderless"));
        using Guarded guarded = new();
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        target.Say("go");
        long writes = target.Read("writes");
        target.Say("end");
        TracerEvent.Exited exited = guarded.Await<TracerEvent.Exited>();
        (_, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

        (hits.Length + recovered).Should().Be((int)writes);
        exited.Process.Should().Be(target.Id);
        exited.Status.Should().Be(9 << 8);
    }

    [Fact]
    public void Nothing_is_left_after_detaching()
    {
        using Target target = Target.Start(Tools.Compile("busy"), 2);
        for (int i = 0; i < 20; i++)
        {
            using (Guarded guarded = new(i % 2 == 0 ? "bpf" : "perf"))
            {
                guarded.Tracer.Attach(target.Id);
                guarded.Arm(target.Id, target.Watched);
                Thread.Sleep(5);
                guarded.Finish(target.Id).Hits.Should().NotBeEmpty();
                Registers.FreeOf(target.Id).Should().OnlyContain(free => free == 4);
            }

            Registers.TracerOf(target.Id).Should().Be(0, "sleepers are let go by the guard's end, and that is waited for");
            target.Say("ping");
            target.Read("pong");
        }
    }
}
