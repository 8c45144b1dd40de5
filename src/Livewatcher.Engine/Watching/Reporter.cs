// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>What one watching has to say: hits as they come, and at the end the table of writers and the coverage.</summary>
internal sealed class Reporter(SessionPlatform platform, SessionOptions options, Ledger ledger, IEventSink sink, HitActor? actor = null)
{
    /// <summary>So many hits take a while to be named: they must not keep the registers armed when the watching is over.</summary>
    private const int LongBacklog = 500;

    private readonly HitNamer namer = new(platform, ledger);
    private readonly WriterTable writers = new();

    /// <summary>--max-hits is reached.</summary>
    internal bool HasEnough => ledger.Reported >= options.MaxHits;

    internal static bool IsLong(int backlog) => backlog > LongBacklog;

    /// <summary>Where the watching is over, its registers are free and much of it is still to be shown, that is said.</summary>
    internal void TellBacklog(int hits)
    {
        if (IsLong(hits) && !HasEnough)
            Note(NoteLevel.Info, $"disarmed; some {hits:N0} recorded hits are still to be shown (Ctrl-C again leaves them out)");
    }

    /// <summary>Why nothing is left to watch.</summary>
    /// <param name="status">The target's, as wait(2) gives it, where that is known.</param>
    /// <param name="exited">Whether the target has ended.</param>
    internal static string DescribeEnd(int? status, bool exited)
    {
        if (status is not { } known)
            return exited ? "the target has exited" : "no watched process is left";
        int signal = known & 0x7f;
        return signal != 0 ? $"the target was killed by signal {signal}" : $"the target has exited with status {(known >> 8) & 0xff}";
    }

    internal void Report(WatchedProcess process, AccessGroup group)
    {
        if (HasEnough)
        {
            ledger.Withheld += group.Count;
            return;
        }

        foreach (NamedHit named in namer.Name(process, group))
        {
            if (named.Hit is not { } plain)
            {
                ledger.FilterLate(named.Merged, named.Recovered);
                continue;
            }

            if (HasEnough)
            {
                ledger.Withheld += named.Merged;
                continue;
            }

            Hit hit = actor?.Act(process, named.Watch, group, plain) ?? plain;
            ledger.Reported++;
            ledger.Merged += hit.Merged - 1;
            writers.Add(hit);
            sink.Publish(hit);
        }
    }

    internal void ReportEscape(WatchedProcess process, SessionItem.Escaped escaped)
    {
        List<Hit> hits = [.. namer.NameEscape(process, escaped)];
        ledger.Escaped += hits.Count > 0 ? 1 : 0; // bytes beside the watched ones are nobody's escape
        hits.ForEach(sink.Publish);
    }

    internal void WarnAboutSymbols(WatchedProcess process)
    {
        foreach (string warning in process.Symbols.TakeWarnings())
            Note(NoteLevel.Warning, warning);
    }

    internal void Note(NoteLevel level, string text) =>
        sink.Publish(new NoteEvent(platform.Clock.ToWallClock(platform.Clock.Now), level, text));

    internal void Close(string why, DateTimeOffset? coveredFrom, DateTimeOffset? coveredTo, CrossCheck kernel, IReadOnlyList<ActionTally>? actions = null, IReadOnlyList<ArisingTally>? arisings = null, IReadOnlyList<TurnTally>? turns = null)
    {
        foreach (WriterRow row in writers.Rank())
            sink.Publish(row);
        if (!platform.Source.SeesKernel)
            ledger.AddGap($"the kernel's own accesses (read(2) into watched memory) are {platform.Source.WhyKernelHidden}");
        foreach (string gap in platform.Arming.Gaps)
            ledger.AddGap(gap);
        if (coveredFrom is null)
            ledger.AddGap("nothing was armed");
        if (!options.IsTried)
            ledger.AddGap("whether this machine's debug registers trap was not tried (--trial off): that there are no hits would prove nothing");
        CoverageEvent template = new(
            coveredFrom, coveredTo ?? platform.Clock.ToWallClock(platform.Clock.Now), why, platform.Source.Name, platform.Arming.Scope,
            platform.GuardOn, new HitCounts(), 0, 0, options.CpuCount, 0, [], []) { Actions = actions ?? [], Arisings = arisings ?? [], Turns = turns ?? [] };
        sink.Publish(ledger.Close(template, platform.Source.Session, kernel.Sum, CrossCheck.TimeOf(platform.Clock), platform.Source.TracksValues));
    }
}
