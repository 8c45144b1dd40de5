// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests.Output;

/// <summary>A hit is shown at once where there was none before, and of many in a row none waits for the next.</summary>
public sealed class OutputSinkTests : IDisposable
{
    private static readonly Watch Watched = new(new WatchRequest("g_x", AccessMode.Write), new Address(0x1000), 4, NoFormat.Instance, null, null);

    private readonly string file = Path.GetTempFileName();
    private readonly CancellationTokenSource stop = new();
    private readonly OutputSink sink;

    public OutputSinkTests() =>
        sink = OutputSink.Open(new OutputSettings("json", file, "never", false), standardError: false, stop);

    public void Dispose()
    {
        sink.Dispose();
        stop.Dispose();
        File.Delete(file);
    }

    [Fact]
    public async Task TheFirstHitIsWrittenAtOnceAndEveryOtherWithoutANextOne()
    {
        for (int quiet = 0; quiet < 3; quiet++)
        {
            long before = Lines();
            sink.Publish(HitOf(1));
            Lines().Should().Be(before + 1, "nobody has to wait for a timer");
            for (int i = 0; i < 10; i++)
                sink.Publish(HitOf(2));
            for (int i = 0; i < 600 && Lines() < before + 11; i++)
                await Task.Delay(50, TestContext.Current.CancellationToken);
            Lines().Should().Be(before + 11);
            // Longer than between two of its timer's ticks: it does not tick any more.
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The timer may tick at that moment.</summary>
    [Fact]
    public void WhatIsLeftIsWrittenAtTheEnd()
    {
        for (int i = 0; i < 100; i++)
            sink.Publish(HitOf(i));
        sink.Dispose();
        Lines().Should().Be(100);
        sink.Dispose();
    }

    private long Lines() => File.ReadAllText(file).Count(letter => letter == '\n');

    private static Hit HitOf(long sequence) => new()
    {
        Sequence = sequence,
        Time = DateTimeOffset.UnixEpoch,
        Watch = Watched,
        Address = Watched.Address,
        Process = new ProcessId(7),
        Thread = new ThreadId(7),
        Stack = CallStack.Empty,
    };
}
