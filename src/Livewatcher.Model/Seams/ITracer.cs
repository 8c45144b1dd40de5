// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What a tracer sees of its target.</summary>
public abstract record TracerEvent
{
    private TracerEvent()
    {
    }

    /// <summary>The process has executed another program; it is unarmed and held.</summary>
    public sealed record Executed(ProcessId Process) : TracerEvent;

    /// <summary>The dynamic loader has changed its list of libraries; this thread is held.</summary>
    public sealed record LibrariesChanged(ProcessId Process, ThreadId Thread) : TracerEvent;

    /// <summary>Every thread is gone.</summary>
    /// <param name="Process">Who.</param>
    /// <param name="Status">As wait(2) gives it.</param>
    public sealed record Exited(ProcessId Process, int Status) : TracerEvent;

    public sealed record Forked(ProcessId Parent, ProcessId Child) : TracerEvent;

    /// <summary>A stray SIGTRAP was swallowed; its hit.</summary>
    /// <param name="Hit">Slot -1 for data, for the processor did not say which.</param>
    /// <param name="Values">Old and new value of each armed data slot at that moment.</param>
    public sealed record Recovered(RawHit Hit, IReadOnlyDictionary<int, (ulong Old, ulong New)> Values) : TracerEvent;

    /// <summary>The last thread ends and is held for a moment; modules and memory are still there.</summary>
    /// <param name="Process">Who.</param>
    /// <param name="Values">Slots that hold what no hit so far explains.</param>
    public sealed record Exiting(ProcessId Process, IReadOnlyDictionary<int, ulong> Values) : TracerEvent;

    /// <summary>A thread that came later could not be armed.</summary>
    public sealed record ThreadNotArmed(ProcessId Process, ThreadId Thread, int Slot, string Reason) : TracerEvent;

    /// <summary>Recovered hits whose detail was lost, so far.</summary>
    public sealed record DetailLost(long Count) : TracerEvent;

    /// <summary>The tracer has ended before it was told to.</summary>
    public sealed record TracerGone : TracerEvent;
}

/// <summary>Holds the target's threads, for arming, for guarding, for starting it. Thread-safe.</summary>
public interface ITracer : IDisposable
{
    /// <summary>Seizes every thread. Returns how many.</summary>
    /// <exception cref="UserException">Not permitted, already traced, gone.</exception>
    int Attach(ProcessId process);

    /// <summary>Stops the process at this address, in the loader, whenever its list of libraries changes.</summary>
    void WatchLoader(ProcessId process, Address loaderBreak);

    void UnwatchLoader(ProcessId process);

    /// <summary>Lets a held process or thread go on.</summary>
    void Release(ProcessId process);

    /// <summary>Ends a target that was started and is still held at its exec: not an instruction of it has run.</summary>
    void Abandon(ProcessId process);

    /// <summary>A thread's fs_base, or in 32-bit code gs_base; null where it is gone.</summary>
    Address? ReadThreadPointer(ThreadId thread);

    /// <summary>Disarms and lets everything go; a started target's end is still reported.</summary>
    void Detach();

    /// <summary>Told, on the tracer's own thread, that there is an event to take: somebody may be held until it is taken.</summary>
    Action? Arrived { set; }

    /// <summary>The next event, or null when the time is over.</summary>
    TracerEvent? Take(TimeSpan atMost);
}
