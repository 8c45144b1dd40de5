// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>A source, the guard and a drainer; slot 0 of one process.</summary>
internal sealed class Guarded : IDisposable
{
    private const int StackBytes = 256;

    private readonly Recorder recorder;
    private readonly Thread listener;
    private volatile bool stopping;

    public Guarded(string backend = "bpf", bool followFork = false, LaunchRequest? launch = null)
    {
        Source = backend == "bpf"
            ? BpfHitSource.Open(new WatchProgramSettings(StackBytes: StackBytes, FollowFork: followFork))
            : PerfHitSource.Open(new PerfSettings { StackBytes = StackBytes, FollowFork = followFork });
        (Tracer, Started) = GuardStart.For(Source, followFork, StackBytes, launch);
        Arming = new GuardArming(Tracer);
        recorder = new Recorder(Source);
        listener = new Thread(Listen) { Name = "lw-test-listen" };
        listener.Start();
    }

    public IHitSource Source { get; }

    public GuardTracer Tracer { get; }

    public GuardArming Arming { get; }

    public ProcessId Started { get; }

    public ConcurrentQueue<TracerEvent> Events { get; } = new();

    public Recorder Recorder => recorder;

    public IEnumerable<TracerEvent.Recovered> Recovered => Events.OfType<TracerEvent.Recovered>();

    /// <summary>Arms slot 0. Returns how many threads were covered.</summary>
    public int Arm(ProcessId process, Address address, AccessMode mode = AccessMode.Write)
    {
        HardwareSlot content = new(address, mode == AccessMode.Execute ? 1 : 8, mode);
        Source.AddProcess(process);
        Source.SetSlot(process, 0, content, 0, 0);
        return Arming.Arm(process, new Dictionary<int, HardwareSlot> { [0] = content });
    }

    /// <summary>Disarms and drains. The kernel's count, the recorded hits, the recovered ones.</summary>
    public (long Counted, RawHit[] Hits, int Recovered) Finish(ProcessId process)
    {
        long counted = Arming.Disarm(process, [0]).GetValueOrDefault(0).Hits;
        RawHit[] hits = recorder.Finish();
        Tracer.Detach();
        return (counted, hits, Recovered.Count());
    }

    /// <summary>Waits for the first event of a kind.</summary>
    public TEvent Await<TEvent>()
        where TEvent : TracerEvent
    {
        for (int i = 0; i < 1000; i++)
        {
            if (Events.OfType<TEvent>().FirstOrDefault() is { } found)
                return found;
            Thread.Sleep(10);
        }

        throw new TimeoutException($"no {typeof(TEvent).Name} within 10 s: {string.Join("; ", Events)}");
    }

    public void Dispose()
    {
        stopping = true;
        listener.Join();
        recorder.Dispose();
        Tracer.Dispose();
        Source.Dispose();
    }

    private void Listen()
    {
        while (!stopping)
        {
            if (Tracer.Take(TimeSpan.FromMilliseconds(20)) is { } happened)
                Events.Enqueue(happened);
        }
    }
}
