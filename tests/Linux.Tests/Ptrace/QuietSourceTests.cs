// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Ptrace;

/// <summary>Where nothing has happened for a while, whatever the guard sends first wakes the drainer.</summary>
public sealed class QuietSourceTests : IDisposable
{
    private readonly PtraceHitSource source = PtraceHitSource.Open();

    public void Dispose() => source.Dispose();

    [Fact]
    public async Task Whatever_comes_first_ends_a_sleep()
    {
        Task<TimeSpan> sleep = await SleepAsync();
        source.OnForked(1, new ProcessId(1), new ProcessId(2));
        (await sleep).Should().BeLessThan(Sleeps.Long);
    }

    [Fact]
    public void Nobody_sleeps_while_something_waits()
    {
        source.OnExec(1, new ProcessId(1));
        Sleeps.Measure(source).Should().BeLessThan(Sleeps.Long);
    }

    [Fact]
    public async Task Whoever_needs_a_drain_rouses_the_sleeper()
    {
        Task<TimeSpan> sleep = await SleepAsync();
        source.Rouse();
        (await sleep).Should().BeLessThan(Sleeps.Long);
    }

    private async Task<Task<TimeSpan>> SleepAsync()
    {
        Task<TimeSpan> sleep = Task.Run(() => Sleeps.Measure(source), TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        sleep.IsCompleted.Should().BeFalse();
        return sleep;
    }
}
