// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using AwesomeAssertions;
using Livewatcher.Linux.Bpf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>Sleeps of a drainer where it is quiet, which somebody has to end.</summary>
internal static class Sleeps
{
    /// <summary>What a sleep takes that nobody ends.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    /// <summary>Sleeps, and says how long.</summary>
    public static TimeSpan Measure(IHitSource source)
    {
        Stopwatch watch = Stopwatch.StartNew();
        source.WaitForFirst(Long);
        return watch.Elapsed;
    }

    /// <summary>The same on a thread of its own; it sleeps already.</summary>
    public static Task<TimeSpan> Begin(BpfHitSource source)
    {
        Task<TimeSpan> sleep = Task.Run(() => Measure(source));
        SpinWait.SpinUntil(() => Volatile.Read(ref source.Program.Session.Asleep) == 1, Long).Should().BeTrue();
        Thread.Sleep(50); // from saying so to sleeping
        return sleep;
    }
}
