// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Reports;
using Xunit;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>How a watch reaches threads that run on other CPUs. The long tests of it are Reaching.</summary>
public sealed class SyncTests : ServingTest
{
    [Fact]
    public async Task EachMethodInTurnReachesEveryThread()
    {
        string[] methods = ["lockrq", "sigall", "sigrun", "singlestep", "direct"];
        var listening = await ListenAsync("--sync", methods[0]);
        long watched = 0;
        var before = default(Ways);
        foreach (var method in methods)
        {
            await ControlAsync("set", "sync", method);
            var own = await ServeAsync(Reach, "1", "3");
            own["handled"].Should().Be(0, $"the program's own handlers see no signal of ours: {method}");
            watched += own["watched"];
            var now = Ways.Of(await ControlAsync("status"));
            (now - before).ShouldBeThoseOf(method, cycles: 1);
            before = now;
        }

        (await RefusedControlAsync("set", "sync", "magic")).Should().Be(
            "livewatcher: 'magic' is no method; there are direct, sigall, lockrq, sigrun, singlestep\n");
        Honesty.Check(await QuitAsync(listening), ("g_reached", watched));
    }

    [Fact]
    public async Task OtherBackendsSayThatTheyArmDirectlyOnly()
    {
        var child = StartLivewatcher(["listen", "--socket", Socket, "--no-log", "--backend", "perf", "--sync", "sigall"]);
        (await child.ExitAsync(Limit)).Should().Be(2);
        child.Errors.Should().Contain("sync sigall: this backend arms directly only; the other methods take backend bpf");
    }

    [Fact]
    public async Task WhatTheGuardHoldsNobodyElseHolds()
    {
        var listening = await ListenAsync("--guard", "on");
        (await RefusedControlAsync("set", "sync", "lockrq")).Should().StartWith("livewatcher: sync lockrq: it holds threads by ptrace(2), and so does the guard");
        await QuitAsync(listening);
    }
}
