// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What a run tells its sinks, in order: armed, then hits and notes, then writers, last the coverage.</summary>
public abstract record WatchEvent;

/// <summary>One watch is armed everywhere.</summary>
/// <param name="Time">When its coverage begins.</param>
/// <param name="Watch">What.</param>
/// <param name="Process">Where.</param>
/// <param name="Slots">The debug registers it occupies.</param>
/// <param name="Initial">The value at arming; null for execution breakpoints.</param>
/// <param name="Backend">bpf, perf or ptrace.</param>
/// <param name="Scope">cpu or task.</param>
/// <param name="Guard">Whether the guard is on.</param>
/// <param name="Threads">Threads covered at this moment.</param>
/// <param name="Cpus">CPUs online.</param>
public sealed record ArmedEvent(
    DateTimeOffset Time, Watch Watch, ProcessId Process, IReadOnlyList<HardwareSlot> Slots, Value? Initial,
    string Backend, string Scope, bool Guard, int Threads, int Cpus) : WatchEvent;

public enum NoteLevel
{
    Info,
    Warning,
}

/// <summary>Something the user must know that is not an access: an exec, an escape of coverage, a mapped library.</summary>
public sealed record NoteEvent(DateTimeOffset Time, NoteLevel Level, string Text) : WatchEvent;
