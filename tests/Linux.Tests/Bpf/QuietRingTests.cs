// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Bpf;

/// <summary>Where nothing has happened for a while nobody looks for records: the first one wakes the drainer.</summary>
public sealed class QuietRingTests : IDisposable
{
    private readonly Target target = Target.Start(Tools.Compile("writers", "-DCATCH_STRAYS"), 1, 100);
    private readonly BpfHitSource source = BpfHitSource.Open(new WatchProgramSettings(StackBytes: 0, FollowFork: false));
    private readonly ScanArming arming;

    public QuietRingTests()
    {
        Dictionary<int, HardwareSlot> slots = new() { [0] = new HardwareSlot(target.Watched, 8, AccessMode.Write) };
        arming = ScanArming.For(source, followFork: false);
        source.AddProcess(target.Id);
        source.SetSlot(target.Id, 0, slots[0], 0, 0);
        arming.Arm(target.Id, slots);
    }

    public void Dispose()
    {
        arming.Dispose();
        source.Dispose();
        target.Dispose();
    }

    [Fact]
    public async Task The_first_hit_ends_a_sleep()
    {
        Task<TimeSpan> sleep = Sleeps.Begin(source);
        target.Say("go");
        (await sleep).Should().BeLessThan(Sleeps.Long);
        source.Program.Session.Asleep.Should().Be(0);
        target.Read("writes");
        source.Drain(new Counter()).Should().BePositive();
    }

    [Fact]
    public void Nobody_sleeps_while_a_record_waits()
    {
        target.Say("go");
        target.Read("writes");
        Sleeps.Measure(source).Should().BeLessThan(Sleeps.Long);
        source.Drain(new Counter()).Should().BePositive();
    }

    [Fact]
    public async Task Whoever_needs_a_drain_rouses_the_sleeper()
    {
        Task<TimeSpan> sleep = Sleeps.Begin(source);
        source.Rouse();
        (await sleep).Should().BeLessThan(Sleeps.Long);
        source.Drain(new Counter()).Should().Be(0);
    }

    private sealed class Counter : IHitReceiver
    {
        public void OnHit(RawHit hit)
        {
            // Drain says how many.
        }

        public void OnForked(ulong time, ProcessId parent, ProcessId child)
        {
            // There are none.
        }

        public void OnExec(ulong time, ProcessId process)
        {
            // There is none.
        }

        public void OnExit(ulong time, ProcessId process)
        {
            // Not looked at here.
        }
    }
}
