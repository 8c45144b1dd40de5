// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Loads debug registers: per CPU, or per thread by the guard or by a scan.</summary>
public interface IArming : IDisposable
{
    /// <summary>cpu or task.</summary>
    string Scope { get; }

    /// <summary>Reasons why a thread may be unarmed, so far.</summary>
    IReadOnlyList<string> Gaps => [];

    /// <summary>Why it cannot reach threads by a method; null where it can.</summary>
    string? WhyNot(SyncMethod method) => method == SyncMethod.Direct ? null : "this backend arms directly only; the other methods take backend bpf";

    /// <summary>How threads were reached, so far, where that can differ.</summary>
    SyncTally Tally => default;

    /// <summary>Arms slots for every thread of a process, existing and new, or for none of them.</summary>
    /// <returns>Threads covered at this moment.</returns>
    /// <exception cref="ArmingException">Nothing of this call stays occupied.</exception>
    int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots);

    /// <summary>Frees slots; returns the kernel's own count of each slot's hits in this arming, where it has one.</summary>
    IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots);

    /// <summary>The kernel's own count of each slot's hits so far in this arming; nothing for what the kernel does not count.</summary>
    IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots);

    /// <summary>Whether slots can be switched off for a while without being given up.</summary>
    bool CanSuspend => false;

    /// <summary>Switches slots off, in every thread; they stay occupied.</summary>
    void Suspend(ProcessId process, IReadOnlyCollection<int> slots) => throw new NotSupportedException();

    /// <summary>Switches them on again, in threads and children that have come meanwhile too.</summary>
    void Resume(ProcessId process, IReadOnlyCollection<int> slots) => throw new NotSupportedException();

    /// <summary>Sees, now and then, whether what was armed still is, and arms what is not; what was uncovered meanwhile is among the
    /// <see cref="Gaps"/> then.</summary>
    void Mend()
    {
    }

    /// <summary>Makes the processors load the debug registers anew, after one has been found to have lost them
    /// (DESIGN.md, fact 5).</summary>
    void Reload(ProcessId process);
}

/// <summary>The kernel refuses a debug register.</summary>
public sealed class ArmingException(int errno, string errnoText, ThreadId? thread, int slot)
    : Exception($"arming thread {thread?.ToString() ?? "-"}, slot {slot}: {errnoText}")
{
    /// <summary>ESRCH: the process has ended.</summary>
    public const int NoProcess = 3;

    public int Errno { get; } = errno;

    public ThreadId? Thread { get; } = thread;

    public int Slot { get; } = slot;

    /// <summary>Nothing is armed, because the process has ended.</summary>
    public static ArmingException Ended(int slot) => new(NoProcess, "ESRCH", null, slot);
}
