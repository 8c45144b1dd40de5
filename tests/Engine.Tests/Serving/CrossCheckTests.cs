// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>"status" reads the kernel's own counts and holds them against what has arrived.</summary>
public sealed class CrossCheckTests
{
    private const ulong X = ServeRun.X;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhereBothAgreeNothingIsMissing(bool tracksValues)
    {
        await using ServeRun run = new();
        run.Machine.Source.TracksValues = tracksValues;
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0, X, 4, label: "x");
        for (ulong value = 1; value <= 7; value++)
            run.Store(X, value);
        // The ring's hits are not drained yet, or just so: it must not matter.
        StatusEvent status = await run.Session.StatusAsync();
        status.Processes[0].Watches[0].Kernel.Should().Be(new KernelCount(7, 0));
        status.Gaps.Should().BeEmpty();
        (await run.StopAsync()).Complete.Should().BeTrue();
    }

    [Fact]
    public async Task WhatTheKernelHasCountedBeyondThatIsAGapWithItsSizeAndTheTime()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4, label: "x");
        run.Store(X, 1);
        run.Machine.Arming.Surplus = 2;
        StatusEvent status = await run.Session.StatusAsync();
        status.Processes[0].Watches[0].Kernel.Should().Be(new KernelCount(3, 2));
        status.Gaps.Should().ContainSingle().Which.Should().MatchRegex(
            @"^the kernel had counted 3 hits of x in process 100, of which 2 had not arrived \(noticed \d\d:\d\d:\d\d\.\d{6}\)$");
        (await run.Session.StatusAsync()).Gaps.Should().Equal(status.Gaps, "it is told once");
        run.Machine.Arming.Surplus = 5;
        (await run.Session.StatusAsync()).Gaps.Should().HaveCount(2, "there are more now");
        CoverageEvent coverage = await run.StopAsync();
        coverage.Gaps.Should().HaveCount(3).And.Contain(status.Gaps[0]).And.Contain(gap => gap.Contains("of which 5 never arrived"));
    }

    [Fact]
    public async Task ACounterThatWasResetIsNoticed()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4, label: "x");
        run.Store(X, 1);
        run.Store(X, 2);
        run.Machine.Arming.Surplus = -2;
        StatusEvent status = await run.Session.StatusAsync();
        status.Processes[0].Watches[0].Kernel.Should().Be(new KernelCount(0, -2));
        status.Gaps.Should().ContainSingle().Which.Should().StartWith("the kernel had counted 0 hits of x in process 100, 2 fewer than had arrived");
    }

    [Fact]
    public async Task AnAccessWatchIsNotCompared()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4, AccessMode.Access, label: "x");
        run.Machine.Arming.Surplus = 9;
        StatusEvent status = await run.Session.StatusAsync();
        status.Processes[0].Watches[0].Kernel.Should().BeNull();
        status.Gaps.Should().BeEmpty();
    }

    /// <summary>A kernel gives no such event at will: breakpoints are counted beforehand, and one too many is refused at once. The reading of it
    /// is tested by Linux Arming/EventReadingTests.</summary>
    [Fact]
    public async Task EventsThatTheKernelHasGivenUpAreAGapOfTheirOwn()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4, label: "x");
        run.Machine.Arming.State = new EventCount(0, Failed: 3);
        StatusEvent status = await run.Session.StatusAsync();
        status.Processes[0].Watches[0].Kernel.Should().BeNull("such a count says nothing");
        status.Gaps.Should().ContainSingle().Which.Should().StartWith("3 events of x in process 100 were in an error state");
        (await run.Session.StatusAsync()).Gaps.Should().HaveCount(1);
        (await run.StopAsync()).Gaps.Should().Equal(status.Gaps);
    }

    [Fact]
    public async Task TimeWithoutADebugRegisterIsAGapOfItsOwn()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4, label: "x");
        run.Machine.Arming.State = new EventCount(0, TimeSpan.FromMilliseconds(1.5));
        StatusEvent status = await run.Session.StatusAsync();
        status.Gaps.Should().ContainSingle().Which.Should().StartWith("events of x in process 100 were enabled for 1.5 ms without a debug register");
        run.Machine.Arming.State = new EventCount(0, TimeSpan.FromMilliseconds(2.5));
        (await run.Session.StatusAsync()).Gaps.Should().HaveCount(1, "it grows, and is told again at the end");
        (await run.StopAsync()).Gaps.Should().HaveCount(2).And.Contain(gap => gap.Contains("for 2.5 ms"));
    }
}
