// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>One slot's account in one process, as the kernel side keeps it.</summary>
/// <param name="Counted">Hits that reached the program.</param>
/// <param name="Recorded">Of those, delivered.</param>
/// <param name="Filtered">Of those, set aside on purpose.</param>
/// <param name="Dropped">Of those, lost because the buffer was full.</param>
/// <param name="LastValue">The slot's bytes as last seen.</param>
/// <param name="Skipped">Of those counted, not recorded because there were more than the flood limit allows.</param>
public readonly record struct SlotAccount(ulong Counted, ulong Recorded, ulong Filtered, ulong Dropped, ulong LastValue, ulong Skipped = 0);

/// <summary>Counters of a whole session.</summary>
/// <param name="Foreign">Accesses of processes that nobody watches.</param>
/// <param name="Untracked">Followed children that could not be taken in.</param>
/// <param name="Threads">Threads and processes created under watch.</param>
/// <param name="LostNotices">Fork and exec notices that were lost.</param>
/// <param name="Throttled">Times the kernel throttled an event.</param>
public readonly record struct SessionCounts(ulong Foreign, ulong Untracked, ulong Threads, ulong LostNotices, ulong Throttled);

/// <summary>What is done in the kernel at a hit, besides recording it (bpf/watch_event.h, lw_slot_flags).</summary>
[Flags]
public enum SlotHandling
{
    None = 0,

    /// <summary>An access that leaves the value as it was is counted as filtered.</summary>
    ChangesOnly = 1,

    /// <summary>The accessing thread receives SIGTRAP, before its next instruction.</summary>
    Signal = 2,
}

/// <summary>Takes what a source delivers, on the thread that drains.</summary>
public interface IHitReceiver
{
    void OnHit(RawHit hit);

    void OnForked(ulong time, ProcessId parent, ProcessId child);

    /// <summary>A watch that arms itself is armed on something else from here on, or what it is armed on has been freed.</summary>
    /// <param name="at">When, where and by which thread: Slot and Address are those that are armed, Old is the frame (its CFA) or the block that they are in.</param>
    /// <param name="isFreed">It is the block that was armed before, and was freed.</param>
    void OnArisen(RawHit at, bool isFreed)
    {
    }

    /// <summary>A slot that takes turns with others is armed again.</summary>
    /// <param name="time">When.</param>
    /// <param name="process">Whose.</param>
    /// <param name="slot">Which.</param>
    /// <param name="number">Of the turn; another one each time.</param>
    /// <param name="value">What memory holds then.</param>
    /// <param name="isCertain">False where the first hit may find something else: threads are still being armed.</param>
    void OnTurned(ulong time, ProcessId process, int slot, ulong number, ulong value, bool isCertain)
    {
    }

    /// <summary>The process runs another program; the source has stopped watching it.</summary>
    void OnExec(ulong time, ProcessId process);

    /// <summary>Its last thread is going; the source has stopped watching it.</summary>
    void OnExit(ulong time, ProcessId process);
}

/// <summary>Where hits come from: a BPF ring or perf rings. Wait and Drain belong to one thread; the rest to another.</summary>
public interface IHitSource : IDisposable
{
    /// <summary>bpf, perf or ptrace.</summary>
    string Name { get; }

    /// <summary>True where each record carries old and new value and the account is the kernel's own.</summary>
    bool TracksValues { get; }

    /// <summary>False where the kernel hides its own accesses from us.</summary>
    bool SeesKernel { get; }

    /// <summary>What hides them, where it does: "the kernel's own accesses are ...".</summary>
    string WhyKernelHidden => "hidden from this user: kernel.perf_event_paranoid";

    SessionCounts Session { get; }

    /// <summary>Takes a process in with empty slots. False where no room is left.</summary>
    bool AddProcess(ProcessId process);

    /// <summary>Takes a forked child in, which has inherited its parent's slots and may be hitting them already. False where no room is left.</summary>
    bool AddChild(ProcessId parent, ProcessId child) => AddProcess(child);

    void RemoveProcess(ProcessId process);

    /// <summary>Where slots take turns the number of the turn that a slot is armed in, another one each time; 0 while it is not armed.</summary>
    ulong TurnOf(ProcessId process, int slot) => 1;

    /// <summary>Says what a slot will hold, before it is armed.</summary>
    /// <param name="process">The process.</param>
    /// <param name="slot">0 to 3.</param>
    /// <param name="content">What it will hold.</param>
    /// <param name="initial">Its bytes now.</param>
    /// <param name="siblings">Mask of the other slots of the same watch.</param>
    void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings);

    /// <summary>What it can do at a hit besides recording it.</summary>
    SlotHandling Handlings => SlotHandling.None;

    /// <summary>Changes what is done at an armed slot's hits, from now on, as far as this source can.</summary>
    void SetHandling(ProcessId process, int slot, SlotHandling handling)
    {
    }

    void ClearSlot(ProcessId process, int slot);

    /// <summary>Says where a thread's stack begins, so that what lies above is not copied any more.</summary>
    /// <param name="thread">Whose stack.</param>
    /// <param name="top">Above it is no frame; null where what was said before has proved wrong.</param>
    void SetStackTop(ThreadId thread, Address? top)
    {
    }

    /// <summary>Gives a slot a condition that the source decides by itself, or takes it away (null).</summary>
    /// <returns>False where it cannot: then the hits come, and are to be decided by whoever takes them.</returns>
    bool SetCondition(ProcessId process, int slot, Condition? condition) => false;

    /// <summary>Whether it would decide this condition by itself.</summary>
    bool MayDecide(Condition condition) => false;

    /// <summary>Whether it would send signals by an order of this number.</summary>
    bool MayObey(int number) => false;

    /// <summary>How many hits the condition of a slot has met so far; null where the source decides none.</summary>
    long? ConditionCount(ProcessId process, int slot) => null;

    /// <summary>Hits from this code are filtered from now on, as far as the source can.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="slot">0 to 3.</param>
    /// <param name="code">Of all writers that are to be filtered, in order and without overlaps.</param>
    void FilterCode(ProcessId process, int slot, IReadOnlyList<(Address Start, Address End)> code)
    {
    }

    /// <summary>Lets the source send a signal at the reported hits of a slot by itself. An order is one however many slots and processes
    /// have it: what it counts and sends, it counts for all of them together.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="slot">0 to 3.</param>
    /// <param name="number">The order's, from 1.</param>
    /// <param name="order">What it says; null takes the slot's order away.</param>
    /// <returns>False where the slot has none afterwards: then it is up to whoever takes the hits.</returns>
    bool SetOrder(ProcessId process, int slot, int number, SignalOrder? order) => false;

    /// <summary>A hit is reported that the source has not counted for an order: it counts it now.</summary>
    /// <returns>Whether it is this hit's turn to be acted on, from here; null where the source has no such order.</returns>
    bool? TakeTurn(int number) => null;

    OrderAccount ReadOrder(int number) => default;

    /// <summary>True where the source observes the flood limit by itself, in the kernel.</summary>
    bool LimitsFloods => false;

    /// <summary>CLOCK_MONOTONIC, ns, up to which a slot's watch has used its allowance; 0 where the source does not limit floods.</summary>
    ulong AllowanceUsed(ProcessId process, int slot) => 0;

    /// <summary>A hit that has been recorded is skipped after all.</summary>
    void Skip(ProcessId process, int slot);

    /// <summary>A slot that was off for a while: what its memory held before the next hit is not known, until this is taken back.</summary>
    void SetStale(ProcessId process, int slot, bool stale)
    {
    }

    /// <summary>Null where the process is not watched.</summary>
    SlotAccount? ReadAccount(ProcessId process, int slot);

    /// <summary>Accounts of processes that nobody has removed: a source that takes children in by itself has some where all notices of a child were lost.</summary>
    IEnumerable<(SlotAccount Account, AccessMode Mode)> LeftAccounts => [];

    /// <summary>Replaces the last value seen, where it is still the expected one.</summary>
    bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value);

    /// <summary>Sleeps until records press or the time is over.</summary>
    void Wait(TimeSpan atMost);

    /// <summary>Whether it can sleep until the first record comes, instead of looking for some again and again.</summary>
    bool WakesAtFirst => false;

    /// <summary>Sleeps until the first record comes, somebody rouses it or the time is over; not while records are there.</summary>
    void WaitForFirst(TimeSpan atMost) => Wait(atMost);

    /// <summary>Ends such a sleep, or the next one. On any thread.</summary>
    void Rouse()
    {
    }

    /// <summary>Hands over all records that are there; returns how many.</summary>
    int Drain(IHitReceiver receiver);

    /// <summary>False where the last drain met a record that was still being written: older hits than that drain may follow.</summary>
    bool DrainedAll => true;

    /// <summary>Waits until every hit that has happened by now can be drained: none is on its way through an exception handler any
    /// more. A source that has its hits at once need not wait. On any thread.</summary>
    /// <returns>False where that cannot be said this time.</returns>
    bool Settle() => true;
}
