// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Judging;

/// <summary>The program's own counts at four moments. An access in between is in doubt, and so is one under way when its thread was
/// killed: the least number is what was done within, the most what was begun.</summary>
/// <param name="Before">Before livewatcher was started.</param>
/// <param name="Armed">When it was seen to be armed; null where nobody looked.</param>
/// <param name="BeforeEnd">Just before it was asked to end; null where nobody knows.</param>
/// <param name="After">After its end.</param>
internal sealed record Moments(Counts Before, Counts? Armed, Counts? BeforeEnd, Counts After);

/// <summary>Compares a statement with the program's own counts. Complete means equal; otherwise the statement names a gap, and never
/// are there more hits than accesses.</summary>
internal sealed class CountJudge(Plan plan, Report report, Moments moments, int pid)
{
    private readonly List<string> _problems = [];

    private IReadOnlyList<string> Gaps => field ??= [.. report.Coverage.Gaps.Where(gap => SeesCalls || !IsOfPtrace(gap))];

    private bool SeesCalls => plan.Backend != "ptrace";

    public (HitCount Count, IReadOnlyList<string> Problems) Judge()
    {
        long least = 0, most = 0, reported = 0;
        foreach (var watch in plan.Watches)
        {
            var (low, high) = Expect(watch);
            var hits = report.HitsOn(watch.Expression);
            JudgeWatch(watch, hits, low, high);
            least += low;
            most += high;
            reported += hits.Count;
        }

        if (report.Hits.Count != reported)
        {
            _problems.Add($"{report.Hits.Count - reported} hits on something that was not watched");
        }

        if (!plan.FollowFork && report.Hits.Count(hit => hit.Pid != pid) is var strangers and > 0)
        {
            _problems.Add($"{strangers} hits of other processes");
        }

        if (plan.MaxHits is { } limit && reported != limit)
        {
            _problems.Add($"{reported} hits with --max-hits {limit}");
        }

        JudgeDrops(least);
        JudgeEscapes();
        return (new HitCount(least, most, reported, Gaps.Count == 0, Gaps, [.. report.AllHits.Where(hit => hit.Escaped).Select(Describe)]), _problems);
    }

    private string Describe(HitLine escape) =>
        $"escaped: {escape.Watch} {escape.Old} -> {escape.New}, {escape.Since} to {escape.Time}; {report.HitsOn(escape.Watch).Count(hit => hit.Seq > escape.Seq)} hits follow; "
        + $"watched from {report.Coverage.From} to {report.Coverage.To}";

    /// <summary>The kernel's accesses are hidden from every watching by ptrace(2), which says so; those that change something the audit
    /// finds. The program's own are counted apart.</summary>
    private bool IsOfPtrace(string gap) =>
        gap.StartsWith("the kernel's own accesses", StringComparison.Ordinal)
        || (IsEscape(gap) && plan.Watches.All(watch => Escaped(watch) <= CallsOn(watch.Word)));

    private static bool IsEscape(string gap) => gap.Contains("came without a hit", StringComparison.Ordinal);

    private long CallsOn(Word word) => moments.After.Begun(Role.First, word, Way.Call) + moments.After.Begun(Role.Second, word, Way.Call);

    private int Escaped(PlannedWatch watch) => report.AllHits.Count(hit => hit.Escaped && hit.Watch == watch.Expression);

    private void JudgeWatch(PlannedWatch watch, IReadOnlyList<HitLine> hits, long least, long most)
    {
        var escaped = Escaped(watch);
        var expected = least == most ? $"{least}" : $"{least} to {most}";
        if (Gaps.Count == 0 && (hits.Count < least || hits.Count > most))
        {
            _problems.Add($"{watch.Expression}: {hits.Count} hits reported, the program did it {expected} times, and the run calls itself complete");
        }
        else if (hits.Count > most)
        {
            _problems.Add($"{watch.Expression}: {hits.Count} hits reported, the program did it {expected} times");
        }
        else if ((SeesCalls || !plan.Calls) && hits.Count + escaped > most)
        {
            _problems.Add($"{watch.Expression}: {hits.Count} hits reported and {escaped} escaped, the program did it {expected} times");
        }

        if (Gaps.Count == 0)
        {
            JudgeValues(watch, hits);
        }
    }

    /// <summary>Of a word that is written by one at a time, the values are 1, 2, 3 and so on.</summary>
    private void JudgeValues(PlannedWatch watch, IReadOnlyList<HitLine> all)
    {
        if (!plan.Locked || watch.Kind != WatchKind.Write || plan.Backend == "perf" || (plan.Calls && !SeesCalls) || plan.Fault.Executes)
        {
            return;
        }

        UInt128? before = plan.Run || plan.Gated ? 0 : null;
        foreach (var hit in all.Where(hit => hit.Pid == pid))
        {
            if (hit.New is not { } value)
            {
                _problems.Add($"{watch.Expression}: no value: {hit}");
                return;
            }

            var now = (UInt128)value.GetUInt64();
            if (before is { } last && now != (last + 1) % watch.Modulus)
            {
                _problems.Add($"{watch.Expression}: the program counts up, and the hits go from {last} to {now}: {hit}");
                return;
            }

            before = now;
        }
    }

    /// <summary>What a ring had no room for is counted all the same. (An access watch counts its own readings, a call its bytes.)</summary>
    private void JudgeDrops(long least)
    {
        var hits = report.Coverage.Hits;
        if (plan.Backend == "bpf" && !plan.Calls && plan.Watches.All(watch => watch.Kind != WatchKind.Access)
            && hits.Recorded + hits.Filtered + hits.Dropped + hits.Recovered + hits.Escaped < least)
        {
            _problems.Add($"the program did {least}, but {hits} are fewer");
        }
    }

    /// <summary>Emulated registers are exact, and the program writes in no way that they do not see: there nothing can escape.</summary>
    private void JudgeEscapes()
    {
        if (Emulation.IsOn && Gaps.FirstOrDefault(IsEscape) is { } gap)
        {
            _problems.Add($"where registers are exact: {gap}");
        }
    }

    private (long Least, long Most) Expect(PlannedWatch watch)
    {
        long least = 0, most = 0;
        foreach (var role in Roles())
        {
            foreach (var way in Ways(watch.Kind))
            {
                most += moments.After.Begun(role, watch.Word, way) - moments.Before.Done(role, watch.Word, way);
                if (moments is { Armed: { } armed, BeforeEnd: { } end })
                {
                    least += Math.Max(0, end.Done(role, watch.Word, way) - armed.Begun(role, watch.Word, way));
                }
            }
        }

        return (least, most);
    }

    private IEnumerable<Role> Roles()
    {
        yield return Role.First;
        if (plan.FollowExec)
        {
            yield return Role.Second;
        }

        if (plan.FollowFork)
        {
            yield return Role.Children;
        }

        if (plan.FollowFork && plan.FollowExec)
        {
            yield return Role.ChildrenOfSecond;
        }
    }

    private IEnumerable<Way> Ways(WatchKind kind)
    {
        yield return Way.Store;
        if (SeesCalls)
        {
            yield return Way.Call;
        }

        if (kind == WatchKind.Access)
        {
            yield return Way.Load;
        }
    }
}
