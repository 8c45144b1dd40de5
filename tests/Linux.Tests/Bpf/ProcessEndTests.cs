// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using AwesomeAssertions;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Bpf;

/// <summary>A process's end is told after its last hit (that whoever has its number afterwards is not it: Live Lifetimes/ReusedNumberTests). Events on each processor, for those of threads end with them.</summary>
public sealed class ProcessEndTests : IHitReceiver, IDisposable
{
    private const int Writes = 100;

    private readonly string program = Tools.Compile("writers", "-DCATCH_STRAYS");
    private readonly Target target;
    private readonly BpfHitSource source = BpfHitSource.Open(new WatchProgramSettings(StackBytes: 0));
    private readonly CpuArming arming;
    private readonly List<string> told = [];
    private int hits;

    public ProcessEndTests()
    {
        target = Target.Start(program, 2, Writes);
        arming = new CpuArming(source);
        HardwareSlot content = new(target.Watched, 8, AccessMode.Write);
        source.AddProcess(target.Id);
        source.SetSlot(target.Id, 0, content, 0, 0);
        arming.Arm(target.Id, new Dictionary<int, HardwareSlot> { [0] = content });
    }

    public void Dispose()
    {
        arming.Dispose();
        source.Dispose();
        target.Dispose();
    }

    [Fact]
    public void The_end_is_told_after_the_last_hit_and_once()
    {
        long strays = RunToItsEnd(target);
        DrainUntil(() => told.Count > 0);
        told.Should().Equal($"{target.Id} has ended after {(2 * Writes) - strays} hits");
        source.Drain(this).Should().Be(0);
    }

    [Fact]
    public async Task An_end_ends_a_sleep()
    {
        Task<TimeSpan> sleep = Sleeps.Begin(source);
        target.Kill(); // not one hit
        (await sleep).Should().BeLessThan(Sleeps.Long);
        source.Drain(this).Should().Be(1);
        told.Should().Equal($"{target.Id} has ended after 0 hits");
    }

    [Fact]
    public void Whose_end_nobody_wants_to_know_is_not_told()
    {
        source.RemoveProcess(target.Id);
        target.Kill();
        source.Wait(TimeSpan.FromMilliseconds(50));
        source.Drain(this).Should().Be(0);
        source.AddProcess(target.Id).Should().BeTrue("that it has ended already is told too");
        DrainUntil(() => told.Count > 0);
    }

    void IHitReceiver.OnHit(RawHit hit) => hits++;

    void IHitReceiver.OnForked(ulong time, ProcessId parent, ProcessId child) => told.Add("a fork");

    void IHitReceiver.OnExec(ulong time, ProcessId process) => told.Add("an exec");

    void IHitReceiver.OnExit(ulong time, ProcessId process) => told.Add($"{process} has ended after {hits} hits");

    /// <returns>How many writes the hypervisor has kept from the kernel (DESIGN.md, fact 4).</returns>
    private static long RunToItsEnd(Target running)
    {
        running.Say("go");
        long strays = running.Read("strays");
        running.Say("end");
        running.WaitForExit().Should().Be(0);
        return strays;
    }

    private void DrainUntil(Func<bool> done)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); !done() && watch.Elapsed < Sleeps.Long;)
        {
            source.Wait(TimeSpan.FromMilliseconds(3));
            source.Drain(this);
        }
    }
}
