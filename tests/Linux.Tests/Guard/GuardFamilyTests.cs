// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Guard;

/// <summary>Children by fork, vfork with exec, and posix_spawn.</summary>
public sealed class GuardFamilyTests
{
    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void Children_that_are_not_followed_are_neither_harmed_nor_reported(string backend)
    {
        using Target target = Target.Start(Tools.Compile("family"), 20, 10);
        using Guarded guarded = new(backend);
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        target.Say("go");
        target.Read("harmed").Should().Be(0);
        long writes = target.Read("writes");
        (_, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

        (hits.Length + recovered).Should().Be((int)writes);
        hits.Should().OnlyContain(hit => hit.Process == target.Id);
        guarded.Source.Session.Foreign.Should().Be(0, "children do not even trap");
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void Children_that_are_followed_are_reported_from_their_first_write(string backend)
    {
        using Target target = Target.Start(Tools.Compile("family"), 20, 10);
        using Guarded guarded = new(backend, followFork: true);
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        using CancellationTokenSource done = new();
        Thread releaser = new(() => ReleaseExecs(guarded, done.Token));
        releaser.Start();
        target.Say("go");
        target.Read("harmed").Should().Be(0);
        long forked = target.Read("forked");
        long writes = target.Read("writes");
        done.Cancel();
        releaser.Join();
        (_, RawHit[] hits, int recovered) = guarded.Finish(target.Id);

        (hits.Length + recovered).Should().Be((int)(writes + forked));
        IGrouping<ProcessId, RawHit>[] children = [.. hits.Where(hit => hit.Process != target.Id).GroupBy(hit => hit.Process)];
        children.Should().HaveCount(20);
        guarded.Events.OfType<TracerEvent.Forked>().Should().Contain(forkedOne => forkedOne.Parent == target.Id).And.HaveCount(60);
    }

    /// <summary>The children that run /bin/true are held at their exec.</summary>
    private static void ReleaseExecs(Guarded guarded, CancellationToken done)
    {
        HashSet<ProcessId> released = [];
        while (!done.IsCancellationRequested)
        {
            foreach (TracerEvent.Executed executed in guarded.Events.OfType<TracerEvent.Executed>())
            {
                if (released.Add(executed.Process))
                    guarded.Tracer.Release(executed.Process);
            }

            Thread.Sleep(1);
        }
    }
}
