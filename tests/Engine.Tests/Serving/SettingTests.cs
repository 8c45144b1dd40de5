// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>Settings of a listener at work: for all by its prompt, for its own hits by a program.</summary>
public sealed class SettingTests
{
    private const int EINVAL = 22;
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task WhoIsToReceiveSigtrapIsChangedAtOnceWhereItIsArmed()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, changesOnly: true);
        await run.SetAsync(1, X + 8);
        (await run.Session.SetAsync("ignore_hwbp_sigtrap", "0")).Should().BeNull();
        run.Machine.Source.Calls[^2..].Should().Equal("handle 100 0: ChangesOnly, Signal", "handle 100 1: Signal");
        await run.SetAsync(2, X + 16);
        run.Machine.Source.Calls.Should().Contain("handle 100 2: Signal");
        await run.Session.SetAsync("ignore_hwbp_sigtrap", "1");
        run.Machine.Source.Calls[^3..].Should().Equal("handle 100 0: ChangesOnly", "handle 100 1: None", "handle 100 2: None");
    }

    [Fact]
    public async Task WhatIsNotArmedAnyMoreIsLeftAlone()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        await run.ResetAsync(0);
        int calls = run.Machine.Source.Calls.Count(call => call.StartsWith("handle", StringComparison.Ordinal));
        await run.Session.SetAsync("ignore_hwbp_sigtrap", "0");
        run.Machine.Source.Calls.Count(call => call.StartsWith("handle", StringComparison.Ordinal)).Should().Be(calls);
    }

    [Fact]
    public async Task AProgramChoosesForItselfAlone()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Machine.Add(200);
        await run.JoinAsync(200);
        await run.SetAsync(0, process: 100);
        await run.SetAsync(0, process: 200);
        (await run.ChooseAsync("ignore_hwbp_sigtrap", 0, process: 200)).Error.Should().Be(0);
        run.Machine.Source.Calls.Should().Contain("handle 200 0: Signal").And.NotContain("handle 100 0: Signal");
        (await run.ChooseAsync("record_watcher", 1, process: 200)).Error.Should().Be(0);
        run.Store(X, 1, process: 100);
        run.Store(X, 2, process: 200);
        StatusEvent status = await run.Session.StatusAsync();
        status.Settings.Should().Equal(new ListenSettings().All);
        await run.StopAsync();
        run.Sink.Hits.Select(hit => hit.SetAt?.Frames[0].Function).Should().Equal(null, "f_402000");
    }

    [Fact]
    public async Task WhatTheListenerIsToldThenHoldsForEverybody()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        await run.ChooseAsync("ignore_hwbp_sigtrap", 0);
        await run.Session.SetAsync("ignore_hwbp_sigtrap", "1");
        run.Machine.Source.Calls[^1].Should().Be("handle 100 0: None");
    }

    [Fact]
    public async Task HowStacksAreShownIsEverybodysBusiness()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        (await run.ChooseAsync("ubacktrace_detail", 0)).Error.Should().Be(0);
        (await run.Session.StatusAsync()).Settings.Should().Contain(new KeyValuePair<string, string>("ubacktrace_detail", "0"));
    }

    [Fact]
    public async Task AValueThatMakesNoSenseIsRefused()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        (await run.ChooseAsync("ignore_hwbp_sigtrap", 2)).Error.Should().Be(EINVAL);
        (await run.ChooseAsync("ubacktrace_detail", -1)).Error.Should().Be(EINVAL);
        (await run.ChooseAsync("nonsense", 1)).Error.Should().Be(EINVAL);
        (await run.Session.SetAsync("nonsense", "1")).Should().Contain("there is no setting");
    }

    [Fact]
    public async Task ABackendThatCannotSignalSaysSo()
    {
        await using ServeRun run = new();
        run.Machine.Source.TracksValues = false;
        await ServeRun.JoinedAsync(run);
        (await run.Session.SetAsync("ignore_hwbp_sigtrap", "0")).Should().Contain("backend perf cannot send SIGTRAP");
        (await run.ChooseAsync("ignore_hwbp_sigtrap", 0)).Error.Should().Be(EINVAL);
        (await run.Session.SetAsync("ignore_hwbp_sigtrap", "1")).Should().BeNull();
        run.Settings.IgnoreTrap.Should().BeTrue();
    }

    [Fact]
    public async Task AListenerThatIsStartedWithWhatItsBackendCannotDoesNotStart()
    {
        FakeMachine machine = new();
        machine.Source.TracksValues = false;
        SessionPlatform parts = new(
            machine.Source, machine.Arming, machine.Tracer, false, machine.OpenProcess, machine.OpenSymbols, machine.IsAlive, _ => null, machine.Clock);
        ListenSettings settings = new();
        settings.TrySet("ignore_hwbp_sigtrap", "0");
        using ListenSession session = new(new ListenPlatform(parts, _ => default, _ => null, null, 1), settings, machine.Sink);
        Action run = () => session.Run(TestContext.Current.CancellationToken);
        run.Should().Throw<UserException>().WithMessage("*backend perf cannot send SIGTRAP*");
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("0", null, null)]
    [InlineData("1", 3, "3 levels are asked for")]
    [InlineData("4", 4, "4 levels are asked for")]
    [InlineData("-1", 5, null)]
    [InlineData("5", 5, null)]
    public async Task AHitShowsWhereItsWatchWasSetAsDeepAsAskedFor(string levels, int? frames, string? cut)
    {
        await using ServeRun run = new();
        run.Machine.Frames = hit => [.. Enumerable.Range(0, 5).Select(i => Frames.Of($"{(hit.Slot < 0 ? "set" : "hit")}{i}"))];
        run.Settings.TrySet("record_watcher", levels).Should().BeNull();
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0);
        run.Store(X, 1);
        await run.StopAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        hit.Stack.Frames[0].Function.Should().Be("hit0");
        (hit.SetAt?.Frames.Count, hit.SetAt?.CutShort).Should().Be((frames, cut));
        if (hit.SetAt is { } setAt)
            setAt.Frames[0].Function.Should().Be("set0");
    }

    [Fact]
    public async Task AWatchThatIsOlderThanTheListenerWasSetNobodyKnowsWhere()
    {
        await using ServeRun run = new();
        run.Settings.TrySet("record_watcher", "-1");
        await ServeRun.JoinedAsync(run);
        (await run.AskAsync(ServeRun.SetOf(0) with { Caller = null })).Error.Should().Be(0);
        run.Store(X, 1);
        await run.StopAsync();
        run.Sink.Hits.Should().ContainSingle().Which.SetAt.Should().BeNull();
    }

    [Fact]
    public async Task AMethodThatTheArmingDoesNotHaveIsRefused()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Machine.Arming.Without.Add(SyncMethod.LockRq);
        (await run.Session.SetAsync("sync", "lockrq")).Should().Be("sync lockrq: there is no such thing here");
        run.Settings.Sync.Should().Be(SyncMethod.Direct);
        (await run.Session.SetAsync("sync", "sigall")).Should().BeNull();
        run.Settings.Sync.Should().Be(SyncMethod.SigAll);
        StatusEvent status = await run.Session.StatusAsync();
        status.Settings.Should().Contain(new KeyValuePair<string, string>("sync", "sigall"));
        status.Sync.Should().Be(new SyncTally(3, 0, 0, 4));
        await run.StopAsync();
    }

    [Fact]
    public void AListenerThatCannotDoItsMethodDoesNotListen()
    {
        FakeMachine machine = new();
        machine.Arming.Without.Add(SyncMethod.SingleStep);
        SessionPlatform parts = new(
            machine.Source, machine.Arming, machine.Tracer, false, machine.OpenProcess, machine.OpenSymbols, machine.IsAlive, _ => null, machine.Clock);
        ListenSettings settings = new();
        settings.TrySet("sync", "singlestep").Should().BeNull();
        using ListenSession session = new(new ListenPlatform(parts, _ => default, _ => null, null, 1), settings, machine.Sink);
        Action run = () => session.Run(CancellationToken.None);
        run.Should().Throw<UserException>().WithMessage("sync singlestep: there is no such thing here");
    }
}
