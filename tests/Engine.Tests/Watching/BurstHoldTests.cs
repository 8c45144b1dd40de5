// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>Hits of a burst are named when it is over.</summary>
public sealed class BurstHoldTests
{
    private readonly FakeClock clock = new();
    private readonly BurstHold burst;

    public BurstHoldTests() => burst = new BurstHold(clock);

    [Fact]
    public void WhereNothingComesNothingIsHeld() => Drain(0).Should().BeFalse();

    [Fact]
    public void TheFirstHitsWaitForTheNextDrain()
    {
        Drain(1).Should().BeTrue();
        Drain(1).Should().BeFalse("a few hits are no burst");
        Drain(1).Should().BeTrue();
    }

    [Fact]
    public void ABurstIsHeldUntilItIsOver()
    {
        for (int i = 0; i < 30; i++)
            Drain(BurstHold.Burst).Should().BeTrue();
        Drain(BurstHold.Burst - 1).Should().BeFalse();
    }

    [Fact]
    public void NobodyWaitsForLong()
    {
        int held = 0;
        for (int i = 0; i < 100; i++)
            held += Drain(BurstHold.Burst) ? 1 : 0;
        held.Should().Be(98, "what has been held for 100 ms is let go, which is each 35th drain of 3 ms");
    }

    /// <summary>Whoever lags has what he needs to go on.</summary>
    [Fact]
    public void ASessionThatIsBehindHoldsNothing()
    {
        ulong drained = clock.Now;
        clock.Advance(TimeSpan.FromMilliseconds(150));
        Add(BurstHold.Burst, 0);
        burst.Holds(drained, mayHold: true).Should().BeFalse();
    }

    [Fact]
    public void MemoryIsBounded()
    {
        const int Each = BurstHold.Burst * (512 + 16384);
        int most = 0;
        while (Drain(BurstHold.Burst, stackBytes: 16384))
            most++;
        most.Should().Be((int)(BurstHold.MostBytes / Each));
    }

    [Fact]
    public void WhereSomebodyWaitsNothingIsHeld()
    {
        Drain(BurstHold.Burst).Should().BeTrue();
        Add(BurstHold.Burst, 0);
        burst.Holds(clock.Now, mayHold: false).Should().BeFalse();
    }

    [Fact]
    public async Task ASessionShowsABurstBehindIt()
    {
        const int Stores = 40;
        const int Milliseconds = 60;
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(400) };
        run.Machine.Define("x", FakeMemory.Base, 4, AccessMode.Write);
        run.Watch("x");
        for (int i = 0; i < Stores * Milliseconds; i++)
        {
            ulong value = (ulong)i + 1;
            run.Machine.At(5 + (i / Stores), () => run.Machine.Store(new StoreAct { Address = FakeMemory.Base, Value = value }));
        }

        double? first = null;
        run.Machine.Sink.OnPublish = one => first ??= one is Hit ? run.Machine.Clock.Milliseconds : null;
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.New!.Text).Should().Equal(Enumerable.Range(1, Stores * Milliseconds).Select(value => $"{value}"));
        run.Sink.Coverage.Complete.Should().BeTrue();
        first.Should().BeGreaterThan(Milliseconds);
    }

    [Fact]
    public void HitsThatAreOnlyShownMayWait()
    {
        WatchRequest plain = new("x", AccessMode.Write);
        SessionOptions options = new([plain], null, null, false, false, false, 2);
        options.OnlyShows.Should().BeTrue();
        (options with { For = TimeSpan.FromSeconds(1), FollowFork = true }).OnlyShows.Should().BeTrue();
        (options with { MaxHits = 1 }).OnlyShows.Should().BeFalse("the program runs on with its registers armed");
        (options with { Learn = TimeSpan.FromSeconds(1) }).OnlyShows.Should().BeFalse();
        (options with { Turn = TimeSpan.FromSeconds(1) }).OnlyShows.Should().BeFalse();
        HitAction stop = new(ActionKind.Stop, "stop");
        (options with { Requests = [plain, plain with { Reaction = new HitReaction { Actions = [stop] } }] }).OnlyShows.Should().BeFalse();
    }

    private bool Drain(int hits, int stackBytes = 0)
    {
        clock.Advance(TimeSpan.FromMilliseconds(3));
        Add(hits, stackBytes);
        return burst.Holds(clock.Now, mayHold: true);
    }

    private void Add(int hits, int stackBytes)
    {
        for (int i = 0; i < hits; i++)
            burst.Add(Hits.User(clock.Now, lender: stackBytes > 0 ? StackPool.Shared : null, stackBytes: stackBytes));
    }
}
