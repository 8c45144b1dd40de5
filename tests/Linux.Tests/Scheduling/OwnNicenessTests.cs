// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Acting;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Scheduling;
using Livewatcher.Linux.Tests.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Livewatcher.Linux.Tests.Scheduling;

/// <summary>These tests run as root, and as nice as anybody.</summary>
public sealed class OwnNicenessTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, -3)]
    [InlineData(8, -9)]
    [InlineData(32, -16)]
    [InlineData(2000, -20)]
    public void A_niceness_has_the_weight_of_as_many_threads(double threads, int niceness) => OwnNiceness.NicenessOf(threads).Should().Be(niceness);

    [Theory]
    [InlineData("0.20 0.18 0.12 1/80 11206\n", 1)]
    [InlineData("445.15 697.19 32.61 4001/4146 15648\n", 4001)]
    [InlineData("0.20 0.18 0.12", 0)]
    [InlineData("0.20 0.18 0.12 80 11206", 0)]
    [InlineData("", 0)]
    public void What_wants_a_CPU_is_the_first_number_of_the_fourth_field(string load, int threads) => RunQueue.Parse(load).Should().Be(threads);

    [Fact]
    public void Where_others_queue_our_threads_go_before_them_and_our_children_do_not()
    {
        int given = Priorities.NicenessOf(0);
        using Crowd crowd = new(16 * Environment.ProcessorCount);
        OwnNiceness.Raise();
        try
        {
            Priorities.NicenessOf(0).Should().BeInRange(-20, -10, "sixteen threads want each CPU");
            NicenessOfChild().Should().Be(given);
            Priorities.NicenessOf(0).Should().BeLessThan(given, "a child has been made meanwhile");
            OwnNiceness.Restore();
            Priorities.NicenessOf(0).Should().BeInRange(-20, -10, "nobody waits, but the queue is long");
        }
        finally
        {
            crowd.Dispose();
            SpinWait.SpinUntil(() => { OwnNiceness.Restore(); return Priorities.NicenessOf(0) == given; }, TimeSpan.FromSeconds(30)).Should().BeTrue("the crowd has gone");
        }
    }

    [Fact]
    public void Whoever_wakes_goes_before_our_threads_and_our_children_have_the_usual_slice()
    {
        ulong usual = Priorities.SliceOf(1);
        Assert.SkipWhen(usual == 0, "this kernel has one slice for all (before Linux 6.12)");
        int niceness = Priorities.NicenessOf(0);
        OwnNiceness.GiveWay();
        Priorities.SliceOf(0).Should().Be(OwnNiceness.Slice).And.BeGreaterThan(usual);
        ulong later = 0;
        Thread born = new(() => later = Priorities.SliceOf(0));
        born.Start();
        born.Join();
        later.Should().Be(OwnNiceness.Slice);
        ChildStart.Spawn("/bin/sleep", ["sleep", "100"], [], [], ownGroup: false, out int child).Should().Be(0);
        Priorities.SliceOf(child).Should().Be(usual);
        _ = Libc.Kill(child, 9);
        ChildStart.AwaitEnd(child);
        Priorities.SliceOf(0).Should().Be(OwnNiceness.Slice, "a child has been made meanwhile");
        Priorities.NicenessOf(0).Should().Be(niceness);
    }

    /// <summary>Whoever has started us with a policy of his own has it so.</summary>
    [Theory]
    [InlineData("-b", "SCHED_BATCH", 0)]
    [InlineData("-f", "SCHED_FIFO", Errno.EINVAL)]
    public void A_policy_is_kept(string option, string policy, int expected)
    {
        ChildStart.Spawn("/usr/bin/chrt", ["chrt", option, option == "-f" ? "1" : "0", "/bin/sleep", "100"], [], [], ownGroup: false, out int child).Should().Be(0);
        try
        {
            string Policy() => Tools.Run("chrt", "-p", $"{child}");
            SpinWait.SpinUntil(() => Policy().Contains(policy, StringComparison.Ordinal), TimeSpan.FromSeconds(10)).Should().BeTrue();
            Priorities.Set(child, 0, OwnNiceness.Slice).Should().Be(expected);
            Policy().Should().Contain(policy);
        }
        finally
        {
            _ = Libc.Kill(child, 9);
            ChildStart.AwaitEnd(child);
        }
    }

    private static int NicenessOfChild()
    {
        (SafeFileHandle read, SafeFileHandle write) = ChildStart.Pipe(out _) ?? throw new InvalidOperationException("no pipe");
        using FileStream input = new(read, FileAccess.Read);
        using FileStream nothing = File.OpenRead("/dev/null");
        ChildStart.Spawn("/bin/sh", ["sh", "-c", "nice"], ["PATH=/usr/bin:/bin"], [nothing.SafeFileHandle, write], ownGroup: false, out int child).Should().Be(0);
        write.Dispose();
        using StreamReader told = new(input);
        int niceness = int.Parse(told.ReadToEnd());
        ChildStart.AwaitEnd(child);
        return niceness;
    }

    /// <summary>Processes that compute, which are not of our threads.</summary>
    private sealed class Crowd : IDisposable
    {
        private const int SIGKILL = 9;
        private readonly List<int> children = [];

        internal Crowd(int size)
        {
            for (int i = 0; i < size; i++)
            {
                ChildStart.Spawn("/bin/sh", ["sh", "-c", "while :; do :; done"], [], [], ownGroup: false, out int child).Should().Be(0);
                children.Add(child);
            }
        }

        public void Dispose()
        {
            foreach (int child in children)
            {
                _ = Libc.Kill(child, SIGKILL);
                ChildStart.AwaitEnd(child);
            }

            children.Clear();
        }
    }
}
