// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>Counting events: do debug registers work at all, and are the kernel's accesses among what they show.</summary>
internal static class EventChecks
{
    internal static Check Events(Observations seen, Remedies remedies)
    {
        const string Name = "perf_events";
        const string Title = "perf events";
        if (seen.UserWrites is not { } trial)
            return Conclusion.NotTried(Name, Title, seen);
        if (trial.Refusal is { } refusal)
            return Conclusion.Fails(Name, Title, Refused(refusal, remedies), refusal.Kind == RefusalKind.Permission ? remedies.AllowEvents() : []);

        Figure[] figures = [new("writes", trial.Writes), new("counted", trial.Counted), new("stray_sigtraps", trial.Strays)];
        if (trial.Counted == 0)
        {
            return Conclusion.Fails(
                Name, Title, "A breakpoint event can be opened, but it counts nothing: no debug register traps on this machine, for no program (gdb's hardware watchpoints do not either). "
                + "Some hypervisors and emulators do not pass them on; no setting inside of the machine mends that.", [], figures);
        }

        string finding = $"A breakpoint event counted {Conclusion.Number(trial.Counted)} of the program's {Conclusion.Count(trial.Writes, "write")}"
            + (trial.Strays > 0 ? $", and {Conclusion.Count(trial.Strays, "stray SIGTRAP")} came for the rest." : ".");
        return trial.Counted + trial.Strays == trial.Writes
            ? Conclusion.Works(Name, Title, finding, figures)
            : Conclusion.Degraded(Name, Title, finding, [], figures);
    }

    internal static Check KernelWrites(Observations seen, Remedies remedies)
    {
        const string Name = "kernel_writes";
        const string Title = "writes by the kernel";
        const string Unseen = "a write that a system call makes into the program's memory (read, recv) is told as a change that no hit explains, without its stack";
        if (seen.KernelWrites is not { } trial || (trial.Refusal is null && Conclusion.HasDeadRegisters(seen)))
            return Conclusion.NotTried(Name, Title, seen);
        if (trial.Refusal is { Kind: RefusalKind.Permission } refusal)
        {
            string why = seen.Machine.PerfEventParanoid is { } level && seen.UserWrites is { Refusal: null }
                ? $"kernel.perf_event_paranoid is {level}, which hides them from users without CAP_PERFMON"
                : remedies.WhyNoEvents();
            return Conclusion.Degraded(Name, Title, $"Hidden: {refusal}; {why}. So {Unseen}.", remedies.AllowKernelEvents());
        }

        if (trial.Refusal is { } other)
            return Conclusion.Degraded(Name, Title, $"Hidden: {other}. So {Unseen}.", []);

        Figure[] figures = [new("reads", trial.Writes), new("counted", trial.Counted)];
        // The kernel may copy eight bytes at once or byte by byte: a hit at least for each read(2).
        return trial.Counted >= trial.Writes && trial.Writes > 0
            ? Conclusion.Works(Name, Title, $"Each of {Conclusion.Count(trial.Writes, "read(2)")} into watched memory was seen.", figures)
            : Conclusion.Degraded(
                Name, Title, $"{Conclusion.Count(trial.Writes, "read(2)")} into watched memory made {Conclusion.Count(trial.Counted, "hit")}, fewer than one each: {Unseen}.", [], figures);
    }

    private static string Refused(Refusal refusal, Remedies remedies) => refusal.Kind switch
    {
        RefusalKind.Permission => $"Refused: {refusal}; {remedies.WhyNoEvents()}.",
        RefusalKind.NoSlot => $"Refused: {refusal}: every debug register is taken.",
        _ => $"Refused: {refusal}. The kernel or the processor has no hardware breakpoints to offer.",
    };
}
