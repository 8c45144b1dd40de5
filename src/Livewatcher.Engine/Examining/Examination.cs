// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>Draws doctor's conclusions: from what was tried, to what works, what does not, why, and what mends it. No OS
/// calls, no clock.</summary>
public static class Examination
{
    public static DoctorReport Of(Observations seen)
    {
        Remedies remedies = new(seen.Machine, seen.TraceOther is { Kind: RefusalKind.Permission });
        List<Check> checks = [LibraryCheck.Of(seen, remedies)];
        if (seen.Probe is { } refusal)
        {
            checks.Add(Conclusion.Fails("probe", "probe process", $"The process of our own on which everything is tried has failed: {refusal}.", []));
        }
        else
        {
            checks.AddRange(
            [
                EventChecks.Events(seen, remedies),
                EventChecks.KernelWrites(seen, remedies),
                SlotCheck.Of(seen),
                BackendChecks.Bpf(seen, remedies),
                BackendChecks.Ring(seen, remedies),
                BackendChecks.PerfRings(seen, remedies),
                TraceCheck.Of(seen, remedies),
                HitChecks.NewThreads(seen),
                HitChecks.Accounting(seen),
                HitChecks.Strays(seen),
                HitChecks.Lost(seen),
                HitChecks.Cost(seen),
            ]);
        }

        return new DoctorReport(Judge(seen, checks), seen.Machine, checks, Outlooks.Of(seen));
    }

    private static DoctorVerdict Judge(Observations seen, List<Check> checks)
    {
        bool nobody = seen is { TraceOwnChild: not null, ReadOther: not null };
        if (nobody || !Outlooks.Watches(seen))
            return DoctorVerdict.CannotWatch;
        return checks.TrueForAll(check => check.Outcome == CheckOutcome.Works) ? DoctorVerdict.Works : DoctorVerdict.Degraded;
    }
}
