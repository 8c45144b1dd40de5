// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A watch that a program had set on itself is armed nowhere any more.</summary>
/// <param name="Time">When.</param>
/// <param name="Watch">What.</param>
/// <param name="Process">Where.</param>
/// <param name="Account">Its hits from the kernel's side, all of them delivered by now.</param>
public sealed record DisarmedEvent(DateTimeOffset Time, Watch Watch, ProcessId Process, SlotAccount Account) : WatchEvent;

/// <summary>What a program says through liblivewatcher.</summary>
public enum MessageKind
{
    /// <summary>lw_show_info.</summary>
    Info,

    /// <summary>lw_backtrace.</summary>
    Backtrace,

    /// <summary>lw_mark.</summary>
    Mark,
}

/// <summary>A program's own words, in their place among the hits.</summary>
/// <param name="Time">When they were said.</param>
/// <param name="Kind">By which call.</param>
/// <param name="Process">Who.</param>
/// <param name="Thread">Which thread; null where it does not say so truthfully.</param>
/// <param name="ThreadName">Its name.</param>
/// <param name="Text">The words.</param>
/// <param name="Stack">The caller's stack; null where it is not asked for.</param>
public sealed record MessageEvent(
    DateTimeOffset Time, MessageKind Kind, ProcessId Process, ThreadId? Thread, string? ThreadName, string Text, CallStack? Stack) : WatchEvent;

/// <summary>What the debug registers of one process hold.</summary>
/// <param name="Time">When they were read.</param>
/// <param name="Process">Whose.</param>
/// <param name="Source">engine: what was armed and not disarmed; ptrace: read from the thread by PEEKUSER.</param>
/// <param name="Thread">Whose; null where they are the same in all threads.</param>
/// <param name="Registers">DR0 to DR3, then DR7 (Intel SDM vol. 3, 18.2).</param>
/// <param name="Stack">The caller's, where the program has asked for it; else null.</param>
public sealed record RegistersEvent(
    DateTimeOffset Time, ProcessId Process, string Source, ThreadId? Thread, IReadOnlyList<ulong> Registers, CallStack? Stack) : WatchEvent;

/// <summary>A slot's hits by the kernel's own event counters, held against what has arrived of them.</summary>
/// <param name="Counted">By the kernel, when it was asked.</param>
/// <param name="Missing">So many of them have not arrived; negative where more have arrived than the kernel says.</param>
public readonly record struct KernelCount(long Counted, long Missing);

/// <summary>One watch of a served process, as status shows it.</summary>
/// <param name="Number">liblivewatcher's number, 0 to 3.</param>
/// <param name="Watch">What.</param>
/// <param name="Slot">The debug register.</param>
/// <param name="Account">Its hits so far.</param>
/// <param name="Kernel">The kernel's own count of them; null where that says nothing.</param>
public sealed record ServedWatch(int Number, Watch Watch, int Slot, SlotAccount Account, KernelCount? Kernel = null);

/// <summary>One process that is served.</summary>
/// <param name="Process">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Threads">Threads now.</param>
/// <param name="Watches">Armed now.</param>
/// <param name="Registers">DR0 to DR3, then DR7.</param>
/// <param name="Armings">Watches set so far.</param>
/// <param name="Hits">Reported so far.</param>
public sealed record ServedProcess(
    ProcessId Process, string Name, int Threads, IReadOnlyList<ServedWatch> Watches, IReadOnlyList<ulong> Registers, long Armings, long Hits);

/// <summary>The listener's answer to "status".</summary>
/// <param name="Time">Now.</param>
/// <param name="Since">When it began to listen.</param>
/// <param name="Backend">bpf, perf or ptrace.</param>
/// <param name="Scope">cpu or task.</param>
/// <param name="Guard">Whether the guard is on.</param>
/// <param name="Settings">Each setting by its name, with its value.</param>
/// <param name="Processes">Who is connected.</param>
/// <param name="Hits">Reported so far, by all.</param>
/// <param name="Sync">How threads were armed, so far.</param>
/// <param name="Gaps">Reasons why something may have been missed, so far.</param>
public sealed record StatusEvent(
    DateTimeOffset Time, DateTimeOffset Since, string Backend, string Scope, bool Guard, IReadOnlyList<KeyValuePair<string, string>> Settings,
    IReadOnlyList<ServedProcess> Processes, long Hits, SyncTally Sync, IReadOnlyList<string> Gaps) : WatchEvent;
