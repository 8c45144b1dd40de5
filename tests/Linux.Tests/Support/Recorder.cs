// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Model;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>Drains a source on a thread of its own and keeps what comes.</summary>
internal sealed class Recorder : IHitReceiver, IDisposable
{
    private readonly IHitSource source;
    private readonly Thread drainer;
    private volatile bool stopping;

    public Recorder(IHitSource source)
    {
        this.source = source;
        drainer = new Thread(DrainAll) { Name = "lw-test-drain" };
        drainer.Start();
    }

    public ConcurrentQueue<RawHit> Hits { get; } = new();

    public ConcurrentQueue<(ProcessId Parent, ProcessId Child)> Forks { get; } = new();

    public void OnHit(RawHit hit) => Hits.Enqueue(hit);

    public void OnForked(ulong time, ProcessId parent, ProcessId child) => Forks.Enqueue((parent, child));

    public void OnExec(ulong time, ProcessId process)
    {
        // Not looked at here.
    }

    public void OnExit(ulong time, ProcessId process)
    {
        // Not looked at here.
    }

    /// <summary>Ends draining when all is there.</summary>
    public RawHit[] Finish()
    {
        Dispose();
        source.Drain(this);
        source.Drain(this);
        return [.. Hits];
    }

    public void Dispose()
    {
        stopping = true;
        drainer.Join();
    }

    private void DrainAll()
    {
        while (!stopping)
        {
            source.Wait(TimeSpan.FromMilliseconds(3));
            source.Drain(this);
        }
    }
}
