// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Accounting;

/// <summary>Every hit's account over a whole run, gone processes included, and every reason why something can have been missed.</summary>
internal sealed class Ledger
{
    /// <summary>More are not told one by one.</summary>
    private const int MostStretches = 1000;

    private readonly List<string> gaps = [];
    private readonly List<string> remarks = [];
    private readonly List<SkippedStretch> stretches = [];
    private readonly Dictionary<(HardwareSlot Content, string Watches), Sharing> sharings = [];
    private long counted;
    private long recorded;
    private long filtered;
    private long dropped;
    private long skipped;
    private long comparable;

    internal long Recovered { get; set; }

    internal long Escaped { get; set; }

    internal long Reported { get; set; }

    /// <summary>Recorded hits that were folded into another report.</summary>
    internal long Merged { get; set; }

    internal long Shared { get; set; }

    internal long Spurious { get; set; }

    internal long Withheld { get; set; }

    private long Beside => sharings.Values.Sum(sharing => sharing.Beside);

    internal long Received { get; set; }

    /// <summary>Recorded, and filtered only when they were looked at here.</summary>
    private long filteredLate;

    /// <summary>A hit was recorded, or recovered, and the watch's filter does not let it through.</summary>
    internal void FilterLate(int hits, bool recovered)
    {
        if (recovered)
            Withheld += hits;
        else
            filteredLate += hits;
    }

    internal long StacksCut { get; set; }

    internal int Threads { get; set; }

    internal int Processes { get; set; }

    /// <summary>Some of the kernel's counts are lost: their sum says too little.</summary>
    internal bool KernelCountIsPartial { get; set; }

    internal IReadOnlyList<string> GapsSoFar => [.. gaps];

    internal void AddGap(string reason)
    {
        if (!gaps.Contains(reason))
            gaps.Add(reason);
    }

    internal void AddRemark(string remark)
    {
        if (!remarks.Contains(remark))
            remarks.Add(remark);
    }

    /// <param name="account">A slot's account.</param>
    /// <param name="mode">For an access watch the kernel's own counter runs ahead: reading the value for the record trips the
    /// register again, which the kernel counts and the program, rightly, does not see (bpf_prog_active).</param>
    internal void AddAccount(SlotAccount account, AccessMode mode)
    {
        if (mode != AccessMode.Access)
            comparable += (long)account.Counted;
        counted += (long)account.Counted;
        recorded += (long)account.Recorded;
        filtered += (long)account.Filtered;
        dropped += (long)account.Dropped;
        skipped += (long)account.Skipped;
    }

    /// <summary>The account of a register that is wider than what is watched there.</summary>
    /// <param name="content">What it holds.</param>
    /// <param name="watches">The labels of those who share it.</param>
    internal Sharing SharingOf(HardwareSlot content, IReadOnlyList<string> watches)
    {
        (HardwareSlot, string) key = (content, SharingTally.Join(watches));
        if (!sharings.TryGetValue(key, out Sharing? sharing))
            sharings[key] = sharing = new Sharing(content, watches);
        return sharing;
    }

    /// <summary>A watch was hit more often than the flood limit allows. Beyond <see cref="MostStretches"/> they are run together.</summary>
    internal void AddStretch(SkippedStretch stretch)
    {
        int same = stretches.Count < MostStretches ? -1
            : stretches.FindLastIndex(one => one.Watch == stretch.Watch && one.Process == stretch.Process && one.Paused == stretch.Paused);
        if (same >= 0)
            stretches[same] = stretches[same] with { To = stretch.To, Hits = stretches[same].Hits + stretch.Hits };
        else
            stretches.Add(stretch);
    }

    /// <summary>The account as it stands while the watching goes on; hits that are on their way make it a little out of step.</summary>
    /// <param name="open">Accounts of slots that are not closed yet.</param>
    /// <param name="session">The source's counters.</param>
    internal HitCounts SoFar(IEnumerable<SlotAccount> open, SessionCounts session)
    {
        HitCounts sum = Account(session);
        foreach (SlotAccount account in open)
        {
            sum = sum with
            {
                Counted = sum.Counted + (long)account.Counted,
                Recorded = sum.Recorded + (long)account.Recorded,
                Filtered = sum.Filtered + (long)account.Filtered,
                Dropped = sum.Dropped + (long)account.Dropped,
                Skipped = sum.Skipped + (long)account.Skipped,
            };
        }

        return sum;
    }

    /// <summary>The closing statement.</summary>
    /// <param name="template">From, To, Why and the like; its figures are replaced.</param>
    /// <param name="session">The source's counters.</param>
    /// <param name="kernelCount">The sum of the kernel's own event counters, access watches left out; null where it was never armed.</param>
    /// <param name="noticed">What a difference says of when it was noticed.</param>
    /// <param name="countsInKernel">False where the source's accounts are made from what has arrived.</param>
    internal CoverageEvent Close(CoverageEvent template, SessionCounts session, long? kernelCount, string noticed, bool countsInKernel = true)
    {
        long foreign = (long)session.Foreign;
        if (!countsInKernel && comparable == counted && kernelCount is { } all && all > comparable + foreign)
        {
            // Rings tell of a loss only with the next record that finds room; of the last loss nobody tells.
            dropped += all - comparable - foreign;
            counted += all - comparable - foreign;
            comparable = all - foreign;
        }

        if (dropped > 0)
            AddGap($"{dropped:N0} hits were dropped: the buffer was full (--ring takes a larger one)");
        if (skipped > 0)
            AddGap($"{skipped:N0} hits were counted but not recorded: beyond the flood limit (--max-rate, --max-cpu)");
        foreach (IGrouping<string, SkippedStretch> paused in stretches.Where(stretch => stretch.Paused).GroupBy(stretch => stretch.Watch))
            AddGap($"{paused.Key} was off for {paused.Sum(stretch => (stretch.To - stretch.From).TotalSeconds):0.0} s in all: beyond the flood limit (--max-rate, --max-cpu)");
        if (session.Throttled > 0)
            AddGap($"the kernel throttled events {session.Throttled:N0} times (kernel.perf_event_max_sample_rate)");
        if (Escaped > 0)
            AddGap($"{Escaped:N0} changes of watched memory came without a hit: a register was lost, or the memory was written another way");
        if (session.Untracked > 0)
            AddGap($"{session.Untracked:N0} children could not be followed: too many at a time");
        if (session.LostNotices > 0)
            AddGap($"{session.LostNotices:N0} fork or exec notices were lost");
        if (kernelCount is { } kernel && kernel > comparable + foreign)
            AddGap($"the kernel counted {kernel:N0} hits, of which {kernel - comparable - foreign:N0} never arrived (noticed {noticed})");
        if (!KernelCountIsPartial && kernelCount is { } low && low < comparable)
            AddGap($"the kernel counted {low:N0} hits, {comparable - low:N0} fewer than arrived: somebody else has reset an event (noticed {noticed})");
        if (counted != recorded + filtered + dropped + skipped)
            AddGap($"the account does not add up: {counted:N0} counted, {recorded:N0} recorded, {filtered:N0} filtered, {dropped:N0} dropped, {skipped:N0} skipped");
        if (Received < recorded)
            AddGap($"{recorded - Received:N0} recorded hits were not read");
        HitCounts hits = Account(session);
        long due = hits.Due - recorded + Received;
        if (hits.Reported != due)
            AddGap($"{hits.Reported:N0} hits were reported where the account says {due:N0}");
        return template with
        {
            Hits = hits,
            Threads = Threads + (int)session.Threads,
            Processes = Processes,
            StacksCut = StacksCut,
            Gaps = gaps,
            Remarks = remarks,
            Skipped = [.. stretches.OrderBy(stretch => stretch.From)],
            Sharings = [.. sharings.Values.Select(sharing => sharing.Tally)],
        };
    }

    /// <summary>The account of what goes on.</summary>
    /// <param name="time">Now.</param>
    /// <param name="open">Accounts that are not closed yet.</param>
    /// <param name="session">The source's counters.</param>
    internal SessionTally Tally(DateTimeOffset time, IEnumerable<SlotAccount> open, SessionCounts session) =>
        new(time, SoFar(open, session), Processes, Threads + (int)session.Threads, gaps.Count);

    private HitCounts Account(SessionCounts session) => new()
    {
        Counted = counted,
        Recorded = recorded - filteredLate,
        Filtered = filtered + filteredLate,
        Dropped = dropped,
        Skipped = skipped,
        Throttled = (long)session.Throttled,
        Recovered = Recovered,
        Escaped = Escaped,
        Foreign = (long)session.Foreign,
        Merged = Merged,
        Shared = Shared,
        Spurious = Spurious,
        Beside = Beside,
        Withheld = Withheld,
        Reported = Reported,
    };
}
