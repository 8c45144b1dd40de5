// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>A tracer that tells what the test lets it tell.</summary>
internal sealed class FakeTracer(FakeMachine machine) : ITracer
{
    private readonly ConcurrentQueue<TracerEvent> events = new();
    private long asked;

    internal ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What a held process does when it is let go; once.</summary>
    internal ConcurrentDictionary<int, Action> OnRelease { get; } = new();

    internal bool Gone { get; set; }

    /// <summary>Done when everything is let go.</summary>
    internal Action? OnDetach { get; set; }

    public Action? Arrived { get; set; }

    public int Attach(ProcessId process) => machine.Process(process.Value).ThreadCount;

    public void WatchLoader(ProcessId process, Address loaderBreak) => Calls.Enqueue($"watch loader {process} at {loaderBreak}");

    public void UnwatchLoader(ProcessId process) => Calls.Enqueue($"unwatch loader {process}");

    public void Release(ProcessId process)
    {
        Calls.Enqueue($"release {process}");
        if (OnRelease.TryRemove(process.Value, out Action? next))
            next();
        if (process.Value == FakeMachine.Root)
            machine.Stands = false;
    }

    public void Abandon(ProcessId process) => Calls.Enqueue($"abandon {process}");

    public Address? ReadThreadPointer(ThreadId thread) => null;

    public void Detach()
    {
        Calls.Enqueue("detach");
        OnDetach?.Invoke();
    }

    /// <summary>How often the session has asked: the sign that it keeps up.</summary>
    internal long Asked => Interlocked.Read(ref asked);

    public TracerEvent? Take(TimeSpan atMost)
    {
        Interlocked.Increment(ref asked);
        if (events.IsEmpty && atMost > TimeSpan.Zero)
            Thread.Sleep(1);
        return events.TryDequeue(out TracerEvent? next) ? next : null;
    }

    public void Dispose() => Calls.Enqueue("dispose");

    internal void Tell(TracerEvent tracerEvent) => events.Enqueue(tracerEvent);
}
