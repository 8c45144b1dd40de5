// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Everything that was tried, as it came off. No judgement: that is the examination's.</summary>
public sealed record Observations
{
    public required MachineFacts Machine { get; init; }

    public required IReadOnlyList<LibraryTrial> Libraries { get; init; }

    /// <summary>The probe itself could not be started; then nothing else was tried.</summary>
    public Refusal? Probe { get; init; }

    /// <summary>A few writes by the program, counted by a breakpoint event.</summary>
    public CountTrial? UserWrites { get; init; }

    /// <summary>A few writes by the kernel (read(2) into the watched memory), counted with the kernel's accesses included.</summary>
    public CountTrial? KernelWrites { get; init; }

    public SlotTrial? Slots { get; init; }

    /// <summary>Why the BPF programs do not load; null where they do.</summary>
    public Refusal? Bpf { get; init; }

    /// <summary>Writes under a debug register that a tracer has written, as backend ptrace does; null where it was not tried.</summary>
    public CountTrial? Pokes { get; init; }

    /// <summary>Why backend perf cannot have its rings; null where it can.</summary>
    public Refusal? PerfRings { get; init; }

    /// <summary>Bytes of each CPU's perf ring, as large as the kernel grants.</summary>
    public int PerfRingBytes { get; init; }

    /// <summary>Why that may not suffice for a burst; null where it is large.</summary>
    public string? SmallPerfRings { get; init; }

    /// <summary>A short burst through backend perf's rings, where backend bpf is the first choice.</summary>
    public Burst? PerfBurst { get; init; }

    /// <summary>Which backend has delivered the bursts below: bpf or perf; null where neither could.</summary>
    public string? Backend { get; init; }

    /// <summary>A backend that has loaded could not arm or deliver.</summary>
    public Refusal? Delivery { get; init; }

    /// <summary>Threads of which each starts the next and ends; each writes once.</summary>
    public Burst? Chain { get; init; }

    /// <summary>Many writes by two threads.</summary>
    public Burst? Flood { get; init; }

    /// <summary>Nanoseconds a hit that is only counted; null where it was not measured.</summary>
    public long? CountedHitNanoseconds { get; init; }

    /// <summary>Nanoseconds a hit with its record and its stack; null where it was not measured.</summary>
    public long? RecordedHitNanoseconds { get; init; }

    /// <summary>Bytes of user stack in those records.</summary>
    public int StackBytes { get; init; }

    /// <summary>Why a tracer cannot seize a child of its own, as run does; null where it can.</summary>
    public Refusal? TraceOwnChild { get; init; }

    /// <summary>Why the guard cannot seize a process of the same user, as attach does; null where it can.</summary>
    public Refusal? TraceOther { get; init; }

    /// <summary>Why the memory of a process of the same user cannot be read, as attach does; null where it can.</summary>
    public Refusal? ReadOther { get; init; }
}

/// <summary>One shared library.</summary>
/// <param name="File">Its name, as libdw.so.1.</param>
/// <param name="Package">Debian's package.</param>
/// <param name="Error">The loader's words; null where it loads.</param>
public sealed record LibraryTrial(string File, string Package, string? Error);

/// <summary>A counting event on so many accesses.</summary>
/// <param name="Refusal">Why it could not be opened; null where it could.</param>
/// <param name="Writes">What the probe did.</param>
/// <param name="Counted">What the kernel counted.</param>
/// <param name="Strays">Hits that came as SIGTRAPs instead.</param>
public sealed record CountTrial(Refusal? Refusal, long Writes, long Counted, long Strays);

/// <summary>Debug registers that could be had at once.</summary>
/// <param name="OnTask">For one thread, on whatever CPU.</param>
/// <param name="TaskRefusal">Why no more: NoSlot is the ordinary end.</param>
/// <param name="OnCpus">For every CPU, where that is permitted.</param>
/// <param name="CpuRefusal">Why CPUs as a whole may not be watched; null where they may.</param>
/// <param name="Holders">Processes that have perf events open, as far as we may look.</param>
public sealed record SlotTrial(
    int OnTask, Refusal? TaskRefusal, IReadOnlyDictionary<int, int> OnCpus, Refusal? CpuRefusal, IReadOnlyList<string> Holders);

/// <summary>Many writes, and where each of them went.</summary>
/// <param name="Asked">What the probe was to do.</param>
/// <param name="Writes">What it did in the time it had.</param>
/// <param name="Counted">By the kernel's event.</param>
/// <param name="Recorded">Records that arrived.</param>
/// <param name="Dropped">Counted by the backend as lost, because the buffer was full.</param>
/// <param name="Filtered">Set aside by the backend.</param>
/// <param name="Strays">SIGTRAPs of a lost DR6.</param>
/// <param name="OtherTraps">SIGTRAPs of other kinds.</param>
public sealed record Burst(
    long Asked, long Writes, long Counted, long Recorded, long Dropped, long Filtered, long Strays, long OtherTraps);
