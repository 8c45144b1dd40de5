// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Choosing;
using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>What run and attach would choose here, given no options, and why.</summary>
internal static class Outlooks
{
    internal static IReadOnlyList<VerbOutlook> Of(Observations seen)
    {
        string? perfRefusal = ByPtrace(seen) ? seen.PerfRings?.ToString() : null;
        BackendChoice choice = BackendChoice.Decide(new Capability(seen.Bpf?.ToString(), seen.Machine.Hypervisor, perfRefusal), "auto", "auto", "auto");
        return [Run(seen, choice), Attach(seen, choice)];
    }

    private static VerbOutlook Run(Observations seen, BackendChoice choice)
    {
        List<string> reasons = Reasons(seen, choice);
        if (seen.TraceOwnChild is { } refusal)
            reasons.Add($"refused: a tracer starts the program, and ptrace(2) is not to be had ({refusal.Error})");
        return new VerbOutlook("run", Watches(seen) && seen.TraceOwnChild is null, choice.Backend, choice.Scope, choice.Guard, reasons);
    }

    private static VerbOutlook Attach(Observations seen, BackendChoice choice)
    {
        List<string> reasons = Reasons(seen, choice);
        Refusal? unguarded = choice.Guard ? seen.TraceOther : null;
        if (seen.ReadOther is { } unread)
        {
            reasons.Add($"refused: the memory of a process that runs already cannot be read ({unread.Error})");
        }
        else if (unguarded is not null)
        {
            string without = choice.Backend == "ptrace" ? "" : "; --guard off goes without";
            reasons.Add($"refused with a guard: it cannot hold a process that runs already ({unguarded.Error}){without}");
        }

        return new VerbOutlook("attach", Watches(seen) && seen.ReadOther is null && unguarded is null, choice.Backend, choice.Scope, choice.Guard, reasons);
    }

    /// <summary>Whether hits arrive, one way or another.</summary>
    internal static bool Watches(Observations seen) =>
        seen.Probe is null && (seen.Flood is { Recorded: > 0 } || ByPtrace(seen)) && !LibraryCheck.IsFatal(seen);

    /// <summary>Whether the third backend is what is left.</summary>
    private static bool ByPtrace(Observations seen) =>
        seen.Bpf is not null && seen.PerfRings is not null && seen.Pokes is { Refusal: null, Counted: > 0 };

    private static List<string> Reasons(Observations seen, BackendChoice choice)
    {
        List<string> reasons =
        [
            choice.Backend switch
            {
                "bpf" => "backend bpf: its programs load, and its records carry the value before and after",
                "perf" => "backend perf: BPF is refused",
                _ => "backend ptrace: BPF and perf events are refused; it stops the thread at each hit",
            },
            choice switch
            {
                { Scope: "cpu" } => "scope cpu: covers every thread at once, and on a physical machine it harms nobody",
                { Backend: "ptrace" } => "scope task: a tracer sets the debug registers of the target's threads",
                { Backend: "perf" } => "scope task: only BPF could tell the target's hits from everybody else's",
                _ => "scope task: in a virtual machine a stray SIGTRAP of scope cpu could kill another process that has the same address",
            },
            choice.Backend == "ptrace" ? "guard on: the guard is that tracer"
                : choice.Guard ? "guard on: the processor says that it is virtual, and virtual machines lose DR6"
                : "guard off: the processor does not say that it is virtual",
        ];
        if (!Watches(seen))
            reasons.Add($"refused: {Obstacle(seen)}");
        return reasons;
    }

    private static string Obstacle(Observations seen) =>
        LibraryCheck.IsFatal(seen) ? "a library is missing (libraries, above)"
        : seen.Probe is not null ? "nothing could be tried (probe process, above)"
        : Conclusion.HasDeadRegisters(seen) ? "no debug register traps here (perf events, above)"
        : "no hit arrives (see what fails above)";
}
