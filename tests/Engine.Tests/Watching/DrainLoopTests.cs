// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using AwesomeAssertions;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Flooding;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

public sealed class DrainLoopTests
{
    [Fact]
    public void EveryDrainSaysHowFarItWent()
    {
        Spring spring = new(0);
        using DrainLoop loop = Start(spring);
        List<ulong> times = [];
        while (times.Count < 20)
        {
            if (loop.Take(TimeSpan.FromSeconds(1)) is SessionItem.Drained drained)
                times.Add(drained.Time);
        }

        times.Should().BeInAscendingOrder();
    }

    [Fact]
    public void ASessionThatLagsLeavesHitsInTheRing()
    {
        const int Weight = 16384 + 512;
        const int Bound = 256 << 20;
        Spring spring = new(100);
        using DrainLoop loop = Start(spring);
        Eventually(() => spring.Given * Weight >= Bound - Weight);
        Thread.Sleep(100);
        (spring.Given * Weight).Should().BeLessThan(Bound + (100 * Weight));

        // And it goes on as soon as there is room.
        long before = spring.Given;
        for (int taken = 0; taken < 1000;)
            taken += loop.Take(TimeSpan.FromSeconds(1)) is SessionItem.RawHitItem ? 1 : 0;
        Eventually(() => spring.Given >= before + 900);
    }

    [Fact]
    public void StoppingDrainsWhatIsLeft()
    {
        Spring spring = new(10);
        DrainLoop loop = Start(spring);
        Thread.Sleep(20);
        loop.Stop();
        long got = 0;
        while (loop.Take(TimeSpan.Zero) is { } item)
            got += item is SessionItem.RawHitItem ? 1 : 0;
        got.Should().Be(spring.Given);
        loop.Dispose();
    }

    [Fact]
    public void ALoopThatNeverRanCanBeStopped()
    {
        FakeMachine machine = new();
        using DrainLoop loop = new(machine.Source, new Auditor(machine.Source, machine.Clock, default), new FloodMeters(machine.Source, null), NoBrake(machine), machine.Clock, (_, _) => null, keepUp: null);
        loop.Stop();
        loop.Take(TimeSpan.Zero).Should().BeNull();
    }

    [Fact]
    public void ThatItHasItsTurnIsSeenToOnceASecondByTheDrainItself()
    {
        FakeClock clock = new();
        ConcurrentQueue<string?> threads = [];
        using DrainLoop loop = Start(new Spring(0), clock, () => threads.Enqueue(Thread.CurrentThread.Name));
        Eventually(() => threads.Count == 1);
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Thread.Sleep(50);
        threads.Should().HaveCount(1);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Eventually(() => threads.Count == 2);
        threads.Should().AllBeEquivalentTo("lw-drain");
    }

    /// <summary>Nobody looks for records where none have come for a while, and after the first one it is as before.</summary>
    [Fact]
    public void WhereItIsQuietTheFirstRecordIsWaitedFor()
    {
        Spring spring = new(0) { WakesAtFirst = true };
        using DrainLoop loop = Start(spring);
        Eventually(() => spring.Sleeps == 1);
        spring.Looks.Should().BeGreaterThan(30, "a hundred milliseconds are no while");
        spring.SleepsAtMost.Should().Be(TimeSpan.FromMilliseconds(24));

        long looks = spring.Looks;
        spring.HitsPerDrain = 1;
        spring.Wake();
        Eventually(() => spring.Looks > looks + 100);
        spring.Sleeps.Should().Be(1);
        spring.HitsPerDrain = 0;
        Eventually(() => spring.Sleeps == 2);
    }

    [Fact]
    public void WhoeverWaitsForADrainHasOneAtOnce()
    {
        Spring spring = new(1) { WakesAtFirst = true };
        using DrainLoop loop = Start(spring);
        Eventually(() => spring.Looks > 100);
        loop.Hurry();
        spring.Rousings.Should().Be(0, "it is awake");
        spring.HitsPerDrain = 0;
        Eventually(() => spring.Sleeps == 1);
        while (loop.Take(TimeSpan.Zero) is not null)
        {
            // Until nothing is left of what it has said before.
        }

        loop.Hurry();
        loop.Take(TimeSpan.FromSeconds(30)).Should().BeOfType<SessionItem.Drained>();
        spring.Rousings.Should().Be(1);
    }

    [Fact]
    public void AQuietSourceIsAuditedAsOftenAsIsAskedFor()
    {
        Spring spring = new(0) { WakesAtFirst = true };
        using DrainLoop loop = Start(spring, audit: TimeSpan.FromMilliseconds(5));
        Eventually(() => spring.Sleeps == 1);
        spring.SleepsAtMost.Should().Be(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void ASourceThatWakesNobodyIsLookedAtAsEver()
    {
        Spring spring = new(0);
        using DrainLoop loop = Start(spring);
        Eventually(() => spring.Looks > 1000);
        spring.Sleeps.Should().Be(0);
    }

    /// <summary>Of a tracer, or of Ctrl-C; it may come when all is over.</summary>
    [Fact]
    public void NewsFromElsewhereEndTheSessionsWaiting()
    {
        Spring spring = new(0) { WakesAtFirst = true };
        DrainLoop loop = Start(spring);
        Eventually(() => spring.Sleeps == 1);
        while (loop.Take(TimeSpan.Zero) is not null)
        {
            // Until nothing is left of what it has said before.
        }

        long since = Environment.TickCount64;
        loop.Wake();
        loop.Take(TimeSpan.FromMinutes(2)).Should().BeNull();
        (Environment.TickCount64 - since).Should().BeLessThan(60_000);
        loop.Dispose();
        loop.Wake();
    }

    private static DrainLoop Start(Spring spring, FakeClock? clock = null, Action? keepUp = null, TimeSpan audit = default)
    {
        clock ??= new FakeClock();
        DrainLoop loop = new(spring, new Auditor(spring, clock, audit), new FloodMeters(spring, null), NoBrake(new FakeMachine()), clock, (_, _) => null, keepUp);
        loop.Start();
        return loop;
    }

    private static FloodBrake NoBrake(FakeMachine machine) => new(
        new SessionPlatform(
            machine.Source, machine.Arming, machine.Tracer, GuardOn: false, machine.OpenProcess, machine.OpenSymbols, machine.IsAlive, _ => null, machine.Clock),
        new FloodMeters(machine.Source, null));

    private static void Eventually(Func<bool> condition) =>
        SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)).Should().BeTrue();

    /// <summary>A source that never dries up.</summary>
    private sealed class Spring(int hitsPerDrain) : IHitSource
    {
        private static readonly byte[] Stack = new byte[16384];
        private readonly AutoResetEvent roused = new(false);
        private long given;
        private long looks;
        private long sleeps;
        private long rousings;

        internal int HitsPerDrain { get; set; } = hitsPerDrain;

        public bool WakesAtFirst { get; init; }

        /// <summary>Times that it was waited for with a look in mind.</summary>
        internal long Looks => Volatile.Read(ref looks);

        /// <summary>Times that its first record was waited for.</summary>
        internal long Sleeps => Volatile.Read(ref sleeps);

        internal long Rousings => Volatile.Read(ref rousings);

        internal TimeSpan SleepsAtMost { get; private set; }

        internal long Given => Volatile.Read(ref given);

        public string Name => "spring";

        public bool TracksValues => true;

        public bool SeesKernel => true;

        public SessionCounts Session => default;

        public bool AddProcess(ProcessId process) => true;

        public void RemoveProcess(ProcessId process) => throw new NotSupportedException();

        public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings) => throw new NotSupportedException();

        public void ClearSlot(ProcessId process, int slot) => throw new NotSupportedException();

        public void Skip(ProcessId process, int slot) => throw new NotSupportedException();

        public SlotAccount? ReadAccount(ProcessId process, int slot) => null;

        public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value) => false;

        public void Wait(TimeSpan atMost)
        {
            Interlocked.Increment(ref looks);
            Thread.Yield();
        }

        /// <summary>Its time is never over.</summary>
        public void WaitForFirst(TimeSpan atMost)
        {
            SleepsAtMost = atMost;
            Interlocked.Increment(ref sleeps);
            roused.WaitOne();
        }

        public void Rouse()
        {
            Interlocked.Increment(ref rousings);
            Wake();
        }

        /// <summary>As a record does.</summary>
        internal void Wake() => roused.Set();

        public int Drain(IHitReceiver receiver)
        {
            int hits = HitsPerDrain;
            for (int i = 0; i < hits; i++)
            {
                receiver.OnHit(new RawHit
                {
                    Time = FakeClock.Start,
                    Process = new ProcessId(1),
                    Thread = new ThreadId(1),
                    ThreadName = "t",
                    Cpu = 0,
                    Slot = 0,
                    Address = default,
                    Origin = HitOrigin.User,
                    Registers = default,
                    Stack = Stack,
                });
            }

            Volatile.Write(ref given, given + hits);
            return hits;
        }

        public void Dispose() => roused.Dispose();
    }
}
